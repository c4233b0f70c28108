//! The encoder.

use std::time::Duration;

use bytes::BytesMut;
use sse_gate::Event;
use sse_gate::codec::{Comment, EventId, EventName};

use crate::reference::decode;

/// An event can be made only if its parts are allowed in their fields. A client then sees exactly these
/// fields, with one kind of line end in the data.
///
/// The input: a byte that tells which fields there are, and the texts, each with 0xFF after it.
pub fn encoder(data: &[u8]) {
    let Some((&fields, rest)) = data.split_first() else {
        return;
    };
    let mut texts = rest
        .split(|byte| *byte == 0xFF)
        .map(String::from_utf8_lossy);
    let mut next =
        |bit: u8| (fields & bit != 0).then(|| texts.next().unwrap_or_default().into_owned());
    let (comment, id, name, text) = (next(1), next(2), next(4), next(8));
    let retry =
        (fields & 16 != 0).then(|| Duration::from_millis(u64::from(fields) << (fields >> 3)));

    let bad = |text: &Option<String>| {
        text.as_ref()
            .is_some_and(|text| text.contains(['\r', '\n', '\0']))
    };
    let mut event = Event::new();
    if let Some(comment) = comment.clone() {
        match Comment::try_from(comment.clone()) {
            Ok(comment) => event = event.comment(comment),
            Err(_) => return assert!(bad(&Some(comment))),
        }
    }
    if let Some(id) = id.clone() {
        match EventId::try_from(id.clone()) {
            Ok(id) => event = event.id(id),
            Err(_) => return assert!(bad(&Some(id))),
        }
    }
    if let Some(name) = name.clone() {
        match EventName::try_from(name.clone()) {
            Ok(name) => event = event.event(name),
            Err(_) => return assert!(bad(&Some(name))),
        }
    }
    assert!(
        ![&comment, &id, &name].into_iter().any(bad),
        "a field holds a line break"
    );
    if let Some(text) = text.clone() {
        event = event.data(text);
    }
    if let Some(retry) = retry {
        event = event.retry(retry);
    }

    let mut buffer = BytesMut::new();
    event.encode(&mut buffer);
    assert_eq!(buffer.len(), event.encoded_len());
    assert_eq!(buffer, event.to_bytes());
    // Between two other events, so that a field that runs over would be seen.
    let whole = [&b"data: before\n\n"[..], &buffer, b"data: after\n\n"].concat();
    let seen = decode(&whole, "");
    let expected = usize::from(text.is_some());
    assert_eq!(seen.events.len(), 2 + expected, "{event:?}");
    if let (Some(text), [_, dispatched, _]) = (text, &seen.events[..]) {
        assert_eq!(
            dispatched.data,
            text.replace("\r\n", "\n").replace('\r', "\n")
        );
        let kind = name.filter(|name| !name.is_empty());
        assert_eq!(
            dispatched.kind,
            kind.unwrap_or_else(|| "message".to_owned())
        );
    }
    assert_eq!(seen.last_event_id, id.unwrap_or_default());
    assert_eq!(seen.comments, Vec::from_iter(comment));
    assert_eq!(seen.retries.len(), usize::from(retry.is_some()));
}
