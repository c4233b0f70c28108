//! What an `EventSource` does when its connection breaks.

use sse_gate_tests::engines::Engine;

use crate::observed::observed;

/// Whole events count, and nothing else: not a half one, nor its id.
#[test]
fn a_stream_that_breaks_off_is_taken_up_after_its_last_whole_event() {
    let scripts = [
        "reset_between_blocks",
        "reset_in_a_block",
        "closed_between_chunks",
        "closed_in_a_chunk",
        "away_reset",
        "away_closed",
    ];
    for script in scripts {
        for (engine, seen) in observed(script) {
            let story = "open b@two again open a@one again closed";
            assert_eq!(seen.story(), story, "{script}, {engine:?}");
            assert_eq!(seen.ids(), "- two one", "{script}, {engine:?}");
        }
    }
}

/// Not after a proper end. So whatever a server sends first ends a block that it knows nothing of:
/// a line that is empty, be it the end of a block that has but a `retry`, dispatches an event that
/// is replayed, too.
#[test]
fn webkit_goes_on_with_half_a_block_of_the_connection_before() {
    for (engine, seen) in observed("half_a_block_and_a_blank_line") {
        let stale = if engine == Engine::WebKit {
            "c@three "
        } else {
            ""
        };
        let story = format!("open b@two again open {stale}a@one again closed");
        assert_eq!(seen.story(), story, "{engine:?}");
        assert_eq!(seen.ids(), "- two one", "{engine:?}");
    }
}

/// What protects the page: the first block has an id, a reserved name, and data of which only the
/// last line counts.
#[test]
fn a_first_block_with_name_and_id_takes_up_what_webkit_goes_on_with() {
    let scripts = [
        ("half_a_block_and_a_block", "c\n"),
        ("half_a_line_and_a_block", "cretry: 1\n"),
        ("half_an_id_and_a_block", ""),
    ];
    for (script, stale) in scripts {
        for (engine, seen) in observed(script) {
            let stale = if engine == Engine::WebKit { stale } else { "" };
            let story =
                format!("open b@two again open sse.open:{stale}{{}}@four a@one again closed");
            assert_eq!(seen.story(), story, "{script}, {engine:?}");
            assert_eq!(seen.ids(), "- two one", "{script}, {engine:?}");
        }
    }
}

#[test]
fn a_stream_without_a_byte_is_opened_and_taken_up() {
    for (engine, seen) in observed("empty_stream") {
        let story = "open again open a@one again closed";
        assert_eq!(seen.story(), story, "{engine:?}");
    }
}

/// So an application that waits for `open` waits for the first byte of the body, too.
#[test]
fn firefox_opens_no_sooner_than_the_body_begins() {
    for (engine, seen) in observed("closed_after_the_head") {
        let story = match engine {
            Engine::Firefox => "again open a@one again closed",
            Engine::Chromium | Engine::WebKit => "open again open a@one again closed",
        };
        assert_eq!(seen.story(), story, "{engine:?}");
    }
}

/// A token that the first request has spent is spent when the second comes: in Firefox without
/// a word to the page, elsewhere after the time to wait.
#[test]
fn only_firefox_repeats_an_unanswered_request_by_itself() {
    let scripts = [
        "unanswered_by_reset",
        "unanswered_by_close",
        "away_unanswered_by_reset",
        "away_unanswered_by_close",
    ];
    for script in scripts {
        for (engine, seen) in observed(script) {
            let story = match engine {
                Engine::Firefox => "open a@one again closed",
                Engine::Chromium | Engine::WebKit => "again open a@one again closed",
            };
            assert_eq!(seen.story(), story, "{script}, {engine:?}");
            assert_eq!(seen.ids(), "- - one", "{script}, {engine:?}");
        }
    }
}

#[test]
fn firefox_makes_a_request_ten_times_before_it_tells_the_page() {
    for script in ["unanswered_ten_times", "reset_ten_times"] {
        for (engine, seen) in observed(script) {
            let told = if engine == Engine::Firefox { 2 } else { 11 };
            let story = format!(
                "open a@one {}open a@one again closed",
                "again ".repeat(told)
            );
            assert_eq!(seen.story(), story, "{script}, {engine:?}");
            assert_eq!(
                seen.ids(),
                format!("-{}", " one".repeat(12)),
                "{script}, {engine:?}"
            );
        }
    }
}

#[test]
fn of_another_origin_ten_unanswered_requests_close_firefox_for_good() {
    for (engine, seen) in observed("away_unanswered_ten_times") {
        let closed = seen.story() == "open a@one again closed";
        assert_eq!(
            closed,
            engine == Engine::Firefox,
            "{engine:?}: {}",
            seen.story()
        );
    }
}

/// The connection may have been gone for long, so that the request has reached nobody. It may
/// have reached the server, too: no engine's requests are made once only.
#[test]
fn every_engine_repeats_a_request_that_a_kept_connection_does_not_answer() {
    let unseen = "open a@one again open then@one again closed";
    // What came of the repeated request was lost on the way to the page.
    let lost = "open a@one again again closed";
    for (engine, seen) in observed("kept_and_reset") {
        let story = seen.story();
        let now_and_then = engine == Engine::WebKit && story == lost;
        assert!(story == unseen || now_and_then, "{engine:?}: {story}");
        assert_eq!(seen.ids(), "- one one one", "{engine:?}");
    }
}
