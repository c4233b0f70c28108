//! One event: its fields, and how they are set and read.

use alloc::borrow::Cow;
use core::time::Duration;

use crate::retry::Retry;
use crate::{Comment, EventId, EventName};

/// One event of a stream, ready to be encoded.
///
/// An event starts [empty](Event::new). Each method that is named after a field sets that field, and
/// replaces an earlier value. These methods never fail or panic: the texts that could be wrong are
/// checked before, when you make an [`EventName`], an [`EventId`] or a [`Comment`].
///
/// An event borrows its texts or owns them. If you encode it at once, nothing is copied. A stream of
/// events needs `Event<'static>`: make it from owned texts or with
/// [`into_owned`](Event::into_owned).
///
/// ```
/// use std::time::Duration;
/// use sse_gate_codec::{Event, EventId, EventName, InvalidFieldError};
///
/// const CHUNK: EventName<'static> = EventName::from_static("message_chunk");
///
/// fn chunk(id: String, text: String) -> Result<Event<'static>, InvalidFieldError> {
///     Ok(Event::new().event(CHUNK).id(id.try_into()?).data(text))
/// }
///
/// let event = chunk("7".into(), "Hello,\nworld".into())?.retry(Duration::from_secs(2));
/// assert_eq!(
///     event.to_bytes(),
///     "id: 7\nevent: message_chunk\nretry: 2000\ndata: Hello,\ndata: world\n\n"
/// );
/// # Ok::<(), InvalidFieldError>(())
/// ```
///
/// # Events without data
/// A client dispatches only an event with data. The data may be empty: `.data("")` reaches the page.
/// An event without data does not. Its `retry` counts all the same, and its comment and name have no
/// effect. Its id counts by the standard (§9.2.6), but not in every browser: set an id that matters on
/// an event with data.
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
    /// It is the longest delay that a timer in JavaScript can have. A timer with a longer one fires at
    /// once, so a client would reconnect without a pause.
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

    /// Sets the name under which the client dispatches the event. Without it, the name is `message`.
    ///
    /// A name that is known when the program is written is made by [`EventName::from_static`], any other
    /// one by `EventName::try_from`:
    ///
    /// ```
    /// use sse_gate_codec::{Event, EventName};
    ///
    /// let hello = Event::new().event(EventName::from_static("greeting")).data("hello");
    /// assert_eq!(hello.to_bytes(), "event: greeting\ndata: hello\n\n");
    /// ```
    pub fn event(mut self, name: EventName<'a>) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the data, which may be any text.
    ///
    /// CR, LF and CRLF each become one line break, which the client sees as LF. All other characters
    /// arrive unchanged.
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
    /// The field holds whole milliseconds: a fraction is cut off. A longer time than
    /// [`MAX_RETRY`](Event::MAX_RETRY) becomes `MAX_RETRY`. So you can pass any duration.
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

    /// The data, if it is set, with its original line breaks.
    pub fn get_data(&self) -> Option<&str> {
        self.data.as_deref()
    }

    /// The id, if one is set.
    pub const fn get_id(&self) -> Option<&EventId<'a>> {
        self.id.as_ref()
    }

    /// Copies the borrowed texts, so that the event can outlive them.
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
