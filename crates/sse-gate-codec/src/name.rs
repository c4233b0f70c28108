//! The name of an event, which a page listens for: [`EventName`].

use alloc::borrow::Cow;

use crate::text::one_line_text;

/// The `event` field: the name under which a client dispatches the event.
///
/// It holds no CR, LF or NUL. In a browser it is the first argument of `addEventListener`, where upper
/// and lower case differ. An event without a name, or with the empty one, is dispatched as `message`
/// (HTML standard, §9.2.6).
///
/// ```
/// use sse_gate_codec::{Event, EventName, InvalidFieldError};
///
/// // The compiler checks a name that is a constant.
/// const STATUS: EventName<'static> = EventName::from_static("agent_status");
///
/// // A name from outside is checked where it comes in.
/// fn named<'a>(name: &'a str, text: &'a str) -> Result<Event<'a>, InvalidFieldError> {
///     Ok(Event::new().event(name.try_into()?).data(text))
/// }
///
/// assert_eq!(named("agent_status", "thinking")?.get_event(), Some(&STATUS));
/// assert!(named("agent_status\n", "thinking").is_err());
/// # Ok::<(), InvalidFieldError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventName<'a>(Cow<'a, str>);

one_line_text!(EventName, "an event name");

impl EventName<'_> {
    /// Whether the name begins with `sse.`. The crate sse-gate reserves these names for its own events.
    ///
    /// Such an event tells the client about the stream itself. Refuse these names in events from
    /// publishers, because a client would take such an event for one from the server.
    ///
    /// ```
    /// use sse_gate_codec::EventName;
    ///
    /// assert!(EventName::from_static("sse.close").is_reserved());
    /// assert!(!EventName::from_static("sse-news").is_reserved());
    /// ```
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with("sse.")
    }
}
