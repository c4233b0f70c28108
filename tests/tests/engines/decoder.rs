//! The decoder of the model, but for what engines do otherwise, is the standard's.

use std::time::Duration;

use sse_gate_tests::engines::{Decoder, Engine, Profile, Random};

use crate::reference::decode;

/// What streams are made of.
const PIECES: [&[u8]; 22] = [
    b"\n",
    b"\n",
    b"\r",
    b"\r\n",
    b"data",
    b"data:",
    b"data: a",
    b"data:b",
    b"id:",
    b"id: one",
    b"id: two",
    b"id: \0",
    b"event:",
    b"event: x",
    b"retry: 20",
    b"retry: 3x",
    b":",
    b" ",
    b"c",
    b"\xEF\xBB\xBF",
    b"\xFF",
    b"\xC3\xA4",
];

/// Streams in pieces, against a decoder that has the whole stream at once and shares no code.
#[test]
fn the_models_decoder_reads_as_the_standard_says() {
    let mut random = Random::new(1);
    for round in 0..20_000 {
        let pieces = 1 + random.below(24);
        let pieces: Vec<_> = (0..pieces)
            .map(|_| PIECES[random.below(PIECES.len())])
            .collect();
        let mut decoder = Decoder::new(&Profile::of(Engine::Chromium));
        let mut events = Vec::new();
        for piece in &pieces {
            events.extend(decoder.feed(piece));
        }
        let stream = pieces.concat();
        let expected = decode(&stream, "");
        let tell = format!("in round {round}: {:?}", String::from_utf8_lossy(&stream));
        assert_eq!(decoder.last_event_id(), expected.last_event_id, "{tell}");
        let retry = expected
            .retries
            .last()
            .map(|ms| Duration::from_millis(u64::try_from(*ms).unwrap()));
        assert_eq!(decoder.retry(), retry, "{tell}");
        let triple = |kind: &str, data: &str, id: &str| [kind, data, id].map(str::to_owned);
        let events = events
            .iter()
            .map(|it| triple(&it.name, &it.data, &it.last_event_id));
        let wanted = expected
            .events
            .iter()
            .map(|it| triple(&it.kind, &it.data, &it.last_event_id));
        assert!(events.eq(wanted), "{tell}");
    }
}
