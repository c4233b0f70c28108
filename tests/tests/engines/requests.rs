//! What the requests of an `EventSource` say.

use sse_gate_tests::engines::{Engine, Origin};

use crate::observed::{Seen, observed};
use crate::scripts::long_id;

/// Where a reserved header goes, every request carries it.
fn every_request_carries(seen: &Seen, engine: Engine, name: &str, value: &str) {
    for request in &seen.requests {
        assert_eq!(
            request.asked.header(name),
            Some(value),
            "{engine:?}: {name}"
        );
    }
}

#[test]
fn a_request_says_that_a_script_asks_for_a_stream() {
    for (engine, seen) in observed("new_ids") {
        every_request_carries(seen, engine, "accept", "text/event-stream");
        every_request_carries(seen, engine, "cache-control", "no-cache");
        every_request_carries(seen, engine, "sec-fetch-mode", "cors");
        every_request_carries(seen, engine, "sec-fetch-dest", "empty");
        every_request_carries(seen, engine, "sec-fetch-site", "same-origin");
    }
}

#[test]
fn to_its_own_origin_it_has_no_origin_and_the_whole_url_of_the_page() {
    for (engine, seen) in observed("new_ids") {
        for request in &seen.requests {
            let host = request.asked.header("host").unwrap();
            let page = format!("http://{host}/harness");
            assert_eq!(request.asked.header("origin"), None, "{engine:?}");
            assert_eq!(
                request.asked.header("referer"),
                Some(page.as_str()),
                "{engine:?}"
            );
        }
    }
}

#[test]
fn to_another_origin_it_names_its_own_and_no_more() {
    let (_, home) = observed("new_ids").next().unwrap();
    assert!(home.requests[0].asked.header("host").is_some());
    for ((engine, seen), (_, home)) in observed("away").zip(observed("new_ids")) {
        let origin = format!("http://{}", home.requests[0].asked.header("host").unwrap());
        every_request_carries(seen, engine, "origin", &origin);
        every_request_carries(seen, engine, "referer", &format!("{origin}/"));
        every_request_carries(seen, engine, "sec-fetch-mode", "cors");
        every_request_carries(seen, engine, "sec-fetch-site", "same-site");
    }
}

/// At 140 bytes, more than any of ours.
#[test]
fn the_last_event_id_goes_to_another_origin_without_a_preflight() {
    let id = long_id();
    assert_eq!(id.len(), 140);
    for (engine, seen) in observed("away") {
        assert_eq!(seen.ids(), format!("- {id} {id}"), "{engine:?}");
        assert_eq!(seen.origins(), [Origin::Away; 3], "{engine:?}");
        assert!(
            seen.requests.iter().all(|it| it.asked.method == "GET"),
            "{engine:?}"
        );
    }
}

/// So a route that redirects hands the credential over.
#[test]
fn the_last_event_id_survives_a_redirect_to_another_origin() {
    let id = long_id();
    for script in ["redirected", "redirected_for_good", "moved_for_good"] {
        for (engine, seen) in observed(script) {
            assert_eq!(
                seen.ids(),
                format!("- {id} {id} {id}"),
                "{script}, {engine:?}"
            );
            assert_eq!(
                seen.origins()[..3],
                [Origin::Home, Origin::Home, Origin::Away]
            );
            assert!(
                seen.requests.iter().all(|it| it.asked.method == "GET"),
                "{engine:?}"
            );
        }
    }
}

/// The standard has them ask for their own URL again: `WebKit` does.
#[test]
fn after_a_redirect_chromium_stays_away_and_firefox_if_it_was_for_good() {
    let scripts = [
        ("redirected", false),
        ("redirected_at_first", false),
        ("redirected_for_good", true),
        ("moved_for_good", true),
    ];
    for (script, for_good) in scripts {
        for (engine, seen) in observed(script) {
            let stays = match engine {
                Engine::Chromium => true,
                Engine::Firefox => for_good,
                Engine::WebKit => false,
            };
            let last = if stays { Origin::Away } else { Origin::Home };
            assert_eq!(seen.origins().last(), Some(&last), "{script}, {engine:?}");
        }
    }
}
