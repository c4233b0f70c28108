//! What each decoder makes of the corpus of the codec's tests.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};

use base64ct::{Base64, Encoding};
use bytes::Bytes;
use serde_json::Value;

use crate::peers::{self, Decode};
use crate::sink::Sink;

const CORPUS: &str = include_str!("../../../crates/sse-gate-codec/tests/corpus/sse-decode.jsonl");
const LOCK: &str = include_str!("../../../Cargo.lock");

const LANES: [(&str, Decode<Seen>); 5] = [
    ("sse-gate-codec", peers::borrowing),
    ("sse-core", peers::sse_core),
    ("sse-stream", peers::sse_stream),
    ("eventsource-stream", peers::eventsource_stream),
    ("sse-codec", peers::sse_codec),
];

/// What a decoder has returned.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Seen {
    events: Vec<[String; 3]>,
    retries: Vec<u128>,
}

impl Sink for Seen {
    fn event(&mut self, kind: &str, data: &str, id: &str) {
        self.events.push([kind, data, id].map(str::to_owned));
    }

    fn retry(&mut self, ms: u128) {
        self.retries.push(ms);
    }
}

/// A stream, and what it means.
struct Case {
    source: String,
    stream: Vec<u8>,
    id: String,
    expected: Seen,
}

fn cases() -> Vec<Case> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let case = |line: &str| {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        let events = case["expect"].as_array().expect("a list").iter();
        let retries = case["retry"].as_array().expect("a list").iter();
        let retries = retries.map(|ms| ms.to_string().replace('"', ""));
        // What is larger than a `u64` may be cut off.
        let retries = retries.map(|ms| ms.parse().map_or(u128::MAX, |ms: u128| ms));
        Case {
            source: text(&case["source"]),
            stream: Base64::decode_vec(&text(&case["input_b64"])).expect("base64"),
            id: text(&case["initial_last_event_id"]),
            expected: Seen {
                events: events
                    .map(|event| ["type", "data", "id"].map(|key| text(&event[key])))
                    .collect(),
                retries: retries.map(|ms| ms.min(u64::MAX.into())).collect(),
            },
        }
    };
    CORPUS.lines().map(case).collect()
}

/// How a decoder does: cases it gets right, whole and byte by byte, and those that make it panic.
#[derive(Default)]
struct Score {
    whole: usize,
    bytewise: usize,
    retries: usize,
    panics: usize,
    wrong: BTreeMap<String, usize>,
}

pub(crate) fn table() {
    let cases = cases();
    println!("of {} streams:\n", cases.len());
    println!("| decoder | version | events | byte by byte | and reconnection times | panics |");
    println!("|---|---|---|---|---|---|");
    // What panics say is not asked for here.
    panic::set_hook(Box::new(|_| {}));
    let mut wrong = Vec::new();
    for (name, decode) in LANES {
        let score = score(decode, &cases);
        let Score {
            whole,
            bytewise,
            retries,
            panics,
            ..
        } = score;
        let version = version(name);
        println!("| {name} | {version} | {whole} | {bytewise} | {retries} | {panics} |");
        wrong.push((name, score.wrong));
    }
    let _ = panic::take_hook();
    println!("\nwrong events, by the source of the case:");
    for (name, wrong) in wrong {
        println!("{name}: {wrong:?}");
    }
}

fn score(decode: Decode<Seen>, cases: &[Case]) -> Score {
    let mut score = Score::default();
    for case in cases {
        let run = |len: usize| {
            let chunks = case.stream.chunks(len);
            let chunks: Vec<_> = chunks.map(Bytes::copy_from_slice).collect();
            let mut seen = Seen::default();
            let run = || decode(&chunks, &case.id, &mut seen);
            panic::catch_unwind(AssertUnwindSafe(run)).map(|()| seen)
        };
        let (whole, bytewise) = (run(usize::MAX), run(1));
        score.panics += usize::from(whole.is_err() || bytewise.is_err());
        let (whole, bytewise) = (whole.unwrap_or_default(), bytewise.unwrap_or_default());
        let is_right = |seen: &Seen| seen.events == case.expected.events;
        score.whole += usize::from(is_right(&whole));
        score.bytewise += usize::from(is_right(&bytewise));
        score.retries += usize::from(whole == case.expected && bytewise == case.expected);
        if !is_right(&whole) {
            let source = case.source.split(':').next().unwrap_or_default();
            *score.wrong.entry(source.to_owned()).or_default() += 1;
        }
    }
    score
}

/// The version of a package in the lock file.
fn version(name: &str) -> &'static str {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = LOCK.split_once(&entry).expect("a package of the lock file");
    rest.split('"').next().unwrap_or_default()
}
