//! The model of each engine does with every script what the engine has done.

use std::time::Duration;

use sse_gate_tests::engines::{Engine, Fake, Origin, Profile, Report, Scripted};

use crate::observed::{self, Seen};
use crate::scripts;

async fn does_as(engine: Engine) {
    for scripts in [scripts::all(), scripts::refused()] {
        let server = Scripted::start(scripts.clone()).await;
        let mut fakes = Vec::new();
        for script in &scripts {
            let profile = Profile::of(engine).with_delay(Duration::ZERO);
            let profile = profile.from_away(script.at != Origin::Home);
            let url = server.url(script);
            fakes.push(Fake::reporting(&url, profile, server.board(), script.name));
        }
        for script in &scripts {
            let real = observed::all(engine).script(script.name);
            let fake = Seen::of(&server, script.name).await;
            // Now and then WebKit loses an answer here, and the model doesn't.
            if (engine, script.name) != (Engine::WebKit, "kept_and_reset") {
                assert_eq!(reports(&fake), reports(real), "{}", script.name);
            }
            assert_eq!(fake.ids(), real.ids(), "{}", script.name);
            assert_eq!(fake.origins(), real.origins(), "{}", script.name);
        }
    }
}

/// What the page was told, but for how often a server that was down was tried: chance decides.
fn reports(seen: &Seen) -> Vec<Report> {
    let mut reports = seen.reports.clone();
    if seen.was_down() {
        reports.dedup();
    }
    reports
}

#[tokio::test]
async fn the_model_does_as_chromium_does() {
    does_as(Engine::Chromium).await;
}

#[tokio::test]
async fn the_model_does_as_firefox_does() {
    does_as(Engine::Firefox).await;
}

#[tokio::test]
async fn the_model_does_as_webkit_does() {
    does_as(Engine::WebKit).await;
}
