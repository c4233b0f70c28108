//! When events come out of a decoder, and what stays from chunk to chunk.

use bytes::Bytes;
use sse_gate_codec::{Decoder, EventId, Frame, SharedMessage};

/// The data of the events that a chunk completes.
fn data(decoder: &mut Decoder, chunk: &str) -> Vec<String> {
    let mut data = Vec::new();
    let mut feed = decoder.feed(chunk.as_bytes());
    while let Some(frame) = feed.next_frame() {
        if let Ok(Frame::Event(message)) = frame {
            data.push(message.data().to_owned());
        }
    }
    data
}

/// The events that a chunk completes, as shared messages.
fn messages(decoder: &mut Decoder, chunk: &Bytes) -> Vec<SharedMessage> {
    let frames = decoder.feed_shared(chunk.clone());
    frames
        .filter_map(|frame| match frame {
            Ok(Frame::Event(message)) => Some(message),
            _ => None,
        })
        .collect()
}

#[test]
fn an_event_is_there_with_the_first_byte_of_its_last_line_end() {
    for end in ["\n", "\r", "\r\n"] {
        let mut decoder = Decoder::new();
        assert!(data(&mut decoder, &format!("data: 1{end}")).is_empty());
        assert_eq!(data(&mut decoder, &end[..1]), ["1"], "{end:?}");
        // The rest of the line end is no line of its own.
        let more = format!("{}data{end}data{end}{end}", &end[1..]);
        assert_eq!(data(&mut decoder, &more), ["\n"], "{end:?}");
    }
}

#[test]
fn an_lf_behind_a_cr_is_no_line_end_in_any_later_chunk() {
    let mut decoder = Decoder::new();
    assert!(data(&mut decoder, "data: 1\r").is_empty());
    assert!(data(&mut decoder, "").is_empty());
    assert!(data(&mut decoder, "\n").is_empty());
    assert_eq!(data(&mut decoder, "\n"), ["1"]);
}

#[test]
fn a_retry_comes_before_its_event_and_without_one_too() {
    let mut decoder = Decoder::new();
    let frames: Vec<_> = decoder
        .feed_shared(Bytes::from_static(b"data: 1\nretry: 20\n\nretry: 30"))
        .map(|frame| matches!(frame, Ok(Frame::Retry(_))))
        .collect();
    assert_eq!(frames, [true, false]);
    let mut feed = decoder.feed(b"0\r");
    let Some(Ok(Frame::Retry(delay))) = feed.next_frame() else {
        panic!("the retry does not come with the end of its line")
    };
    assert_eq!(delay.as_millis(), 300);
}

#[test]
fn the_last_event_id_is_the_one_of_the_last_event_that_ended() {
    let mut decoder = Decoder::new();
    assert_eq!(decoder.last_event_id(), "");
    assert!(data(&mut decoder, "id: 1\ndata: x\n").is_empty());
    assert_eq!(decoder.last_event_id(), "");
    assert_eq!(data(&mut decoder, "\n").len(), 1);
    assert_eq!(decoder.last_event_id(), "1");
    // An event without data counts. An event without an end does not.
    assert!(data(&mut decoder, "id: 2\n\nid: 3\n").is_empty());
    assert_eq!(decoder.last_event_id(), "2");
}

#[test]
fn a_new_stream_begins_with_the_last_event_id_and_nothing_else() {
    let id = EventId::from_static("seed");
    let mut decoder = Decoder::new().with_last_event_id(&id).with_limit(20);
    assert_eq!(decoder.last_event_id(), "seed");
    for unfinished in [
        "data: 1\nevent: e\nid: 9\n",
        "data: half a line",
        "x\r",
        "data: far more than the limit",
        "data: \u{fffd}",
    ] {
        let _ = data(&mut decoder, unfinished);
        decoder.restart();
        assert_eq!(decoder.last_event_id(), "seed");
        let chunk = Bytes::from_static("\u{feff}data: 2\n\n".as_bytes());
        let messages = messages(&mut decoder, &chunk);
        assert_eq!(messages.len(), 1, "after {unfinished:?}");
        assert_eq!(messages[0].event(), "message");
        assert_eq!(messages[0].data(), "2");
        assert_eq!(messages[0].id(), "seed");
    }
    // The limit stays, too.
    let feed = decoder.feed_shared(Bytes::from_static(b"data: far more than the limit"));
    assert_eq!(feed.filter(Result::is_err).count(), 1);
}

#[test]
fn comments_are_returned_only_on_request() {
    let stream = Bytes::from_static(b": one\n:\ndata: 1\n: two\n\n");
    assert_eq!(Decoder::new().feed_shared(stream.clone()).count(), 1);
    let frames = Decoder::default()
        .with_comments(true)
        .feed_shared(stream.clone())
        .count();
    assert_eq!(frames, 4);
    // The same if a comment is cut.
    let mut decoder = Decoder::new();
    let cut = stream.chunks(2).map(Bytes::copy_from_slice);
    let frames: usize = cut.map(|chunk| decoder.feed_shared(chunk).count()).sum();
    assert_eq!(frames, 1);
}

