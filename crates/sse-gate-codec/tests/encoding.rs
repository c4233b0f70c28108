//! The exact bytes of events, and all small cases.

mod reference;

use std::time::Duration;

use bytes::BytesMut;
use reference::decode;
use sse_gate_codec::{Comment, Event, EventId, EventName};

/// The data that a client gets from an event with data only.
fn through_the_wire(data: &str) -> String {
    let mut seen = decode(&Event::new().data(data).to_bytes(), "");
    assert_eq!(seen.events.len(), 1, "{data:?}");
    seen.events.remove(0).data
}

/// H1, H3
#[test]
fn every_kind_of_event_has_its_exact_bytes() {
    let full = Event::new()
        .data("{}")
        .retry(Duration::from_millis(1_500))
        .comment(Comment::from_static("c"))
        .event(EventName::from_static("n"))
        .id(EventId::from_static("i"));
    let cases = [
        (Event::new(), "\n"),
        (full, ":c\nid: i\nevent: n\nretry: 1500\ndata: {}\n\n"),
        (Event::new().data(""), "data: \n\n"),
        (Event::new().data(" lead"), "data:  lead\n\n"),
        (Event::new().data(":lead"), "data: :lead\n\n"),
        (Event::new().data("trail\n"), "data: trail\ndata: \n\n"),
        (
            Event::new().data("a\rb\nc\r\nd"),
            "data: a\ndata: b\ndata: c\ndata: d\n\n",
        ),
        (
            Event::new().data("\u{feff}x\u{2028}y"),
            "data: \u{feff}x\u{2028}y\n\n",
        ),
        (Event::new().data("nul\0"), "data: nul\0\n\n"),
        (Event::new().id(EventId::from_static("")), "id: \n\n"),
        (
            Event::new().id(EventId::from(u64::MAX)),
            "id: 18446744073709551615\n\n",
        ),
        (
            Event::new().event(EventName::from_static(" a: b")),
            "event:  a: b\n\n",
        ),
        (Event::new().comment(Comment::from_static("")), ":\n\n"),
        (Event::new().comment(Comment::from_static(" a")), ": a\n\n"),
        (Event::new().retry(Duration::ZERO), "retry: 0\n\n"),
    ];
    for (event, bytes) in cases {
        assert_eq!(event.to_bytes(), bytes, "{event:?}");
    }
}

/// H1, H3
///
/// All strings of up to six characters that mean something to a decoder.
#[test]
#[cfg_attr(miri, ignore = "too many for Miri")]
fn every_short_text_arrives_with_its_line_breaks_as_lf() {
    let mut texts = vec![String::new()];
    let mut from = 0;
    for _ in 0..6 {
        let longer: Vec<String> = texts[from..]
            .iter()
            .flat_map(|text| ['\r', '\n', ' ', ':', 'x'].map(|next| format!("{text}{next}")))
            .collect();
        from = texts.len();
        texts.extend(longer);
    }
    assert_eq!(texts.len(), (5_usize.pow(7) - 1) / 4);
    for text in texts {
        let normal = text.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(through_the_wire(&text), normal, "{text:?}");
    }
}

/// H3
#[test]
#[cfg_attr(miri, ignore = "too many for Miri")]
fn every_character_arrives_in_data() {
    let all: String = ('\0'..=char::MAX).collect();
    assert_eq!(through_the_wire(&all), all.replace('\r', "\n"));
}

/// H6
#[test]
fn the_longest_duration_is_clamped_to_what_a_timer_can_wait() {
    let event = Event::new().retry(Duration::MAX);
    assert_eq!(event.to_bytes(), "retry: 2147483647\n\n");
    assert_eq!(Event::MAX_RETRY.as_millis(), 2_147_483_647);
}

#[test]
fn an_event_without_data_is_not_dispatched_and_leaves_the_next_one_alone() {
    let mut buffer = BytesMut::new();
    let unseen = Event::new()
        .event(EventName::from_static("unseen"))
        .id(EventId::from_static("7"))
        .retry(Duration::from_secs(1));
    unseen.encode(&mut buffer);
    assert_eq!(decode(&buffer, "").events, []);

    Event::new().data("x").encode(&mut buffer);
    let seen = decode(&buffer, "");
    assert_eq!(seen.events.len(), 1);
    assert_eq!(seen.events[0].kind, "message");
    assert_eq!(seen.last_event_id, "7");
    assert_eq!(seen.retries, [1_000]);
}

#[test]
fn an_empty_id_resets_the_last_event_id() {
    let event = Event::new().id(EventId::from_static("")).data("x");
    assert_eq!(decode(&event.to_bytes(), "7").last_event_id, "");
    assert_eq!(
        decode(&Event::new().data("x").to_bytes(), "7").last_event_id,
        "7"
    );
}

#[test]
fn a_heartbeat_is_a_comment_and_dispatches_nothing() {
    let seen = decode(Event::HEARTBEAT, "7");
    assert_eq!(seen.events, []);
    assert_eq!(seen.fields, []);
    assert_eq!(seen.comments, [""]);
    assert_eq!(seen.last_event_id, "7");
}

#[test]
fn a_field_that_is_set_again_is_replaced() {
    let event = Event::new()
        .event(EventName::from_static("first"))
        .data("first")
        .event(EventName::from_static("second"))
        .data("second");
    assert_eq!(event.to_bytes(), "event: second\ndata: second\n\n");
}

/// H9
#[test]
fn a_buffer_with_just_enough_room_does_not_grow() {
    let event = Event::new().id(EventId::from(1)).data("one\ntwo\r\nthree");
    let mut buffer = BytesMut::with_capacity(event.encoded_len());
    let (start, room) = (buffer.as_ptr(), buffer.capacity());
    event.encode(&mut buffer);
    assert_eq!((buffer.as_ptr(), buffer.capacity()), (start, room));
}
