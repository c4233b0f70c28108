//! The decoder's corpus through the whole machine: what a page would get, however a stream is cut.

use std::time::Duration;

use base64ct::{Base64, Encoding};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use sse_gate_client::machine::{Machine, Step};
use sse_gate_client::{Settings, StreamRequest, Update};

const CORPUS: &str = include_str!("../../sse-gate-codec/tests/corpus/sse-decode.jsonl");

#[derive(Deserialize)]
struct Case {
    name: String,
    input_b64: String,
    expect: Vec<Dispatched>,
    initial_last_event_id: Option<String>,
    last_event_id: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Dispatched {
    #[serde(rename = "type")]
    name: String,
    data: String,
    id: String,
}

/// A machine that has an open stream.
fn opened(last_event_id: &str) -> Machine {
    let settings = Settings::new().with_max_event(64 * 1024 * 1024);
    let mut machine = Machine::new(settings.with_last_event_id(last_event_id));
    let now = Duration::ZERO;
    loop {
        match machine.poll(now, 0) {
            Step::Prepare(_) => {
                let request = StreamRequest::new("http://localhost/").expect("it is a URL");
                machine.prepared(request);
            }
            Step::Send(_) => {
                let kind = HeaderValue::from_static("text/event-stream");
                let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, kind)]);
                machine.head(now, StatusCode::OK, &headers);
            }
            Step::Continue(_) => return machine,
            Step::Update(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// What the machine delivers until it waits for more, or for the next connection.
fn drain(machine: &mut Machine, seen: &mut Vec<Dispatched>) {
    loop {
        match machine.poll(Duration::ZERO, 0) {
            Step::Update(Update::Event(event)) => seen.push(Dispatched {
                name: event.name().to_owned(),
                data: event.data().to_owned(),
                id: event.id().to_owned(),
            }),
            Step::Update(_) => {}
            Step::Continue(_) | Step::Wait(_) => return,
            other => panic!("{other:?}"),
        }
    }
}

fn assert_delivers(case: &Case, chunks: &[&[u8]]) {
    let how = format!("{} in {} chunks", case.name, chunks.len());
    let initial = case.initial_last_event_id.as_deref().unwrap_or_default();
    let mut machine = opened(initial);
    let mut seen = Vec::new();
    for chunk in chunks {
        machine.chunk(Duration::ZERO, Bytes::copy_from_slice(chunk));
        drain(&mut machine, &mut seen);
    }
    machine.end();
    drain(&mut machine, &mut seen);
    assert_eq!(seen, case.expect, "{how}");
    if let Some(id) = &case.last_event_id {
        assert_eq!(machine.last_event_id().unwrap_or_default(), id, "{how}");
    }
}

/// H3, H4, H5, H6: whole, byte by byte, and at each place.
#[test]
fn the_machine_agrees_with_every_case_of_the_corpus_however_it_is_cut() {
    let mut cases = 0;
    for line in CORPUS.lines() {
        let case: Case = serde_json::from_str(line).expect("a case is JSON");
        let stream = Base64::decode_vec(&case.input_b64).expect("a stream is base64");
        assert_delivers(&case, &[&stream]);
        assert_delivers(&case, &stream.chunks(1).collect::<Vec<_>>());
        // A long stream is cut at some places only.
        for at in (1..stream.len()).step_by(1 + stream.len() / 500) {
            let (start, end) = stream.split_at(at);
            assert_delivers(&case, &[start, end]);
        }
        cases += 1;
    }
    assert_eq!(cases, 201);
}
