//! The library's own events, as they stand on the wire.
//!
//! Each has a name that begins with `sse.`, so that `onmessage` never sees it, and data, as only
//! then every browser keeps its id. The data is JSON with a version.

use std::time::Duration;

use bytes::BytesMut;
use sse_gate_codec::{Event, EventName};

use crate::id::IdPrefix;
use crate::session::CloseReason;

/// The first event of every connection: its id is the first of this connection's.
///
/// `retry` stands in the same block: a client obeys it when it has read the line.
pub(crate) fn open(
    retry: Duration,
    prefix: &IdPrefix,
    cursor: u64,
    gap: Option<(u64, u64)>,
    buffer: &mut BytesMut,
) {
    const NAME: EventName<'static> = EventName::from_static("sse.open");
    let data = match gap {
        None => r#"{"v":1,"gap":null}"#.to_owned(),
        Some((from, to)) => format!(r#"{{"v":1,"gap":{{"from":{from},"to":{to}}}}}"#),
    };
    prefix.line(cursor, buffer);
    Event::new()
        .event(NAME)
        .retry(retry)
        .data(data)
        .encode(buffer);
}

/// Events are missing: all from the first to the last of this span. Its id stands behind them.
pub(crate) fn gap(prefix: &IdPrefix, cursor: u64, (from, to): (u64, u64), buffer: &mut BytesMut) {
    const NAME: EventName<'static> = EventName::from_static("sse.gap");
    prefix.line(cursor, buffer);
    let data = format!(r#"{{"v":1,"from":{from},"to":{to}}}"#);
    Event::new().event(NAME).data(data).encode(buffer);
}

/// The last event of a session that is closed. It has no id: there is nothing to come back for.
pub(crate) fn close(reason: CloseReason, buffer: &mut BytesMut) {
    const NAME: EventName<'static> = EventName::from_static("sse.close");
    let data = format!(r#"{{"v":1,"reason":"{}"}}"#, reason.as_str());
    Event::new().event(NAME).data(data).encode(buffer);
}

/// The last event of a stream whose writer broke off.
pub(crate) fn failure(buffer: &mut BytesMut) {
    const NAME: EventName<'static> = EventName::from_static("sse.error");
    let data = r#"{"v":1,"reason":"internal"}"#;
    Event::new().event(NAME).data(data).encode(buffer);
}

/// A new waiting time, and nothing else: no event is dispatched.
pub(crate) fn retry(retry: Duration, buffer: &mut BytesMut) {
    Event::new().retry(retry).encode(buffer);
}
