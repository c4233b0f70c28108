//! What happens when an event is larger than the limit.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod decoding;
#[allow(dead_code, reason = "this test needs only its types")]
mod reference;

use base64ct::{Base64, Encoding};
use decoding::{borrowed, cuts, shared};
use sse_gate_codec::{Decoder, Frame};

/// What is seen of a stream with this limit, the same however it is cut.
fn seen(limit: usize, stream: &[u8]) -> Vec<String> {
    let decoder = || Decoder::new().with_comments(true).with_limit(limit);
    let whole = borrowed(decoder(), &[stream]);
    for chunks in cuts(stream) {
        assert_eq!(borrowed(decoder(), &chunks), whole, "{chunks:?}");
        assert_eq!(shared(decoder(), &chunks), whole, "{chunks:?}");
    }
    whole.frames
}

/// How many events and errors there are.
fn count(limit: usize, stream: &str) -> (usize, usize) {
    let frames = seen(limit, stream.as_bytes());
    let is_error = |frame: &&String| frame.starts_with("event is larger");
    let errors = frames.iter().filter(is_error).count();
    (frames.len() - errors, errors)
}

/// H5: to the byte.
#[test]
fn the_limit_counts_the_line_and_what_the_lines_before_brought() {
    for (stream, size) in [
        ("data: 4\n\n", 7),
        ("data\n\n", 4),
        ("data: 4\ndata: 5\n\n", 1 + 7),
        ("data:4\rdata:5\r\r", 1 + 6),
        ("data: 4\r\ndata: 5\r\ndata: 6\r\n\r\n", 3 + 7),
        ("event: name\ndata: 4\n\n", 4 + 7),
        (
            "event: first name\nevent: b\ndata: 45678901234567\n\n",
            1 + 20,
        ),
        ("id: 1234\ndata: 4\n\n", 4 + 7),
        ("ignored: 12345678\ndata: 4\n\n", 17),
        ("data: é\n\n", 8),
        ("\u{feff}data: 4\n\n", 7),
    ] {
        assert_eq!(count(size, stream), (1, 0), "{stream:?} fits in {size}");
        assert_eq!(count(size - 1, stream), (0, 1), "{stream:?} is one more");
    }
}

/// H5: bytes that are not UTF-8 count as the U+FFFD that they become.
#[test]
fn bytes_that_are_no_text_count_as_what_they_become() {
    let stream = b"data: \xFF\n\n";
    assert_eq!(seen(9, stream).len(), 1);
    assert_eq!(seen(8, stream), ["event is larger than 8 bytes"]);
}

/// H5
#[test]
fn an_event_that_is_too_large_is_skipped_and_the_next_one_is_read() {
    for end in ["\n", "\r", "\r\n"] {
        let stream = ":1|id: a|data: 1||retry: 5|id: b|data: too long|id: c|retry: 6|:2|event: d|\
            |data: 2||id: e|data: too long";
        let frames = seen(8, stream.replace('|', end).as_bytes());
        let expected = [
            ":\"1\"",
            "Message { event: \"message\", data: \"1\", id: Some(\"a\") }",
            "5ms",
            "event is larger than 8 bytes",
            "Message { event: \"message\", data: \"2\", id: Some(\"a\") }",
            "event is larger than 8 bytes",
        ];
        assert_eq!(frames, expected, "with {end:?}");
    }
}

/// H5: a limit that is set in the middle of an event counts the lines before, too.
#[test]
fn a_limit_can_be_set_at_any_time() {
    for (rest, error) in [("x: y\n", true), ("data\n", true), ("", false)] {
        let mut decoder = Decoder::new();
        drop(decoder.feed(b"data: 0123456789\n"));
        let mut decoder = decoder.with_limit(4);
        let chunk = format!("{rest}\ndata: 1\n\ndata: 12345");
        let frames = decoder.feed_shared(chunk.into());
        let errors: Vec<_> = frames.map(|frame| frame.is_err()).collect();
        // The event or an error, then a line that is too long, then another one.
        assert_eq!(errors, [error, true, true], "{rest:?}");
    }
}

