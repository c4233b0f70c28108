//! Events that are long or have long parts: texts that are put together, handed out and shared.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod decoding;
mod reference;

use std::fmt::Write;

use bytes::Bytes;
use decoding::{borrowed, cuts, decoder, shared};
use reference::decode;
use sse_gate_codec::{Decoder, Frame, SharedMessage};

/// Events of lengths around the limits inside of the decoder, on one line and on many, with types and
/// ids of many lengths, and without.
fn stream() -> String {
    let mut stream = String::new();
    for (number, len) in [10, 4095, 4096, 9000, 30, 5000, 16_384, 100, 20_000]
        .into_iter()
        .enumerate()
    {
        for (name, id) in [(0, 0), (5, 64), (0, 65), (3000, 0), (0, 5000), (7, 3)] {
            if name > 0 {
                let _ = writeln!(stream, "event: {}", "n".repeat(name));
            }
            if id > 0 {
                let _ = writeln!(stream, "id: {number}{}", "i".repeat(id - 1));
            }
            let line = format!("data: {}\n", "x".repeat(len / 3 - 1));
            let lines = [line.repeat(3), format!("data: {}\n", "y".repeat(len))];
            let _ = write!(stream, "{}\n: {}\n\n", lines[number % 2], "c".repeat(len));
        }
    }
    stream
}

/// H5
#[test]
fn long_events_mean_the_same_however_they_are_cut() {
    let stream = stream();
    let expected = decode(stream.as_bytes(), "");
    for chunks in cuts(stream.as_bytes())
        .iter()
        .chain([&stream.as_bytes().chunks(16_384).collect()])
    {
        let one = borrowed(decoder(""), chunks);
        let how = format!("{} chunks", chunks.len());
        assert_eq!(one.decoded.events, expected.events, "{how}");
        assert_eq!(one.decoded.comments, expected.comments, "{how}");
        assert_eq!(one, shared(decoder(""), chunks), "{how}");
    }
}

#[test]
fn a_message_stays_what_it_is_while_more_of_the_stream_is_read() {
    let stream = Bytes::from(stream());
    let read = |len: usize| {
        let mut decoder = Decoder::new();
        let mut messages = Vec::<SharedMessage>::new();
        for at in (0..stream.len()).step_by(len) {
            let chunk = stream.slice(at..stream.len().min(at + len));
            for frame in decoder.feed_shared(chunk) {
                if let Ok(Frame::Event(message)) = frame {
                    messages.push(message);
                }
            }
        }
        messages
    };
    let whole = read(stream.len());
    assert_eq!(whole.len(), 54);
    for len in [100, 1460, 16_384] {
        assert!(read(len) == whole, "in chunks of {len}");
    }
}

/// Type and data come from different chunks, and only one of them has to be copied.
#[test]
fn a_long_event_whose_type_came_earlier_is_whole() {
    let data = "x".repeat(10_000);
    for before in ["", "data: before\n\n", "data: y\ndata: z\n\n"] {
        let mut decoder = Decoder::new();
        let first = format!("{before}event: late\nid: 1\n");
        for frame in decoder.feed_shared(first.into()) {
            assert!(frame.is_ok());
        }
        let second = format!("data: {data}\n\n");
        let frames: Vec<_> = decoder.feed_shared(second.into()).collect();
        let [Ok(Frame::Event(message))] = &frames[..] else {
            panic!("no event behind {before:?}")
        };
        assert_eq!((message.event(), message.id()), ("late", "1"));
        assert_eq!(message.data(), data);
    }
}

/// A large chunk that ends in a line is cut by the decoder itself, after the last line end.
#[test]
fn a_large_chunk_that_ends_in_a_line_means_the_same_as_small_ones() {
    let line = b"data: ab\xC3\xA9\xFFc\xF0\x9F\x98\x80\xE2\x82".repeat(300);
    for before in ["", "\u{feff}", "\r", "\n", "id: 1\n", "data: 1\n\n: c\r\n"] {
        for after in ["\n\n", "\r\r", "\r\n\r\ndata: 2\n\n", "data: 3\n", ""] {
            let stream = [before.as_bytes(), &line[..], after.as_bytes()].concat();
            let expected = decode(&stream, "");
            let small: Vec<_> = stream.chunks(100).collect();
            for (limit, at) in [(3000, 5000), (8000, 5000), (8000, 5001), (8000, 5010)] {
                let decoder = || decoder("").with_limit(limit);
                let how = format!("{before:?}, {after:?}, limit {limit}, cut at {at}");
                let (one, two) = stream.split_at(at);
                for chunks in [&[one, two][..], &[&one[..1], &one[1..], two], &[&stream]] {
                    let seen = borrowed(decoder(), chunks);
                    assert_eq!(seen, borrowed(decoder(), &small), "{how}");
                    assert_eq!(seen, shared(decoder(), chunks), "{how}");
                    if limit > stream.len() {
                        assert_eq!(seen.decoded.events, expected.events, "{how}");
                    }
                }
            }
        }
    }
}

/// A line of an event that is skipped can be a large chunk, too.
#[test]
fn an_event_that_is_skipped_ends_where_it_ends_in_large_chunks() {
    let large = "x".repeat(5000);
    let first = format!("data: {large}\r");
    for (end, events) in [("\n\n", 1), ("\n", 0)] {
        let last = format!("{end}data: 2\n\n");
        let chunks = [&first, &large, &last].map(String::as_bytes);
        for read in [borrowed, shared] {
            let seen = read(decoder("").with_limit(1000), &chunks);
            assert_eq!(seen.frames.len(), 1 + events, "{:?}", seen.frames);
        }
    }
}
