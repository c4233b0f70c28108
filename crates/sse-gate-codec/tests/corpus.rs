//! The decoder, and the reference decoder, against streams whose meaning is known.
//!
//! The other tests trust the reference decoder; this one says why they may.

mod cases;
mod decoding;
mod reference;

use cases::{Case, cases};
use decoding::{borrowed, cuts, decoder, shared};
use reference::{Decoded, decode};

/// Asserts that what was seen is what the case says. `limit` is the largest reconnection time.
fn assert_meaning(case: &Case, seen: &Decoded, limit: u128, how: &str) {
    let name = &case.name;
    assert_eq!(seen.events, case.events, "events of {name}, {how}");
    let retries: Vec<_> = case.retries.iter().map(|ms| *ms.min(&limit)).collect();
    assert_eq!(seen.retries, retries, "retries of {name}, {how}");
    if let Some(comments) = &case.comments {
        assert_eq!(&seen.comments, comments, "comments of {name}, {how}");
    }
    if let Some(id) = &case.last_event_id {
        assert_eq!(&seen.last_event_id, id, "last event id of {name}, {how}");
    }
}

/// H3, H4, H6
#[test]
fn the_reference_decoder_agrees_with_every_case_of_the_corpus() {
    for case in cases() {
        let seen = decode(&case.stream, &case.initial_last_event_id);
        assert_meaning(&case, &seen, u128::MAX, "by the reference");
    }
}

/// H3, H4, H5, H6: however it is cut: whole, byte by byte, at each place.
#[test]
fn the_decoder_agrees_with_every_case_of_the_corpus_however_it_is_cut() {
    let largest = u128::from(u64::MAX);
    for case in cases() {
        let mut cuts = cuts(&case.stream);
        if let Some(lengths) = &case.chunks {
            let mut rest = &case.stream[..];
            cuts.push(
                lengths
                    .iter()
                    .map(|len| rest.split_off(..*len).expect("so long"))
                    .collect(),
            );
        }
        for chunks in cuts {
            let first = chunks.first().map_or(0, |chunk| chunk.len());
            let how = format!("{} chunks, the first of {first}", chunks.len());
            let decoder = decoder(&case.initial_last_event_id);
            let one = borrowed(decoder.clone(), &chunks);
            assert_meaning(&case, &one.decoded, largest, &how);
            let other = shared(decoder, &chunks);
            assert_eq!(one, other, "{} in {how}", case.name);
        }
    }
}

/// H3, H4, H5, H6: the messages of `.events()`, its reconnection time and its last event id.
#[cfg(feature = "stream")]
#[test]
fn an_event_stream_agrees_with_every_case_of_the_corpus_however_it_is_cut() {
    use std::convert::Infallible;

    use bytes::Bytes;
    use futures_util::{StreamExt, TryStreamExt, stream};
    use reference::Dispatched;
    use sse_gate_codec::StreamEventsExt;

    let largest = u128::from(u64::MAX);
    for case in cases() {
        for chunks in cuts(&case.stream) {
            let how = format!("{} in {} chunks", case.name, chunks.len());
            let chunks = chunks.into_iter().map(Bytes::copy_from_slice);
            let chunks = stream::iter(chunks.map(Ok::<_, Infallible>));
            let mut events = chunks.events_with(decoder(&case.initial_last_event_id));
            let messages: Vec<_> = pollster::block_on(events.by_ref().try_collect()).unwrap();
            let seen: Vec<_> = messages
                .iter()
                .map(|message| Dispatched {
                    kind: message.event().to_owned(),
                    data: message.data().to_owned(),
                    last_event_id: message.id().to_owned(),
                })
                .collect();
            assert_eq!(seen, case.events, "{how}");
            let retry = events.retry().map(|delay| delay.as_millis());
            let expected = case.retries.last().map(|ms| *ms.min(&largest));
            assert_eq!(retry, expected, "{how}");
            if let Some(id) = &case.last_event_id {
                assert_eq!(events.into_decoder().last_event_id(), id, "{how}");
            }
        }
    }
}
