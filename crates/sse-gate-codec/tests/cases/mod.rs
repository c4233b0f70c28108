//! The corpus of streams whose meaning is known. See `../corpus/README.md`.

use base64ct::{Base64, Encoding};
use serde::Deserialize;
use serde_json::Value;

use crate::reference::Dispatched;

/// A stream, and what a client makes of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) stream: Vec<u8>,
    pub(crate) initial_last_event_id: String,
    pub(crate) events: Vec<Dispatched>,
    pub(crate) retries: Vec<u128>,
    pub(crate) comments: Option<Vec<String>>,
    pub(crate) last_event_id: Option<String>,
    /// The lengths of the chunks into which the stream is cut.
    pub(crate) chunks: Option<Vec<usize>>,
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    name: String,
    input_b64: String,
    expect: Vec<Expected>,
    /// Numbers, or strings of digits where a number might lose some.
    retry: Vec<Value>,
    comments: Option<Vec<String>>,
    last_event_id: Option<String>,
    #[serde(default)]
    initial_last_event_id: String,
    chunks: Option<Vec<usize>>,
}

#[derive(Deserialize)]
struct Expected {
    #[serde(rename = "type")]
    kind: String,
    data: String,
    id: String,
}

impl From<Expected> for Dispatched {
    fn from(expected: Expected) -> Self {
        Self {
            kind: expected.kind,
            data: expected.data,
            last_event_id: expected.id,
        }
    }
}

impl From<Line> for Case {
    fn from(line: Line) -> Self {
        let digits = line.retry.iter().map(|ms| ms.to_string().replace('"', ""));
        Self {
            name: line.name,
            stream: Base64::decode_vec(&line.input_b64).expect("base64"),
            initial_last_event_id: line.initial_last_event_id,
            events: line.expect.into_iter().map(Into::into).collect(),
            retries: digits.map(|ms| ms.parse().expect("a number")).collect(),
            comments: line.comments,
            last_event_id: line.last_event_id,
            chunks: line.chunks,
        }
    }
}

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    let lines = include_str!("../corpus/sse-decode.jsonl").lines();
    let lines = lines.map(|line| serde_json::from_str::<Line>(line).expect("a case"));
    let cases: Vec<Case> = lines.map(Into::into).collect();
    assert_eq!(cases.len(), 201);
    cases
}
