//! The id of an event, which a client sends back when it reconnects: [`EventId`].

use alloc::borrow::Cow;
use alloc::string::ToString;

use crate::text::one_line_text;

/// The `id` field: what the client will send as `Last-Event-ID` when it reconnects.
///
/// It holds no CR, LF or NUL. It stays the client's last event id until an event brings another one.
/// The empty id resets it, so that the client sends no header (HTML standard, §9.2.6).
///
/// All other characters are accepted, because the format accepts them. If an id must come back from
/// every client, use only letters, digits and `-._~`, and at most 128 bytes, because the client sends
/// it in a request header.
///
/// ```
/// use sse_gate_codec::{Event, EventId};
///
/// let event = Event::new().id(EventId::from(17_u64)).data("x");
/// assert_eq!(event.to_bytes(), "id: 17\ndata: x\n\n");
///
/// assert!(EventId::try_from("1\0").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId<'a>(Cow<'a, str>);

one_line_text!(EventId, "an event id");

impl From<u64> for EventId<'_> {
    /// The number in decimal, for ids that count.
    fn from(number: u64) -> Self {
        Self(Cow::Owned(number.to_string()))
    }
}
