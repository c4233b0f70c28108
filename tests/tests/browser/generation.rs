//! A generation, from its sample to its result.

use std::time::Duration;

use sse_gate_tests::{SAMPLE, Secrets};

use crate::page::Page;
use crate::setup;

/// The ids 1 to `n`, each once.
fn all_up_to(n: usize) -> Vec<u64> {
    (1..=n as u64).collect()
}

/// A1, D1, D5: progress arrives over an `EventSource`, and the URL that was used is worth nothing.
#[tokio::test]
async fn a_generation_is_followed_to_its_result_and_its_url_is_spent() {
    let server = setup().arg("pace", 40).log("trace").start();
    let page = Page::open(&server).await;
    page.start(SAMPLE).await;
    page.until_data("connection", "state", "open").await;
    page.until_events(10).await;
    page.picture("streaming").await;
    page.until_data("status", "status", "completed").await;
    page.until("the result is there", "document.querySelector('#result *')")
        .await;
    page.picture("completed").await;

    let ids = page.event_ids().await;
    assert_eq!(ids, all_up_to(ids.len()));
    assert!(ids.len() > 20, "{ids:?}");
    assert_eq!(page.text("percent").await, "100%");
    assert!(page.text("result").await.contains("pub struct Order"));

    let used = page.used_url().await;
    let (path, token) = used.split_once("?token=").expect("a URL with a token");
    assert!(path.starts_with("/generations/generate/"), "{used}");
    page.click("replay").await;
    page.until_data("replay-outcome", "outcome", "refused")
        .await;
    assert!(page.text("replay-status").await.starts_with("401"));
    let challenge = page.text("replay-challenge").await;
    assert!(challenge.contains("invalid_token"), "{challenge}");
    page.run(
        "document.getElementById('replay-outcome').scrollIntoView()",
        &[],
    )
    .await;
    page.picture("replayed").await;

    let mut secrets = Secrets::default();
    secrets.plant_token(token);
    let log = server.log().bytes();
    assert!(!log.is_empty());
    assert_eq!(secrets.leak(&log), None);
}

/// A1, A12: each reconnect has a new token, and goes on after the last event that was seen.
#[tokio::test]
async fn a_lost_connection_loses_and_doubles_nothing() {
    let server = setup().arg("pace", 150).start();
    let page = Page::open(&server).await;
    page.start(SAMPLE).await;
    let mut urls = Vec::new();
    for round in 1..=2 {
        page.until_data("connection", "state", "open").await;
        urls.push(page.used_url().await);
        page.until_events(5 * round).await;
        page.click("drop").await;
        page.picture(&format!("dropped-{round}")).await;
    }
    page.until_data("status", "status", "completed").await;
    urls.push(page.used_url().await);
    let ids = page.event_ids().await;
    assert_eq!(ids, all_up_to(ids.len()));
    assert!(ids.len() > 20, "{ids:?}");
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), 3, "a token for each stream");
    page.picture("reconnected").await;
}

#[tokio::test]
async fn a_sample_that_is_no_json_is_said_to_be_none() {
    let server = setup().start();
    let page = Page::open(&server).await;
    page.start("{\"name\": ").await;
    page.until_shown("generation-notice").await;
    page.picture("no-json").await;
    page.paste(SAMPLE).await;
    page.click("start").await;
    page.until_data("status", "status", "completed").await;
    let gone = "document.getElementById('generation-notice').hidden";
    page.until("the notice is gone", gone).await;
}

#[tokio::test]
async fn a_cancelled_generation_stops() {
    let server = setup().arg("pace", 300).start();
    let page = Page::open(&server).await;
    page.start(SAMPLE).await;
    page.until_events(3).await;
    page.click("cancel").await;
    page.until_data("status", "status", "failed").await;
    page.until_data("connection", "state", "ended").await;
    page.picture("cancelled").await;
}

/// A server that stops ends the streams of browsers too, and the page tries to come back.
#[tokio::test]
async fn a_server_stops_although_a_browser_streams() {
    let mut server = setup().arg("pace", 300).start();
    let page = Page::open(&server).await;
    page.start(SAMPLE).await;
    page.until_events(3).await;
    server.terminate();
    // The stream would go on for longer.
    let ended = server.ended(Duration::from_secs(5)).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    let retries = "document.querySelector('#activity [data-kind=retry]')";
    page.until("the page tries again", retries).await;
    page.picture("server-stopped").await;
}

#[tokio::test]
async fn the_page_fits_a_telephone() {
    let server = setup().start();
    let page = Page::open(&server).await;
    page.resize(500, 2600).await;
    page.start(SAMPLE).await;
    page.until_data("status", "status", "completed").await;
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    page.until("nothing is wider than the window", fits).await;
    page.picture("narrow").await;
}
