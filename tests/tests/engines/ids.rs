//! Which id an `EventSource` keeps, and sends back.

use sse_gate_tests::engines::Engine;

use crate::observed::observed;

/// What all engines are told and ask, in the words of `Seen`.
fn all_agree(script: &str, story: &str, ids: &str) {
    for (engine, seen) in observed(script) {
        assert_eq!(seen.story(), story, "{script}, {engine:?}");
        assert_eq!(seen.ids(), ids, "{script}, {engine:?}");
    }
}

#[test]
fn the_id_of_the_last_event_comes_back_with_every_reconnect() {
    all_agree(
        "new_ids",
        "open a@one again open b@two again closed",
        "- one two",
    );
    all_agree("no_id", "open a@ again closed", "- -");
}

#[test]
fn a_block_without_id_keeps_the_last_one() {
    let story = "open a@one b@one again open then@one again closed";
    all_agree("block_without_id", story, "- one one");
    let story = "open a@one again open then@one again closed";
    all_agree("comments", story, "- one one");
}

#[test]
fn a_block_with_an_empty_data_line_is_an_event_and_its_id_is_kept() {
    let story = "open a@one @two again open then@two again closed";
    all_agree("id_with_empty_data", story, "- two two");
}

/// `onmessage` is not told of it: the page listens to both, and hears it once.
#[test]
fn an_event_of_a_reserved_name_leaves_its_id_unseen_by_onmessage() {
    let story = "open sse.open:{}@one again open then@one again closed";
    all_agree("reserved_name", story, "- one one");
}

#[test]
fn an_empty_id_is_none() {
    let story = "open a@one b@ again open then@ again closed";
    all_agree("empty_id", story, "- - -");
}

#[test]
fn half_a_block_at_the_end_is_thrown_away_with_its_id() {
    let scripts = [
        "half_a_block",
        "half_a_line",
        "half_a_block_of_an_id",
        "half_a_line_of_an_id",
    ];
    for script in scripts {
        all_agree(
            script,
            "open a@one again open then@one again closed",
            "- one one",
        );
    }
}

/// As the standard has it.
#[test]
fn the_id_of_a_block_without_data_is_kept_by_chromium_only() {
    for script in ["id_without_data", "named_id_without_data"] {
        for (engine, seen) in observed(script) {
            let kept = if engine == Engine::Chromium {
                "two"
            } else {
                "one"
            };
            let story = format!("open a@one again open then@{kept} again closed");
            assert_eq!(seen.story(), story, "{script}, {engine:?}");
            assert_eq!(
                seen.ids(),
                format!("- {kept} {kept}"),
                "{script}, {engine:?}"
            );
        }
    }
}

/// `WebKit` gives it to the next event of the same connection, Firefox to none.
#[test]
fn the_id_of_a_block_without_data_is_the_next_events_but_in_firefox() {
    for (engine, seen) in observed("id_without_data_before_data") {
        let id = if engine == Engine::Firefox {
            "one"
        } else {
            "two"
        };
        let story = format!("open a@one b@{id} again open then@{id} again closed");
        assert_eq!(seen.story(), story, "{engine:?}");
        assert_eq!(seen.ids(), format!("- {id} {id}"), "{engine:?}");
    }
}

/// With it, Firefox loses the line that follows.
#[test]
fn an_id_with_nul_is_ignored() {
    for (engine, seen) in observed("id_with_nul") {
        let data = if engine == Engine::Firefox {
            "c"
        } else {
            "b\nc"
        };
        let story = format!("open a@one {data}@one again open then@one again closed");
        assert_eq!(seen.story(), story, "{engine:?}");
        assert_eq!(seen.ids(), "- one one", "{engine:?}");
    }
}
