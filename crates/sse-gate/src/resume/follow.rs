//! Where a client begins to read a feed: [`Follow`].

use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;

use sse_gate_resume::Start;
use sse_gate_resume::backend::ReadLog;

use super::{AttachError, ResumableBody, ResumableStream};

/// The body of a feed to come: await it. See [`ResumableStream::follow`].
///
/// ```
/// use sse_gate::{Problem, ResumableBody, ResumableStream, sessions::Topics};
///
/// async fn news(stream: ResumableStream, topics: Topics) -> Result<ResumableBody, Problem> {
///     let log = topics.log("news", None)?;
///     // The last ten events, then new ones.
///     Ok(stream.follow(&log).last(10).await?)
/// }
/// ```
#[derive(Debug)]
#[must_use = "a feed is not attached before it is awaited"]
pub struct Follow {
    stream: ResumableStream,
    log: Arc<dyn ReadLog>,
    start: Option<Start>,
}

impl Follow {
    pub(super) fn new(stream: ResumableStream, log: Arc<dyn ReadLog>) -> Self {
        Self {
            stream,
            log,
            start: None,
        }
    }

    /// Begins with the last `count` events that the log still holds.
    pub fn last(mut self, count: u64) -> Self {
        self.start = Some(Start::Last(count));
        self
    }

    /// Begins behind the event of this number. What is gone of it is said as a gap.
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
