//! A client that reads one stream: [`EventSource`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::{Instant, Sleep};

use super::events::Events;
use super::io::Io;
use super::random::Random;
use crate::machine::Machine;
use crate::token::ErasedSource;
use crate::transport::ErasedTransport;
use crate::{Error, Settings, TokenSource, Transport, Update};

/// Reads one stream, over as many connections as it takes.
///
/// It is a `Stream` of [`Update`]s: the events, lost events, and what happens to the connection. It ends
/// after [`State::Closed`](crate::State::Closed), or with one [`Error`]. [`events`](EventSource::events) is
/// the stream of the events alone.
///
/// Nothing happens until it is polled, and nothing is read ahead: a consumer that is slow slows the
/// server. Dropping it closes the connection. It has to be polled within a tokio runtime that has its
/// timers enabled.
///
/// ```
/// use futures_util::StreamExt;
/// use sse_gate_client::{Direct, EventSource, State, Update};
/// # use sse_gate_client::Error;
/// # async fn watch(transport: impl sse_gate_client::Transport) -> Result<(), Box<dyn std::error::Error>> {
/// let source = Direct::new("https://example.org/news")?;
/// let mut updates = EventSource::new(transport, source);
/// while let Some(update) = updates.next().await {
///     match update? {
///         Update::Event(event) => println!("{}", event.data()),
///         Update::Gap(gap) => println!("{} events are lost", gap.events()),
///         Update::State(State::Waiting(it)) => println!("again in {:?}", it.delay()),
///         Update::State(_) => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing unless it is polled"]
pub struct EventSource {
    pub(super) machine: Machine,
    pub(super) transport: Arc<dyn ErasedTransport>,
    /// It is elsewhere while it makes a request.
    pub(super) tokens: Option<Box<dyn ErasedSource>>,
    pub(super) io: Io,
    pub(super) sleep: Option<Pin<Box<Sleep>>>,
    pub(super) random: Random,
    pub(super) answer: Duration,
    /// When the client was polled first: the machine's times count from there.
    pub(super) start: Option<Instant>,
    pub(super) is_over: bool,
}

impl EventSource {
    /// A client with default [`Settings`]. It connects when it is polled.
    pub fn new(transport: impl Transport, tokens: impl TokenSource) -> Self {
        Self::with_settings(transport, tokens, Settings::new())
    }

    /// A client with these settings. It connects when it is polled.
    pub fn with_settings(
        transport: impl Transport,
        tokens: impl TokenSource,
        settings: Settings,
    ) -> Self {
        Self {
            transport: Arc::new(transport),
            tokens: Some(Box::new(tokens)),
            io: Io::None,
            sleep: None,
            random: Random::new(),
            answer: settings.answer,
            machine: Machine::new(settings),
            start: None,
            is_over: false,
        }
    }

    /// The events alone.
    pub fn events(self) -> Events {
        Events::new(self)
    }

    /// The id of the last event that was delivered. To go on after a restart of the program, keep it, and
    /// give it to [`Settings::with_last_event_id`].
    ///
    /// An id that the server sends alone, without data, counts as well, as the HTML standard has it. It is taken when
    /// all events in front of it were delivered, and the stream is polled again.
    pub fn last_event_id(&self) -> Option<&str> {
        self.machine.last_event_id()
    }
}

impl Stream for EventSource {
    type Item = Result<Update, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        self.poll_update(cx)
    }
}

/// Without ids and URLs, which may be credentials.
impl fmt::Debug for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSource")
            .field("over", &self.is_over)
            .finish_non_exhaustive()
    }
}
