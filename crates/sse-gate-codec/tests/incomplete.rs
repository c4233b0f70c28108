//! Whether a stream ended properly, or in the middle of an event.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod decoding;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod reference;

use decoding::{cuts, decoder};
use sse_gate_codec::Incomplete::{Event, Line};
use sse_gate_codec::{Decoder, Incomplete};

/// Streams, and what is discarded at their ends. An event without an empty line after it has no end.
const STREAMS: &[(&[u8], Option<Incomplete>)] = &[
    // Nothing has begun.
    (b"", None),
    (b"\xEF\xBB\xBF", None),
    (b"\n", None),
    (b"\r", None),
    (b"\r\n", None),
    (b"\xEF\xBB\xBF\n", None),
    // Events with an end, whatever fields they have.
    (b"data: 1\n\n", None),
    (b"data: 1\r\r", None),
    (b"data: 1\r\n\r\n", None),
    (b"data: 1\r\n\r", None),
    (b"data: 1\n\r", None),
    (b"data\n\n\n", None),
    (b"id: 1\n\n", None),
    (b"retry: 1\n\n", None),
    (b"event: e\n\n", None),
    (b"data: 1\n\n:\n\n", None),
    // A comment neither begins nor ends an event.
    (b":\n", None),
    (b": one\n: two\r", None),
    (b"data: 1\n\n: still here\n", None),
    (b"data: 1\n:\n", Some(Event)),
    (b":\ndata: 1\n", Some(Event)),
    // Each field begins an event, even a field that is ignored.
    (b"data: 1\n", Some(Event)),
    (b"data: 1\r", Some(Event)),
    (b"data: 1\r\n", Some(Event)),
    (b"data\n", Some(Event)),
    (b"id: 1\n", Some(Event)),
    (b"id\n", Some(Event)),
    (b"id: \0\n", Some(Event)),
    (b"event: e\n", Some(Event)),
    (b"retry: 1\n", Some(Event)),
    (b"retry: x\n", Some(Event)),
    (b"other: 1\n", Some(Event)),
    (b"other\r", Some(Event)),
    (b" \n", Some(Event)),
    (b"\xFF\n", Some(Event)),
    (b"data: 1\n\ndata: 2\n", Some(Event)),
    (b"data: 1\n\n\nid: 2\n", Some(Event)),
    (b"\n\xEF\xBB\xBF\n", Some(Event)),
    // Lines without an end.
    (b"d", Some(Line)),
    (b":", Some(Line)),
    (b": comm", Some(Line)),
    (b" ", Some(Line)),
    (b"\0", Some(Line)),
    (b"data: 1", Some(Line)),
    (b"data: 1\ndata: 2", Some(Line)),
    (b"data: 1\n\nx", Some(Line)),
    (b"data: 1\n\n\r\n:", Some(Line)),
    (b"data: 1\n\nretry: 1", Some(Line)),
    (b"data: 1\r\n\r\n\xEF\xBB\xBF", Some(Line)),
    // Characters without an end.
    (b"\xEF", Some(Line)),
    (b"\xEF\xBB", Some(Line)),
    (b"data: 1\n\n\xF0\x9F\x98", Some(Line)),
    (b"data: 1\n\xC3", Some(Line)),
    (b"\xFF", Some(Line)),
];

/// Feeds the chunks to a decoder.
fn fed(mut decoder: Decoder, chunks: &[&[u8]]) -> Decoder {
    for chunk in chunks {
        drop(decoder.feed(chunk));
    }
    decoder
}

/// The answer in the words of the reference decoder.
fn in_words(incomplete: Option<Incomplete>) -> Option<&'static str> {
    incomplete.map(|incomplete| match incomplete {
        Event => "event",
        Line => "line",
    })
}

/// H3, H4
#[test]
fn an_incomplete_event_is_reported_however_the_stream_is_cut() {
    for (stream, expected) in STREAMS {
        let shown = String::from_utf8_lossy(stream);
        let meant = reference::decode(stream, "").incomplete;
        assert_eq!(meant, in_words(*expected), "{shown:?} by the reference");
        for chunks in cuts(stream) {
            let answer = fed(Decoder::new(), &chunks).incomplete();
            assert_eq!(answer, *expected, "{shown:?} as {chunks:x?}");
            // And after its frames are read, borrowed and shared.
            let read = decoding::borrowed(decoder(""), &chunks).decoded;
            assert_eq!(read.incomplete, meant, "{shown:?} as {chunks:x?}");
            let shared = decoding::shared(decoder(""), &chunks).decoded;
            assert_eq!(shared.incomplete, meant, "{shown:?} as {chunks:x?}");
        }
    }
}

