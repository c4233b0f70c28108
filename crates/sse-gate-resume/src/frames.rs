//! The library's own events, as they are written on the wire.
//!
//! Each has a name that begins with `sse.`, so `onmessage` never sees it. Each has data, because
//! some browsers don't keep the id of a block without data. The data is JSON with a version.
//!
//! The first block of a connection is special. After a break, `WebKit` puts what it had of an
//! unfinished block before the first bytes of the new connection. So the first block is made such
//! that nothing is lost by it:
//!
//! - It begins with `retry`, a line that may get lost in the unfinished one.
//! - It has a name of the library's. A page does not take the rest of an event for an event.
//! - It has an id, and the event that was cut comes again behind that id.
//! - Only the last line of its data counts.

use std::time::Duration;

use bytes::BytesMut;
use sse_gate_codec::{Event, EventName};

use crate::id::IdPrefix;
use crate::session::CloseReason;

/// The first event of every connection, with the first id of the connection.
pub(crate) fn open(
    retry: Duration,
    prefix: &IdPrefix,
    cursor: u64,
    gap: Option<(u64, u64)>,
    buffer: &mut BytesMut,
) {
    let data = match gap {
        None => r#"{"v":1,"gap":null}"#.to_owned(),
        Some((from, to)) => format!(r#"{{"v":1,"gap":{{"from":{from},"to":{to}}}}}"#),
    };
    first_lines(retry, "sse.open", buffer);
    prefix.line(cursor, buffer);
    Event::new().data(data).encode(buffer);
}

/// The first and last event of a connection that can't be served now. Its id is the one that the
/// client came with.
pub(crate) fn wait(retry: Duration, id: &str, buffer: &mut BytesMut) {
    first_lines(retry, "sse.wait", buffer);
    buffer.extend_from_slice(b"id: ");
    buffer.extend_from_slice(id.as_bytes());
    buffer.extend_from_slice(b"\n");
    Event::new().data(r#"{"v":1}"#).encode(buffer);
}

/// The lines of a connection's first block that come before its id.
fn first_lines(retry: Duration, name: &'static str, buffer: &mut BytesMut) {
    let retry = retry.min(Event::MAX_RETRY).as_millis();
    buffer.extend_from_slice(format!("retry: {retry}\nevent: {name}\n").as_bytes());
}

/// Says that events are missing: all of this span, from its first to its last. Its id stands behind
/// them.
pub(crate) fn gap(prefix: &IdPrefix, cursor: u64, (from, to): (u64, u64), buffer: &mut BytesMut) {
    const NAME: EventName<'static> = EventName::from_static("sse.gap");
    prefix.line(cursor, buffer);
    let data = format!(r#"{{"v":1,"from":{from},"to":{to}}}"#);
    Event::new().event(NAME).data(data).encode(buffer);
}

/// The last event of a session that is closed. It has no id: there is nothing to come back for.
pub(crate) fn close(reason: CloseReason, buffer: &mut BytesMut) {
    close_as(reason.as_str(), buffer);
}

/// The last event of a log that has ended complete, when the client has all of it. It has no id: the
/// client keeps the id of the last event, and with that one it is told that all is over.
pub(crate) fn complete(buffer: &mut BytesMut) {
    close_as("complete", buffer);
}

fn close_as(reason: &str, buffer: &mut BytesMut) {
    const NAME: EventName<'static> = EventName::from_static("sse.close");
    let data = format!(r#"{{"v":1,"reason":"{reason}"}}"#);
    Event::new().event(NAME).data(data).encode(buffer);
}

/// The last event of a stream whose writer stopped before it had finished. `told` is the number behind that of the log's
/// last event: a client that comes back with it was told.
pub(crate) fn failure(prefix: &IdPrefix, told: u64, buffer: &mut BytesMut) {
    const NAME: EventName<'static> = EventName::from_static("sse.error");
    prefix.line(told, buffer);
    let data = r#"{"v":1,"reason":"internal"}"#;
    Event::new().event(NAME).data(data).encode(buffer);
}

/// A new waiting time, and nothing else: no event is dispatched.
pub(crate) fn retry(retry: Duration, buffer: &mut BytesMut) {
    Event::new().retry(retry).encode(buffer);
}
