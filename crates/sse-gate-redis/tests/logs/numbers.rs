//! E8: logs whose numbers were changed. A log that makes no sense is gone or can't be used. No number is given twice, no
//! wrong event is read, and no other log is harmed.

use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::LogStore;
use sse_gate_resume::error::{AppendErrorKind, LogErrorKind};

use crate::stage::{Scene, log};

const FIELDS: [&str; 12] = [
    "epoch",
    "writer",
    "ended",
    "first",
    "last",
    "bytes",
    "max_events",
    "max_bytes",
    "max_age",
    "life",
    "ends",
    "run",
];

const VALUES: [&str; 12] = [
    "",
    "-1",
    "0",
    "1",
    "3",
    "100",
    "1.5",
    "9007199254740993",
    "9223372036854775807",
    "nan",
    "inf",
    "many",
];

#[test]
fn a_changed_log_harms_no_other() {
    let mut scene = Scene::new();
    for field in FIELDS {
        for value in VALUES {
            let what = format!("{field} = {value}");
            scene.set_number("news", field, value.as_bytes());
            scene.read(&log("news"));
            scene.block_on(scene.store.open(log("news").name)).unwrap();
            match scene.append("news", "news again") {
                // Who takes one from the last number repeats it, as they could repeat an event.
                Ok(4) if what == "last = 3" => {}
                Ok(seq) => assert!(seq > 4, "{what}: number {seq} was given twice"),
                Err(
                    AppendErrorKind::Closed | AppendErrorKind::Ended | AppendErrorKind::TooLarge,
                ) => {}
                Err(kind) => panic!("{what}: {kind:?}"),
            }
            scene.read(&log("news"));
            assert_eq!(scene.read_right("sport").unwrap(), [1, 2, 3, 4], "{what}");
            forget(&mut scene);
        }
    }
}

/// A log that makes no sense leaves its name free.
#[test]
fn a_log_that_makes_no_sense_is_replaced() {
    let mut scene = Scene::new();
    for (field, value) in [
        ("last", "many"),
        ("last", "4.5"),
        ("bytes", "-1"),
        ("ended", "3"),
        ("first", "0"),
        ("first", "9"),
        ("life", "0"),
        ("writer", "a node"),
        ("epoch", "epoch"),
    ] {
        let what = format!("{field} = {value}");
        scene.set_number("news", field, value.as_bytes());
        assert_eq!(scene.read(&log("news")), None, "{what}");
        let refused = scene.append("news", "news 5");
        assert_eq!(refused, Err(AppendErrorKind::Closed), "{what}");
        scene.create("news", LogLimits::default()).unwrap();
        assert_eq!(scene.read(&log("news")), Some(Vec::new()), "{what}");
        assert_eq!(scene.append("news", "news 1"), Ok(1), "{what}");
    }
}

/// So does one that lacks a field. Without the run, its last events may be lost, and it goes on behind them.
#[test]
fn a_log_that_lacks_a_field_is_replaced() {
    let mut scene = Scene::new();
    for field in FIELDS {
        let key = scene.key("news", "m");
        let _: i64 = scene.command("HDEL", &[&key, field.as_bytes()]);
        if field == "run" {
            assert_eq!(scene.append("news", "news 2"), Ok(2 + (1 << 20)));
            continue;
        }
        assert_eq!(scene.read(&log("news")), None, "{field}");
        let refused = scene.append("news", "news 5");
        assert_eq!(refused, Err(AppendErrorKind::Closed), "{field}");
        scene.create("news", LogLimits::default()).unwrap();
        assert_eq!(scene.append("news", "news 1"), Ok(1), "{field}");
    }
}

/// Keys of another kind are an error, and nothing else.
#[test]
fn keys_of_another_kind_are_an_error() {
    for part in ["m", "e"] {
        let mut scene = Scene::new();
        let key = scene.key("news", part);
        let _: () = scene.command("DEL", &[&key]);
        let _: () = scene.command("SET", &[&key, b"text"]);
        let found = scene.block_on(scene.store.open(log("news").name));
        assert_eq!(found.unwrap_err().kind(), LogErrorKind::Unavailable);
        let read = scene.block_on(scene.store.read(log("news"), 0, 100));
        assert_eq!(read.unwrap_err().kind(), LogErrorKind::Unavailable);
        assert_eq!(scene.append("news", "x"), Err(AppendErrorKind::Unavailable));
        assert_eq!(scene.read_right("sport").unwrap(), [1, 2, 3, 4]);
    }
}

/// Makes the log anew, with its four events.
fn forget(scene: &mut Scene) {
    let of_sport = scene.key("sport", "");
    for key in scene.keys() {
        let is_of_a_log = key.ends_with(b":m") || key.ends_with(b":e");
        if is_of_a_log && !key.starts_with(&of_sport) {
            let _: () = scene.command("DEL", &[&key]);
        }
    }
    scene.create("news", LogLimits::default()).unwrap();
    for seq in 1..=4 {
        assert_eq!(scene.append("news", &format!("news {seq}")), Ok(seq));
    }
}
