//! The decoder, and the reference decoder, against streams whose meaning is known.
//!
//! The other tests trust the reference decoder; this one says why they may.

mod cases;
mod decoding;
mod reference;

use cases::{Case, cases};
use decoding::{borrowed, cuts, decoder, shared};
use reference::{Decoded, decode};

/// That what was seen is what the case says; `limit` is the largest reconnection time.
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