#[test]
fn what_is_not_read_of_a_chunk_is_decoded_all_the_same() {
    let stream = Bytes::from_static(b"data: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3");
    let mut shared = Decoder::new();
    assert!(shared.feed_shared(stream.clone()).next().is_some());
    let mut lent = Decoder::new();
    assert!(lent.feed(&stream).next_frame().is_some());
    for mut decoder in [shared, lent] {
        assert_eq!(decoder.last_event_id(), "2");
        let rest = messages(&mut decoder, &Bytes::from_static(b"4\n\n"));
        assert_eq!(rest.len(), 1);
        assert_eq!((rest[0].data(), rest[0].id()), ("34", "3"));
    }
}

#[test]
fn a_long_event_stands_in_its_chunk_and_a_clone_in_the_same_memory() {
    let long = "in the chunk ".repeat(100);
    let chunk =
        format!("id: 1\nevent: e\ndata: {long}\n\ndata: {long}\ndata: 3\n\ndata: {long}\n\n");
    let chunk = Bytes::from(chunk);
    let messages = messages(&mut Decoder::new(), &chunk);
    let at = |text: &str| text.as_ptr() as usize;
    let start = chunk.as_ptr() as usize;
    assert_eq!(at(messages[0].data()), start + 21);
    assert_eq!(at(messages[0].event()), start + 13);
    assert_eq!(at(messages[0].id()), start + 4);
    assert_eq!(at(messages[2].id()), start + 4);
    assert_eq!(messages[0].data_bytes(), long);
    assert_eq!(messages[0].data_bytes().as_ptr() as usize, start + 21);
    // Joined lines are in memory of their own.
    let joined = [&long, "\n3"].concat();
    assert_eq!(messages[1].data(), joined);
    assert_eq!(messages[1].data_bytes(), joined);
    assert_eq!(messages[1].id(), "1");
    let clone = messages[1].clone();
    assert_eq!(at(clone.data()), at(messages[1].data()));
    assert_eq!(clone, messages[1]);
    assert_ne!(clone, messages[0]);
}

#[test]
fn a_short_event_is_copied_and_lets_the_chunk_go() {
    for (data, is_copied) in [("x".repeat(1021), true), ("x".repeat(1022), false)] {
        let chunk = Bytes::from(format!("id: 17\nevent: e\ndata: {data}\n\n"));
        let messages = messages(&mut Decoder::new(), &chunk);
        assert_eq!(messages[0].event(), "e");
        assert_eq!(messages[0].data(), data);
        assert_eq!(messages[0].data_bytes(), data);
        assert_eq!(messages[0].id(), "17");
        assert_eq!(chunk.is_unique(), is_copied, "{} bytes", data.len());
    }
}

#[test]
fn the_id_of_an_earlier_chunk_is_in_all_later_events() {
    for first_id in ["1".to_owned(), "1".repeat(2000)] {
        let mut decoder = Decoder::new();
        let first = format!("id: {first_id}\ndata: a\n\n");
        let first = messages(&mut decoder, &first.into());
        let later = Bytes::from_static(b"data: b\n\ndata: c\n\nid: 2\ndata: d\n\ndata\ndata\n\n");
        let later = messages(&mut decoder, &later);
        let ids: Vec<_> = first.iter().chain(&later).map(SharedMessage::id).collect();
        assert_eq!(ids, [&first_id, &first_id, &first_id, "2", "2"]);
        // Events that have the long id of an earlier one share a copy.
        let share = later[0].id().as_ptr() == later[1].id().as_ptr();
        assert_eq!(share, first_id.len() > 64);
    }
}

#[test]
fn a_long_event_with_memory_of_its_own_has_a_short_id_in_it_and_shares_a_long_one() {
    let event = format!("data: {}\ndata\n\n", "x".repeat(2000));
    for (id_len, is_shared) in [(64, false), (65, true)] {
        let id = "1".repeat(id_len);
        let chunk = format!("id: {id}\n{event}{event}");
        let messages = messages(&mut Decoder::new(), &chunk.into());
        let ids: Vec<_> = messages.iter().map(SharedMessage::id).collect();
        assert_eq!(ids, [&id, &id]);
        let share = ids[0].as_ptr() == ids[1].as_ptr();
        assert_eq!(share, is_shared, "{id_len} bytes");
    }
}

/// The decoder can't know what a leaked feed has read. It must not panic.
#[test]
fn a_feed_that_is_leaked_harms_nothing() {
    let mut decoder = Decoder::new();
    let mut feed =
        decoder.feed(b"id: 1\ndata: 1\n\nid: 2\nevent: e\ndata: 2\nretry: 1\ndata: 3\n\n");
    for _ in 0..2 {
        assert!(feed.next_frame().is_some());
    }
    std::mem::forget(feed);
    assert_eq!(decoder.last_event_id(), "");
    let messages = messages(&mut decoder, &Bytes::from_static(b"\ndata: x\n\n"));
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].data(), messages[0].id()), ("x", ""));
}
