//! Chunks from a stream of events: [`EncodedStream`].

use core::fmt;
use core::future::{Future, Pending, pending};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use pin_project_lite::pin_project;

use super::event_item::EventItem;
use crate::Event;

/// The shortest silence. With a shorter one a stream would send heartbeats without a pause.
const MIN_SILENCE: Duration = Duration::from_millis(1);

/// The default size of a chunk: what one TLS record holds.
const CHUNK_SIZE: usize = 16 * 1024;

pin_project! {
    /// The bytes of a stream of events, in chunks for the body of a response.
    ///
    /// The items may be [`Event`]s or `Result`s of events. Events that are ready together leave in one
    /// chunk, up to [a size](EncodedStream::with_chunk_size). A chunk holds whole events. An error is
    /// passed on between the chunks around it, and the stream ends when the events do.
    ///
    /// [`with_heartbeat`](EncodedStream::with_heartbeat) makes it break long silences, which some
    /// proxies answer by closing the connection. This crate knows no time: you name the function that
    /// sleeps, from any runtime.
    ///
    /// ```
    /// use std::pin::pin;
    /// use std::time::Duration;
    /// use futures_util::{StreamExt, stream};
    /// use sse_gate_codec::{EncodedStream, Event};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// // Two events now, and no more of them.
    /// let events = stream::iter(["one", "two"]).map(|text| Event::new().data(text));
    /// let events = events.chain(stream::pending());
    ///
    /// let chunks = EncodedStream::new(events);
    /// let chunks = chunks.with_heartbeat(Duration::from_secs(15), tokio::time::sleep);
    /// let mut chunks = pin!(chunks);
    /// assert_eq!(chunks.next().await.unwrap().unwrap(), "data: one\n\ndata: two\n\n");
    /// // 15 seconds later:
    /// assert_eq!(chunks.next().await.unwrap().unwrap(), Event::HEARTBEAT);
    /// # }
    /// ```
    #[must_use = "streams do nothing unless polled"]
    pub struct EncodedStream<S, F = fn(Duration) -> Pending<()>, T = Pending<()>>
    where
        S: Stream,
        S::Item: EventItem,
    {
        #[pin]
        events: S,
        chunk_size: usize,
        silence: Duration,
        sleep: F,
        // Runs while the stream is silent.
        #[pin]
        timer: Option<T>,
        // An error that came after events of the last chunk.
        error: Option<<S::Item as EventItem>::Error>,
        ended: bool,
    }
}

impl<S> EncodedStream<S>
where
    S: Stream,
    S::Item: EventItem,
{
    /// The bytes of these events, in chunks of about 16 KiB at most, without heartbeats.
    pub fn new(events: S) -> Self {
        Self {
            events,
            chunk_size: CHUNK_SIZE,
            silence: Duration::MAX,
            sleep: |_| pending(),
            timer: None,
            error: None,
            ended: false,
        }
    }
}

impl<S, F, T> EncodedStream<S, F, T>
where
    S: Stream,
    S::Item: EventItem,
{
    /// Sends [`Event::HEARTBEAT`] after this much silence, 1 ms at least. 15 s suit most proxies.
    ///
    /// `sleep` gets the length of the silence and returns a future that is ready when it is over.
    /// `tokio::time::sleep`, `async_std::task::sleep` and `smol::Timer::after` fit as they are; a test
    /// passes a closure. The timer starts when the stream is polled and no event is ready, and is
    /// dropped when there is one. So a stream that is busy has no timer.
    ///
    /// ```
    /// use std::future::ready;
    /// use std::time::Duration;
    /// use futures_util::{StreamExt, stream};
    /// use sse_gate_codec::{EncodedStream, Event};
    ///
    /// # pollster::block_on(async {
    /// // A timer for tests: each silence is over at once.
    /// let no_wait = |silence: Duration| {
    ///     assert_eq!(silence, Duration::from_secs(15));
    ///     ready(())
    /// };
    /// let silent = stream::pending::<Event>();
    /// let mut chunks = EncodedStream::new(silent).with_heartbeat(Duration::from_secs(15), no_wait);
    /// assert_eq!(chunks.next().await.unwrap().unwrap(), Event::HEARTBEAT);
    /// # });
    /// ```
    pub fn with_heartbeat<G, U>(self, silence: Duration, sleep: G) -> EncodedStream<S, G, U>
    where
        G: FnMut(Duration) -> U,
        U: Future,
    {
        EncodedStream {
            events: self.events,
            chunk_size: self.chunk_size,
            silence: silence.max(MIN_SILENCE),
            sleep,
            timer: None,
            error: self.error,
            ended: self.ended,
        }
    }

    /// Sets the size from which on a chunk takes no more events, in bytes, instead of 16 KiB.
    ///
    /// A chunk is larger by at most one event, because it holds whole events. With 0 each event leaves
    /// alone.
    pub fn with_chunk_size(mut self, bytes: usize) -> Self {
        self.chunk_size = bytes;
        self
    }

    /// All events that are ready, up to the size of a chunk.
    fn ready_events(self: Pin<&mut Self>, cx: &mut Context<'_>) -> BytesMut {
        let mut this = self.project();
        let mut chunk = BytesMut::new();
        while let Poll::Ready(item) = this.events.as_mut().poll_next(cx) {
            match item.map(|item| item.encode_into(&mut chunk)) {
                Some(Ok(())) if chunk.len() < *this.chunk_size => {}
                Some(Ok(())) => break,
                Some(Err(error)) => {
                    *this.error = Some(error);
                    break;
                }
                None => {
                    *this.ended = true;
                    break;
                }
            }
        }
        chunk
    }
}

impl<S, F, T> Stream for EncodedStream<S, F, T>
where
    S: Stream,
    S::Item: EventItem,
    F: FnMut(Duration) -> T,
    T: Future,
{
    type Item = Result<Bytes, <S::Item as EventItem>::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut chunk = BytesMut::new();
        if self.error.is_none() && !self.ended {
            chunk = self.as_mut().ready_events(cx);
        }
        let mut this = self.project();
        if !chunk.is_empty() {
            this.timer.set(None);
            return Poll::Ready(Some(Ok(chunk.freeze())));
        }
        if let Some(error) = this.error.take() {
            return Poll::Ready(Some(Err(error)));
        }
        if *this.ended {
            return Poll::Ready(None);
        }
        if this.timer.is_none() {
            this.timer.set(Some((this.sleep)(*this.silence)));
        }
        if let Some(timer) = this.timer.as_mut().as_pin_mut() {
            ready!(timer.poll(cx));
        }
        this.timer.set(None);
        Poll::Ready(Some(Ok(Bytes::from_static(Event::HEARTBEAT))))
    }
}

impl<S, F, T> fmt::Debug for EncodedStream<S, F, T>
where
    S: Stream + fmt::Debug,
    S::Item: EventItem,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedStream")
            .field("events", &self.events)
            .field("chunk_size", &self.chunk_size)
            .field("silence", &self.silence)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
