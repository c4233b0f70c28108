//! From the bytes of a body to what the client does about them: [`Reader`].

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sse_gate_codec::{Decoder, EventId, Frame, SharedMessage, TooLargeError};

use super::notice::Notice;
use super::position::Position;
use crate::{Event, Gap, Settings};

/// How much is decoded at once. So there are never more events in the queue than end in this many bytes.
const SLICE: usize = 16 * 1024;

/// Something that the body said.
#[derive(Debug)]
pub(super) enum Said {
    /// An event that the client has not had.
    Event(Event),
    /// `sse.open` without a gap, an id without an event, or another sign of life.
    Alive,
    /// Events that are lost.
    Gap(Gap),
    /// A reconnection time.
    Retry(Duration),
    /// The last event, with the reason.
    Close(String),
    /// The work failed.
    Error(String),
    /// The stream can't be served now.
    Wait,
    /// An event was larger than the limit.
    TooLarge,
}

/// What the decoder takes for the last event id until a body has brought one. It tells an event
/// without an id from one that repeats the id of the connection before.
const NO_ID_YET: EventId<'static> = EventId::from_static("\u{f8ff} no id yet");

/// Decodes bodies, one after the other.
#[derive(Debug)]
pub(super) struct Reader {
    decoder: Decoder,
    /// What came in and is not decoded yet.
    rest: Bytes,
    /// What is decoded and not taken yet. It changes nothing until it is taken: what is forgotten by then comes
    /// again, and is no duplicate.
    queue: VecDeque<Result<Frame<SharedMessage>, TooLargeError>>,
    position: Position,
    /// The id to go on behind: the last event id of the events that were taken, and of what ended behind them without
    /// data.
    last_id: Arc<str>,
}

impl Reader {
    pub(super) fn new(settings: &Settings) -> Self {
        let decoder = Decoder::new().with_limit(settings.max_event);
        Self {
            decoder: decoder.with_last_event_id(&NO_ID_YET),
            rest: Bytes::new(),
            queue: VecDeque::new(),
            position: Position::new(settings),
            last_id: settings.last_event_id.get().unwrap_or_default().into(),
        }
    }

    /// The id to go on behind, or to keep over a restart of the program.
    pub(super) fn last_id(&self) -> Option<&str> {
        Some(&*self.last_id).filter(|id| !id.is_empty())
    }

    /// A new body begins. What was not read of the one before is forgotten: it comes again.
    pub(super) fn restart(&mut self) {
        self.decoder.restart();
        let decoder = mem::take(&mut self.decoder);
        self.decoder = decoder.with_last_event_id(&NO_ID_YET);
        self.rest.clear();
        self.queue.clear();
        self.position.restart();
    }

    /// The next bytes of the body. Take what the bytes before said first.
    pub(super) fn feed(&mut self, chunk: Bytes) {
        self.rest = if self.rest.is_empty() {
            chunk
        } else {
            [mem::take(&mut self.rest), chunk].concat().into()
        };
    }

    /// Whether the body has ended in the middle of an event.
    pub(super) fn is_cut(&self) -> bool {
        self.decoder.incomplete().is_some()
    }

    /// The next thing that the body said.
    pub(super) fn next(&mut self) -> Option<Said> {
        loop {
            while let Some(frame) = self.queue.pop_front() {
                let said = match frame {
                    Ok(Frame::Event(message)) => self.take(message),
                    Ok(Frame::Retry(retry)) => Some(Said::Retry(retry)),
                    Ok(Frame::Comment(_)) => None,
                    Err(_) => Some(Said::TooLarge),
                };
                if said.is_some() {
                    return said;
                }
            }
            if self.rest.is_empty() {
                return self.take_id().then_some(Said::Alive);
            }
            let slice = self.rest.split_to(SLICE.min(self.rest.len()));
            self.queue.extend(self.decoder.feed_shared(slice));
        }
    }

    /// Takes the id of what ended without data (HTML standard, section 9.2.6); whether there was a new one. All events
    /// in front of it have been taken by now.
    fn take_id(&mut self) -> bool {
        let id = self.decoder.last_event_id();
        let is_new = id != NO_ID_YET.as_str() && id != &*self.last_id;
        if is_new {
            self.last_id = id.into();
        }
        is_new
    }

    /// What an event says; `None` if it says nothing new.
    fn take(&mut self, message: SharedMessage) -> Option<Said> {
        if message.id() == NO_ID_YET.as_str() {
            let event = Event::new(message, Some(self.last_id.clone()));
            return Said::of(event, &mut self.position, false);
        }
        // An id can be long and many events can have it: it is copied once.
        if message.id() != &*self.last_id {
            self.last_id = message.id().into();
        }
        Said::of(Event::new(message, None), &mut self.position, true)
    }
}

impl Said {
    /// What an event says; `None` if it says nothing new.
    fn of(event: Event, position: &mut Position, has_id: bool) -> Option<Self> {
        match Notice::of(&event) {
            None if has_id && position.is_duplicate(event.id()) => None,
            None => Some(Self::Event(event)),
            Some(notice) => {
                match &notice {
                    Notice::Open(gap) if has_id => position.opened(event.id(), gap.is_some()),
                    Notice::Gap(_) if has_id => position.opened(event.id(), true),
                    _ => {}
                }
                Some(Self::of_notice(notice))
            }
        }
    }

    fn of_notice(notice: Notice) -> Self {
        match notice {
            Notice::Open(gap) | Notice::Gap(gap) => gap.map_or(Self::Alive, Self::Gap),
            Notice::Close(reason) => Self::Close(reason),
            Notice::Error(reason) => Self::Error(reason),
            Notice::Wait => Self::Wait,
            Notice::Other => Self::Alive,
        }
    }
}
