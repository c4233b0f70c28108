//! The law of the decoder: any bytes that are cut anywhere mean what the reference decoder says.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod decoding;
mod hostile;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod parts;
mod reference;

use bytes::{Bytes, BytesMut};
use decoding::{Seen, borrowed, decoder, shared};
use hostile::config;
use parts::parts;
use proptest::prelude::*;
use proptest::sample::Index;
use reference::decode;
use sse_gate_codec::{Decoder, Event, Frame};

/// Bytes with many parts that mean something to a decoder, and with parts that are not UTF-8.
fn hostile_stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            &b"\r"[..], b"\n", b"\r\n", b"\n\n", b"\r\r", b"\r\n\r\n", b" ", b":", b"\0",
            b"data", b"data:", b"data: ", b"data: x\n", b"event: x\n", b"event:", b"id: 1\n",
            b"id:\n", b"id: \0\n", b"retry: 1\n", b"retry:", b"99999999999999999999",
            b"\xEF\xBB\xBF", b"\xEF\xBB", b"\xF0\x9F\x98\x80", b"\xF0\x9F", b"\xE2\x80\xA8",
            b"\xED\xA0\x80", b"\xC0\xAF", b"\xFF", b": comment\n", b"other: x\n",
        ]).prop_map(<[u8]>::to_vec),
        1 => any::<Vec<u8>>(),
        1 => (any::<u8>(), 0..300_usize).prop_map(|(byte, len)| vec![byte; len]),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The stream, cut at these places.
fn cut<'a>(stream: &'a [u8], places: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = places.iter().map(|it| it.index(stream.len() + 1)).collect();
    places.sort_unstable();
    let mut at = 0;
    let mut chunks: Vec<_> = places
        .iter()
        .map(|place| &stream[std::mem::replace(&mut at, *place)..*place])
        .collect();
    chunks.push(&stream[at..]);
    chunks
}

/// What the reference decoder says, without the parts that the decoder does not return.
fn expected(stream: &[u8]) -> reference::Decoded {
    let mut expected = decode(stream, "before");
    expected.fields.clear();
    for ms in &mut expected.retries {
        *ms = (*ms).min(u64::MAX.into());
    }
    expected
}

proptest! {
    #![proptest_config(config())]

    /// H3, H4, H5, H6
    #[test]
    fn any_bytes_cut_anywhere_mean_what_the_standard_says(
        stream in hostile_stream(),
        places in prop::collection::vec(any::<Index>(), 0..8),
    ) {
        let expected = expected(&stream);
        let mut cuts = vec![vec![&stream[..]], stream.chunks(1).collect()];
        cuts.push(cut(&stream, &places));
        for chunks in cuts {
            let one = borrowed(decoder("before"), &chunks);
            prop_assert_eq!(&one.decoded, &expected, "{:?}", chunks);
            prop_assert_eq!(shared(decoder("before"), &chunks), one, "{:?}", chunks);
        }
    }

    /// H5: the limit is met at the same place, and what comes before and after is the same.
    #[test]
    fn any_limit_is_met_at_the_same_place_however_the_stream_is_cut(
        stream in hostile_stream(),
        limit in 0..64_usize,
        places in prop::collection::vec(any::<Index>(), 0..8),
    ) {
        let limited = || decoder("before").with_limit(limit);
        let whole = borrowed(limited(), &[&stream]);
        for chunks in [stream.chunks(1).collect(), cut(&stream, &places)] {
            prop_assert_eq!(&borrowed(limited(), &chunks), &whole, "{:?}", chunks);
            prop_assert_eq!(&shared(limited(), &chunks), &whole, "{:?}", chunks);
        }
    }

    /// H1, H2, H3
    #[test]
    fn any_event_is_decoded_to_what_was_encoded(
        list in prop::collection::vec(parts(), 0..6),
        places in prop::collection::vec(any::<Index>(), 0..8),
    ) {
        let mut buffer = BytesMut::new();
        for parts in &list {
            parts.event().encode(&mut buffer);
        }
        let expected = expected(&buffer);
        for chunks in [vec![&buffer[..]], buffer.chunks(1).collect(), cut(&buffer, &places)] {
            prop_assert_eq!(&borrowed(decoder("before"), &chunks).decoded, &expected);
        }
    }

    /// What is passed on means the same to who gets it.
    #[test]
    fn an_event_that_is_passed_on_arrives_as_it_came(stream in hostile_stream()) {
        let (mut decoder, mut passed_on) = (Decoder::new(), BytesMut::new());
        let mut seen = Vec::new();
        for frame in decoder.feed_shared(Bytes::from(stream)) {
            let Ok(Frame::Event(message)) = frame else { continue };
            if let Ok(event) = Event::try_from(message.as_message()) {
                event.encode(&mut passed_on);
                seen.push(message);
            } else {
                prop_assert!(message.event().contains('\0'));
            }
        }
        let arrived: Vec<_> = Decoder::new().feed_shared(passed_on.freeze()).collect();
        let seen: Vec<_> = seen.into_iter().map(|it| Ok(Frame::Event(it))).collect();
        prop_assert_eq!(arrived, seen);
    }

    /// A feed that is dropped early loses its frames and nothing else.
    #[test]
    fn a_feed_that_is_dropped_has_read_its_chunk(
        stream in hostile_stream(),
        place in any::<Index>(),
        reads in 0..4_usize,
    ) {
        let (one, two) = stream.split_at(place.index(stream.len() + 1));
        let (mut dropped, mut read) = (decoder(""), decoder(""));
        let mut feed = dropped.feed(one);
        for _ in 0..reads {
            let _ = feed.next_frame();
        }
        drop(feed);
        let _ = borrowed_by(&mut read, one);
        prop_assert_eq!(dropped.last_event_id(), read.last_event_id());
        prop_assert_eq!(borrowed(dropped, &[two]), borrowed(read, &[two]));
    }
}

/// Reads a chunk to its end with a decoder that is used again afterwards.
fn borrowed_by(decoder: &mut Decoder, chunk: &[u8]) -> usize {
    let mut feed = decoder.feed(chunk);
    let mut frames = 0;
    while feed.next_frame().is_some() {
        frames += 1;
    }
    frames
}

/// H3: every short stream of the characters that mean something.
#[test]
#[cfg_attr(miri, ignore = "too many for Miri")]
fn every_short_stream_means_what_the_standard_says() {
    let letters = ["\r", "\n", ":", " ", "data", "id", "x"];
    let mut streams = vec![String::new()];
    let mut from = 0;
    for _ in 0..5 {
        let longer: Vec<String> = streams[from..]
            .iter()
            .flat_map(|stream| letters.map(|next| format!("{stream}{next}")))
            .collect();
        from = streams.len();
        streams.extend(longer);
    }
    assert_eq!(streams.len(), (7_usize.pow(6) - 1) / 6);
    // The lines before and after the stream show what it leaves in the decoder.
    let inner = streams
        .iter()
        .map(|stream| format!("data\r{stream}\ndata: last\n\n"));
    // The stream alone shows how it ends.
    for stream in inner.chain(streams.iter().cloned()) {
        let expected = expected(stream.as_bytes());
        let whole: Vec<&[u8]> = vec![stream.as_bytes()];
        let bytewise: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
        let whole: Seen = borrowed(decoder("before"), &whole);
        assert_eq!(whole.decoded, expected, "{stream:?}");
        assert_eq!(
            borrowed(decoder("before"), &bytewise),
            whole,
            "{stream:?} byte by byte"
        );
    }
}
