//! Where a client begins to read a shared log: [`Follow`].

use std::future::IntoFuture;
use std::pin::Pin;

use sse_gate_resume::{Log, Start};

use super::{AttachError, ResumableBody, ResumableStream};

/// A shared log that is about to be streamed: await it to get the body. See
/// [`ResumableStream::follow`].
///
/// It says where a new client begins. A client that comes back always continues behind its last event.
///
/// | | a new client gets first |
/// |---|---|
/// | nothing set | the next event that is published |
/// | nothing set, and the caller names a [number](ResumableStream::cursor) | the event behind that number |
/// | [`last`](Self::last) | up to so many of the events that the log holds |
/// | [`after`](Self::after) | the event behind this number |
///
/// ```
/// use sse_gate::{Problem, ResumableBody, ResumableStream, sessions::Topics};
///
/// async fn news(stream: ResumableStream, topics: Topics) -> Result<ResumableBody, Problem> {
///     let log = topics.log("news", None).await?;
///     // The last ten events, then new ones.
///     Ok(stream.follow(&log).last(10).await?)
/// }
/// ```
#[derive(Debug)]
#[must_use = "a feed is not attached before it is awaited"]
pub struct Follow {
    stream: ResumableStream,
    log: Log,
    start: Option<Start>,
}

impl Follow {
    pub(super) fn new(stream: ResumableStream, log: Log) -> Self {
        Self {
            stream,
            log,
            start: None,
        }
    }

    /// Begins with the last `count` events that the log still holds. Older events are not a gap. A number
    /// that the caller names is ignored.
    pub fn last(mut self, count: u64) -> Self {
        self.start = Some(Start::Last(count));
        self
    }

    /// Begins behind the event with this number. Events that the log no longer holds are named as a gap
    /// in `sse.open`. Use it for a page that has loaded a snapshot:
    ///
    /// ```
    /// use sse_gate::{Problem, ResumableBody, ResumableStream, sessions::Topics};
    ///
    /// // The authorizer has put the number of the snapshot into the payload.
    /// async fn changes(stream: ResumableStream, topics: Topics) -> Result<ResumableBody, Problem> {
    ///     let log = topics.log("prices", None).await?;
    ///     if stream.is_resumed() {
    ///         return Ok(stream.follow(&log).await?);
    ///     }
    ///     let snapshot: u64 = stream.granted().payload()?;
    ///     Ok(stream.follow(&log).after(snapshot).await?)
    /// }
    /// ```
    pub fn after(mut self, seq: u64) -> Self {
        self.start = Some(Start::After(seq));
        self
    }
}

impl IntoFuture for Follow {
    type Output = Result<ResumableBody, AttachError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.stream.attach(self.log, self.start).await })
    }
}
