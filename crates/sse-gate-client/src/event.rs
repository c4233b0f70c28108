//! An event that the client got: [`Event`].

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use sse_gate_codec::{JsonError, SharedMessage};

/// An event of the stream: its name, its data and the last event id.
///
/// An event of more than 1 KiB can share the memory of the chunk that it came in, so a clone copies no data. If you
/// keep such an event, you keep its chunk, which can be some 100 KiB: keep the text of it, if you keep many.
///
/// ```
/// use serde::Deserialize;
/// use sse_gate_client::Event;
///
/// #[derive(Deserialize)]
/// struct Progress {
///     percent: u8,
/// }
///
/// fn show(event: &Event) -> Option<u8> {
///     match event.name() {
///         "progress" => event.json::<Progress>().ok().map(|it| it.percent),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Event {
    message: SharedMessage,
    /// The last event id, if this connection has brought none yet: it is that of the one before.
    carried: Option<Arc<str>>,
}

impl Event {
    pub(crate) const fn new(message: SharedMessage, carried: Option<Arc<str>>) -> Self {
        Self { message, carried }
    }

    /// The name. It is `message` if the server gave none.
    pub fn name(&self) -> &str {
        self.message.event()
    }

    /// The data. Its lines are joined with LF.
    pub fn data(&self) -> &str {
        self.message.data()
    }

    /// The last event id: the one of this event or of an earlier one. It is empty if there was none.
    ///
    /// In a resumable stream it is a part of the credential to go on with: don't log it.
    pub fn id(&self) -> &str {
        let carried = self.carried.as_deref();
        carried.unwrap_or_else(|| self.message.id())
    }

    /// The data, read as JSON.
    ///
    /// # Errors
    /// If the data is not JSON, or not that of a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, JsonError> {
        self.message.as_message().json()
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.data() == other.data() && self.id() == other.id()
    }
}

impl Eq for Event {}

/// Without the id, which may be a credential.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("name", &self.name())
            .field("data", &self.data())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use sse_gate_codec::{Decoder, Frame};

    use super::*;

    fn event(stream: &'static str, carried: Option<&str>) -> Event {
        let mut decoder = Decoder::new();
        let frame = decoder.feed_shared(Bytes::from_static(stream.as_bytes()));
        match frame.into_iter().next() {
            Some(Ok(Frame::Event(message))) => Event::new(message, carried.map(Into::into)),
            other => panic!("no event, but {other:?}"),
        }
    }

    #[test]
    fn events_are_equal_if_their_three_parts_are() {
        let one = event("event: a\nid: 1\ndata: x\n\n", None);
        for (stream, carried, is_equal) in [
            ("id: 1\ndata: x\nevent: a\n\n", None, true),
            ("event: a\ndata: x\n\n", Some("1"), true),
            ("event: b\nid: 1\ndata: x\n\n", None, false),
            ("event: a\nid: 2\ndata: x\n\n", None, false),
            ("event: a\nid: 1\ndata: y\n\n", None, false),
        ] {
            assert_eq!(one == event(stream, carried), is_equal, "{stream:?}");
        }
    }

    /// D2
    #[test]
    fn debug_output_has_no_id() {
        let event = event("event: a\nid: secret\ndata: x\n\n", None);
        let expected = "Event { name: \"a\", data: \"x\", .. }";
        assert_eq!(format!("{event:?}"), expected);
    }
}