/// H5: the error comes as soon as it is certain, and before memory is allocated.
#[test]
#[cfg_attr(miri, ignore = "too many for Miri")]
fn a_line_without_end_is_refused_at_the_limit() {
    let mut decoder = Decoder::new();
    let limit = Decoder::DEFAULT_LIMIT;
    let mut taken = 0;
    let line = [b'x'; 4096];
    loop {
        taken += line.len();
        match decoder.feed(&line).next_frame() {
            None => assert!(taken <= limit, "{taken} bytes were kept"),
            Some(frame) => {
                let error = frame.unwrap_err();
                assert_eq!(error.limit(), limit);
                let message = format!("event is larger than {limit} bytes");
                assert_eq!(error.to_string(), message);
                break;
            }
        }
    }
    assert_eq!(taken, limit + line.len());
    // There is one error, and the rest is skipped.
    for _ in 0..10 {
        assert!(decoder.feed(&line).next_frame().is_none());
    }
    let mut feed = decoder.feed(b"\n\ndata: next\n\n");
    let Some(Ok(Frame::Event(message))) = feed.next_frame() else {
        panic!("no event")
    };
    assert_eq!(message.data(), "next");
}

/// H5: a picture of almost 6 MiB, in base64 and in JSON.
#[test]
#[cfg_attr(miri, ignore = "too many for Miri")]
fn a_picture_in_base64_fits_into_the_default_limit() {
    assert_eq!(Decoder::DEFAULT_LIMIT, 8 << 20);
    let picture = Base64::encode_string(&vec![0xFF; (6 << 20) - 1024]);
    let stream = format!("event: picture\nid: 1\ndata: {{\"png\":\"{picture}\"}}\n\n");
    let chunks: Vec<_> = stream.as_bytes().chunks(1460).collect();
    for chunks in [vec![stream.as_bytes()], chunks] {
        for seen in [
            borrowed(Decoder::new(), &chunks),
            shared(Decoder::new(), &chunks),
        ] {
            let events = seen.decoded.events;
            assert_eq!(events.len(), 1);
            assert_eq!(events[0].data.len(), picture.len() + "{\"png\":\"\"}".len());
        }
    }
}

/// H5
#[test]
#[cfg_attr(miri, ignore = "too many for Miri")]
fn an_event_of_exactly_the_limit_arrives_and_comments_between_events_are_not_added_up() {
    let limit = 256 * 1024;
    let text = "x".repeat(limit - "data: ".len());
    let stream = format!("data: {text}\n\n");
    let [frame] = &seen(limit, stream.as_bytes())[..] else {
        panic!("not one frame")
    };
    assert!(frame.len() > text.len());
    let comments = ":12345678\n".repeat(100);
    let stream = format!("{comments}data: 1\n{comments}data: 2\n\n");
    assert_eq!(count(20, &stream), (201, 0));
}

/// H5: a million fields of each kind, and many chunks of one byte.
#[test]
#[cfg_attr(miri, ignore = "too many for Miri")]
fn many_fields_and_many_lines_are_read_within_the_limit() {
    for (line, expected) in [
        ("ignored: x\n", (1, 0)),
        ("retry: x\n", (1, 0)),
        ("id: x\n", (1, 0)),
        ("event: x\n", (1, 0)),
        ("data\n", (1, 0)),
        ("data: x\n", (1, 0)),
        ("data: xx\n", (0, 1)),
    ] {
        for (lines, len) in [(10_000, 1), (200_000, 1460), (1_000_000, usize::MAX)] {
            let stream = line.repeat(lines) + "data: end\n\n";
            let chunks: Vec<_> = stream.as_bytes().chunks(len).collect();
            let decoder = Decoder::new().with_limit(2 * lines + 10);
            let frames = borrowed(decoder, &chunks).frames;
            let errors = frames.iter().filter(|it| it.starts_with("event is"));
            let errors = errors.count();
            let counts = (frames.len() - errors, errors);
            assert_eq!(counts, expected, "{lines} times {line:?} by {len}");
        }
    }
}
