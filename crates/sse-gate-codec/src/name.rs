//! The name of an event: what a page listens for.

use alloc::borrow::Cow;

use crate::text::one_line_text;

/// The `event` field: the name under which a client dispatches the event.
///
/// Holds no CR, LF or NUL. In a browser it is the first argument of `addEventListener`, compared
/// exactly, case included. An event without a name, or with the empty one, is dispatched as
/// `message` (HTML standard, §9.2.6).
///
/// ```
/// use sse_gate_codec::{Event, EventName, InvalidField};
///
/// // A name that the program knows is checked while it is compiled …
/// const STATUS: EventName<'static> = EventName::from_static("agent_status");
///
/// // … and one that comes from elsewhere where it comes in.
/// fn named<'a>(name: &'a str, text: &'a str) -> Result<Event<'a>, InvalidField> {
///     Ok(Event::new().event(name.try_into()?).data(text))
/// }
///
/// assert_eq!(named("agent_status", "thinking")?.get_event(), Some(&STATUS));
/// assert!(named("agent_status\n", "thinking").is_err());
/// # Ok::<(), InvalidField>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventName<'a>(Cow<'a, str>);

one_line_text!(EventName, "an event name");

impl EventName<'_> {
    /// Whether the name begins with `sse.`, as those do that sse-gate keeps for its own events.
    ///
    /// Such an event tells the client about the stream itself. Where events come in from an
    /// application or a publisher, refuse those: a made-up one could pass for the server's word.
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