/// H3, H4: a stream that is cut at a byte is like a stream that ends there.
#[test]
fn the_answer_holds_at_each_byte_of_a_stream() {
    let stream = "\u{feff}: hi\r\nid: é\rdata: 1\n\r\ndata\r\r\n: x\n\nretry: 5\nother\n\n\n";
    let mut bytewise = Decoder::new();
    for len in 0..stream.len() {
        let (begin, _) = stream.as_bytes().split_at(len);
        let incomplete = reference::decode(begin, "").incomplete;
        let answer = in_words(bytewise.incomplete());
        assert_eq!(answer, incomplete, "after {len} bytes");
        assert_eq!(
            fed(Decoder::new(), &[begin]).incomplete(),
            bytewise.incomplete()
        );
        drop(bytewise.feed(&stream.as_bytes()[len..=len]));
    }
    assert_eq!(bytewise.incomplete(), None);
}

/// H5
#[test]
fn an_event_that_is_too_large_counts_until_its_end() {
    for (stream, expected) in [
        ("data: 12345678", Some(Line)),
        ("data: 12345678\n", Some(Event)),
        ("data: 12345678\nx", Some(Line)),
        ("data: 1\n: far too long\n", Some(Event)),
        (": far too long\n", Some(Event)),
        ("data: 12345678\n:\n", Some(Event)),
        ("data: 12345678\n\n", None),
        ("data: 12345678\r\n\r", None),
        ("data: 12345678\n\n:\n", None),
        ("data: 12345678\n\nid\n", Some(Event)),
    ] {
        for chunks in cuts(stream.as_bytes()) {
            let answer = fed(Decoder::new().with_limit(9), &chunks).incomplete();
            assert_eq!(answer, expected, "{stream:?} as {chunks:x?}");
        }
    }
}

#[test]
fn a_new_stream_has_nothing_incomplete() {
    for (stream, _) in STREAMS {
        let mut decoder = fed(Decoder::new(), &[stream]);
        decoder.restart();
        assert_eq!(decoder.incomplete(), None, "{stream:x?}");
    }
}

#[test]
fn the_answer_can_be_returned_as_an_error() {
    fn whole(stream: &str) -> Result<(), Box<dyn std::error::Error>> {
        match fed(Decoder::new(), &[stream.as_bytes()]).incomplete() {
            Some(incomplete) => Err(incomplete.into()),
            None => Ok(()),
        }
    }
    assert!(whole("data: 1\n\n").is_ok());
    let message = |stream| whole(stream).unwrap_err().to_string();
    assert_eq!(
        message("data: 1\n"),
        "stream ended before the empty line that ends an event"
    );
    assert_eq!(message("data: 1"), "stream ended in the middle of a line");
}

#[cfg(feature = "http-body")]
mod streams {
    use std::io;

    use bytes::Bytes;
    use futures_util::{StreamExt, stream};
    use http_body_util::StreamBody;
    use sse_gate_codec::{BodyEventsExt, FrameStream};

    use super::*;

    /// H3, H4
    #[test]
    fn a_stream_and_a_body_report_it_at_their_ends() {
        for (stream, expected) in STREAMS {
            for chunks in cuts(stream) {
                let chunks = chunks.into_iter().map(Bytes::copy_from_slice);
                let chunks: Vec<_> = chunks.map(Ok::<_, io::Error>).collect();
                let frames = chunks.iter().map(|chunk| {
                    let chunk = chunk.as_ref().expect("all are chunks");
                    Ok::<_, io::Error>(http_body::Frame::data(chunk.clone()))
                });
                let body = StreamBody::new(stream::iter(frames.collect::<Vec<_>>()));
                let mut of_body = body.events_with(decoder(""));
                let mut of_chunks = FrameStream::new(stream::iter(chunks), Decoder::new());
                pollster::block_on(async {
                    while of_body.next().await.is_some() {}
                    while of_chunks.next().await.is_some() {}
                });
                assert_eq!(of_body.incomplete(), *expected, "{stream:x?}");
                assert_eq!(of_chunks.incomplete(), *expected, "{stream:x?}");
                assert_eq!(of_chunks.into_decoder().incomplete(), None);
            }
        }
    }

    #[test]
    fn a_stream_reports_it_after_an_error_of_its_chunks() {
        for (stream, expected) in [("data: 1\n\n", None), ("data: 1\nda", Some(Line))] {
            let chunks = [Ok(stream), Err(io::Error::other("reset"))];
            let mut events = FrameStream::new(stream::iter(chunks), Decoder::new());
            let last = pollster::block_on(async {
                loop {
                    if let Err(error) = events.next().await.expect("there is an error") {
                        break error;
                    }
                }
            });
            assert!(matches!(last, sse_gate_codec::StreamError::Chunks(_)));
            assert_eq!(events.incomplete(), expected, "{stream:?}");
        }
    }

    #[test]
    fn a_stream_counts_up_to_the_last_frame_that_was_returned() {
        let chunk = "data: 1\n\nretry: 5\ndata: 2\n\nid: 3\n";
        let mut events = FrameStream::new(stream::iter([Ok::<_, io::Error>(chunk)]), decoder(""));
        for expected in [None, Some(Event), None, Some(Event)] {
            let _ = pollster::block_on(events.next());
            assert_eq!(events.incomplete(), expected);
        }
    }
}
