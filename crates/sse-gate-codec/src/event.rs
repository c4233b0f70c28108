//! One event: its fields, how they are set and read.

use alloc::borrow::Cow;
use core::time::Duration;

use crate::retry::Retry;
use crate::{Comment, EventId, EventName};

/// One event of a stream, ready to be encoded.
///
/// An event starts [empty](Event::new), and each setter adds one field; setting a field again
/// replaces it. No setter can fail or panic, because what could be wrong is a type that can't be
/// ([`EventName`], [`EventId`], [`Comment`]).
///
/// It borrows its texts or owns them. An event to be encoded on the spot needs no copy of
/// anything; a stream of events wants `Event<'static>`, from owned texts or by
/// [`into_owned`](Event::into_owned).
///
/// ```
/// use std::time::Duration;
/// use sse_gate_codec::{Event, EventId, EventName, InvalidField};
///
/// const CHUNK: EventName<'static> = EventName::from_static("message_chunk");
///
/// fn chunk(id: String, text: String) -> Result<Event<'static>, InvalidField> {
///     Ok(Event::new().event(CHUNK).id(id.try_into()?).data(text))
/// }
///
/// let event = chunk("7".into(), "Hello,\nworld".into())?.retry(Duration::from_secs(2));
/// assert_eq!(
///     event.to_bytes(),
///     "id: 7\nevent: message_chunk\nretry: 2000\ndata: Hello,\ndata: world\n\n"
/// );
/// # Ok::<(), InvalidField>(())
/// ```
///
/// # Events without data
/// A client dispatches only what has data, be it empty: `.data("")` reaches the page. An event
/// with no data at all does its work and is not seen. Its comment is skipped and its `retry`
/// obeyed. Its name has no effect. Its id counts by the standard (§9.2.6), but not in every
/// browser: an id that matters belongs in an event with data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Event<'a> {
    pub(crate) comment: Option<Comment<'a>>,
    pub(crate) id: Option<EventId<'a>>,
    pub(crate) name: Option<EventName<'a>>,
    pub(crate) retry: Option<Retry>,
    pub(crate) data: Option<Cow<'a, str>>,
}

impl<'a> Event<'a> {
    /// The longest reconnection time that [`retry`](Event::retry) sets: 2³¹ − 1 milliseconds,
    /// almost 25 days.
    ///
    /// It is the longest delay that a timer in JavaScript can have. A longer one fires at once,
    /// and a client that waits by such a timer would reconnect without a pause.
    pub const MAX_RETRY: Duration = Retry::MAX;

    /// An event without any field.
    pub const fn new() -> Self {
        Self {
            comment: None,
            id: None,
            name: None,
            retry: None,
            data: None,
        }
    }

    /// Sets the name under which the client dispatches the event; `message` without one.
    pub fn event(mut self, name: EventName<'a>) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the data, any text at all.
    ///
    /// CR, LF and CRLF each become one line break, which the client sees as LF. Everything else
    /// arrives as it is.
    pub fn data(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.data = Some(text.into());
        self
    }

    /// Sets the id that the client will send as `Last-Event-ID` when it reconnects.
    pub fn id(mut self, id: EventId<'a>) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets how long the client waits before it reconnects, from now on.
    ///
    /// The field counts in milliseconds: what is finer is cut off, and what is longer than
    /// [`MAX_RETRY`](Event::MAX_RETRY) becomes that. So any duration will do, `Duration::MAX`
    /// included.
    pub fn retry(mut self, delay: Duration) -> Self {
        self.retry = Some(Retry::new(delay));
        self
    }

    /// Sets a comment, which the client ignores.
    pub fn comment(mut self, comment: Comment<'a>) -> Self {
        self.comment = Some(comment);
        self
    }

    /// The name, if one is set.
    pub const fn get_event(&self) -> Option<&EventName<'a>> {
        self.name.as_ref()
    }

    /// The data, if set, with the line breaks it was given.
    pub fn get_data(&self) -> Option<&str> {
        self.data.as_deref()
    }

    /// The id, if one is set.
    pub const fn get_id(&self) -> Option<&EventId<'a>> {
        self.id.as_ref()
    }

    /// Copies what is borrowed, so that the event can outlive it.
    pub fn into_owned(self) -> Event<'static> {
        Event {
            comment: self.comment.map(Comment::into_owned),
            id: self.id.map(EventId::into_owned),
            name: self.name.map(EventName::into_owned),
            retry: self.retry,
            data: self.data.map(|text| Cow::Owned(text.into_owned())),
        }
    }
}
