//! When an `EventSource` gives up, and when it comes back.

use std::time::Duration;

use sse_gate_tests::engines::Engine;

use crate::observed::observed;

/// A bare `error`, `readyState` 2, and no request ever again.
#[test]
fn an_answer_to_a_reconnect_that_is_no_stream_closes_for_good() {
    let scripts = [
        "no_content",
        "bad_request",
        "unauthorized",
        "not_found",
        "failed",
        "bad_gateway",
        "unavailable",
    ];
    for script in scripts {
        for (engine, seen) in observed(script) {
            assert_eq!(
                seen.story(),
                "open a@one again closed",
                "{script}, {engine:?}"
            );
            assert_eq!(seen.ids(), "- one", "{script}, {engine:?}");
        }
    }
}

#[test]
fn a_first_answer_that_is_no_stream_closes_for_good() {
    for script in [
        "unauthorized_at_first",
        "no_content_at_first",
        "not_a_stream",
    ] {
        for (engine, seen) in observed(script) {
            assert_eq!(seen.story(), "closed", "{script}, {engine:?}");
            assert_eq!(seen.ids(), "-", "{script}, {engine:?}");
        }
    }
}

#[test]
fn after_the_end_of_a_body_it_asks_for_the_same_url() {
    for (engine, seen) in observed("new_ids") {
        assert_eq!(
            seen.story(),
            "open a@one again open b@two again closed",
            "{engine:?}"
        );
        for request in &seen.requests {
            assert_eq!(request.asked.method, "GET", "{engine:?}");
            assert_eq!(request.asked.target, "/new_ids", "{engine:?}");
        }
    }
}

/// Over a stream that says none, too.
#[test]
fn it_waits_as_long_as_the_last_retry_says() {
    for (engine, seen) in observed("delay") {
        assert_eq!(
            seen.story(),
            "open a@ again open b@ again closed",
            "{engine:?}"
        );
        for delay in seen.delays() {
            assert!(
                delay >= Duration::from_millis(1200),
                "{engine:?}: {delay:?}"
            );
        }
    }
}

/// A `retry` of 1 ms is obeyed but by Firefox.
#[test]
fn only_firefox_has_a_shortest_time_to_wait() {
    let least = Duration::from_millis(500);
    for engine in Engine::ALL {
        let scripts = [
            "new_ids",
            "no_id",
            "comments",
            "block_without_id",
            "half_a_line",
        ];
        let delays = scripts.into_iter().flat_map(|script| {
            let mut all = observed(script);
            let (_, seen) = all.find(|(other, _)| *other == engine).unwrap();
            seen.delays()
        });
        let shortest = delays.min().unwrap();
        assert_eq!(
            shortest >= least,
            engine == Engine::Firefox,
            "{engine:?}: {shortest:?}"
        );
    }
}

#[test]
fn without_retry_it_waits_three_seconds_or_five() {
    for (engine, seen) in observed("default_delay") {
        let least = match engine {
            Engine::Firefox => 5,
            Engine::Chromium | Engine::WebKit => 3,
        };
        let delay = seen.delays()[0];
        assert!(delay >= Duration::from_secs(least), "{engine:?}: {delay:?}");
    }
}

/// A server that is down, as while it is updated, is asked until it is up.
#[test]
fn a_refused_connection_is_tried_again() {
    for (engine, seen) in observed("refused") {
        let story = seen.story();
        assert!(
            story.starts_with("open a@one again again "),
            "{engine:?}: {story}"
        );
        assert!(
            story.ends_with(" again open b@two again closed"),
            "{engine:?}: {story}"
        );
        assert_eq!(seen.ids(), "- one two", "{engine:?}");
    }
}

/// Whoever streams from another origin loses all Firefoxes with every restart.
#[test]
fn of_another_origin_a_refused_connection_closes_firefox_for_good() {
    for (engine, seen) in observed("refused_away") {
        let story = seen.story();
        if engine == Engine::Firefox {
            assert_eq!(story, "open a@one again closed");
        } else {
            assert!(
                story.ends_with(" again open b@two again closed"),
                "{engine:?}: {story}"
            );
        }
    }
}
