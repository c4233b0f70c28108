//! A client that reads one stream: [`EventSource`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::events::Events;
use super::io::Io;
use super::random::Random;
use crate::machine::{Machine, Step};
use crate::token::ErasedSource;
use crate::transport::{ErasedTransport, Http};
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
    machine: Machine,
    transport: Arc<dyn ErasedTransport>,
    /// It is elsewhere while it makes a request.
    tokens: Option<Box<dyn ErasedSource>>,
    io: Io,
    sleep: Option<Pin<Box<Sleep>>>,
    random: Random,
    answer: Duration,
    /// When the client was polled first: the machine's times count from there.
    start: Option<Instant>,
    is_over: bool,
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
    pub fn last_event_id(&self) -> Option<&str> {
        self.machine.last_event_id()
    }

    fn poll_update(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Update, Error>>> {
        let start = *self.start.get_or_insert_with(Instant::now);
        loop {
            let now = start.elapsed();
            match self.machine.poll(now, self.random.next()) {
                Step::Update(update) => return Poll::Ready(Some(Ok(update))),
                Step::Prepare(attempt) => {
                    let Some(tokens) = self.tokens.take() else {
                        // It is away only while it makes the request before.
                        return Poll::Pending;
                    };
                    let http = Http::new(self.transport.clone());
                    self.io = Io::prepare(tokens, attempt, http, self.answer);
                }
                Step::Send(request) => {
                    let request = request.map(|()| bytes::Bytes::new());
                    self.io = Io::Sending(self.transport.clone().send(request));
                }
                Step::Continue(until) => {
                    ready!(self.poll_io(until.map(|it| start + it), start, cx))
                }
                Step::Wait(until) => {
                    self.io = Io::None;
                    ready!(self.poll_sleep(start + until, cx));
                }
                Step::Closed(result) => {
                    self.io = Io::None;
                    self.is_over = true;
                    return Poll::Ready(result.err().map(Err));
                }
            }
        }
    }

    /// Goes on with what is under way, and tells the machine.
    fn poll_io(
        &mut self,
        until: Option<Instant>,
        start: Instant,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if self.poll_input(start, cx).is_ready() {
            return Poll::Ready(());
        }
        let Some(until) = until else {
            return Poll::Pending;
        };
        ready!(self.poll_sleep(until, cx));
        self.io = Io::None;
        self.machine.timed_out(start.elapsed());
        Poll::Ready(())
    }

    fn poll_input(&mut self, start: Instant, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.io {
            Io::None => return Poll::Pending,
            Io::Preparing(preparing) => {
                let (tokens, made) = ready!(preparing.as_mut().poll(cx));
                self.tokens = Some(tokens);
                self.io = Io::None;
                match made {
                    Ok(request) => self.machine.prepared(request),
                    Err(error) => self.machine.unprepared(error),
                }
            }
            Io::Sending(sending) => match ready!(sending.as_mut().poll(cx)) {
                Ok(answer) => {
                    let (head, body) = answer.into_parts();
                    self.io = Io::Reading(body);
                    self.machine
                        .head(start.elapsed(), head.status, &head.headers);
                }
                Err(error) => self.fail(error),
            },
            Io::Reading(body) => match ready!(body.poll_data(cx)) {
                Some(Ok(chunk)) => self.machine.chunk(start.elapsed(), chunk),
                Some(Err(error)) => self.fail(error),
                None => {
                    self.io = Io::None;
                    self.machine.end();
                }
            },
        }
        Poll::Ready(())
    }

    fn fail(&mut self, error: crate::BoxError) {
        self.io = Io::None;
        self.machine.failed(error);
    }

    fn poll_sleep(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        if sleep.deadline() != until {
            sleep.as_mut().reset(until);
        }
        sleep.as_mut().poll(cx)
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
