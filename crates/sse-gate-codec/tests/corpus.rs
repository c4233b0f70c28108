//! The reference decoder against a corpus of streams whose meaning is known.
//!
//! The other tests trust the reference decoder; this one says why they may. See
//! `corpus/README.md` for where the cases come from.

mod reference;

use base64ct::{Base64, Encoding};
use reference::{Dispatched, decode};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    name: String,
    input_b64: String,
    expect: Vec<Expected>,
    /// Numbers, or strings of digits where a number might lose some.
    retry: Vec<Value>,
    comments: Option<Vec<String>>,
    last_event_id: Option<String>,
    #[serde(default)]
    initial_last_event_id: String,
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

/// H3, H4, H6
#[test]
fn the_reference_decoder_agrees_with_every_case_of_the_corpus() {
    let mut cases = 0;
    for line in include_str!("corpus/sse-decode.jsonl").lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let name = &case.name;
        let stream = Base64::decode_vec(&case.input_b64).unwrap();

        let seen = decode(&stream, &case.initial_last_event_id);

        let expected: Vec<Dispatched> = case.expect.into_iter().map(Into::into).collect();
        assert_eq!(seen.events, expected, "events of {name}");
        let digits = case.retry.iter().map(|ms| ms.to_string().replace('"', ""));
        let retries: Vec<u128> = digits.map(|ms| ms.parse().unwrap()).collect();
        assert_eq!(seen.retries, retries, "retries of {name}");
        if let Some(comments) = case.comments {
            assert_eq!(seen.comments, comments, "comments of {name}");
        }
        if let Some(id) = case.last_event_id {
            assert_eq!(seen.last_event_id, id, "last event id of {name}");
        }
        cases += 1;
    }
    assert_eq!(cases, 201);
}
