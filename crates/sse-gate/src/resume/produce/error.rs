//! How work ends: [`WorkOutput`], [`WorkError`].

use std::any::Any;
use std::error::Error;

use crate::stream::panic_suffix;

/// Why the work behind a stream failed. [`Resumable::on_work_error`](crate::Resumable::on_work_error)
/// gets it. The client only gets `sse.error`, without a reason.
///
/// ```
/// use std::error::Error;
/// use sse_gate::WorkError;
///
/// let error = WorkError::Failed("the model is offline".into());
/// assert_eq!(error.to_string(), "work behind a stream failed");
/// assert_eq!(error.source().unwrap().to_string(), "the model is offline");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// The work returned this error.
    #[error("work behind a stream failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
    /// The work panicked, with this payload.
    #[error("work behind a stream panicked{}", panic_suffix(&**.0))]
    Panicked(Box<dyn Any + Send>),
    /// The work returned without calling [`finish`](crate::Publisher::finish) on its publisher.
    #[error("work behind a stream did not finish its log")]
    Unfinished,
}

/// What the work of [`produce`](crate::ResumableStream::produce) may return: `()`, a `Result<(), E>`, or
/// nothing ever (`!`). An error goes to
/// [`Resumable::on_work_error`](crate::Resumable::on_work_error).
///
/// ```
/// use sse_gate::{Event, Publisher, WorkOutput, sessions::error::AppendError};
///
/// // Work that ends, and stops at the first error:
/// async fn count(publisher: Publisher) -> Result<(), AppendError> {
///     for number in 1..=3 {
///         publisher.publish(&Event::new().data(number.to_string())).await?;
///     }
///     publisher.finish().await
/// }
///
/// let failed: Result<(), &str> = Err("the model is offline");
/// assert!(failed.error().is_some());
/// # let _ = count;
/// ```
pub trait WorkOutput {
    /// The error, if the output is one.
    fn error(self) -> Option<Box<dyn Error + Send + Sync>>;
}

impl WorkOutput for () {
    fn error(self) -> Option<Box<dyn Error + Send + Sync>> {
        None
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> WorkOutput for Result<(), E> {
    fn error(self) -> Option<Box<dyn Error + Send + Sync>> {
        self.err().map(Into::into)
    }
}

/// Work without an end returns `!`. On stable Rust, this is the only way to name that type.
impl WorkOutput for <fn() -> ! as Returns>::Output {
    fn error(self) -> Option<Box<dyn Error + Send + Sync>> {
        match self {}
    }
}

/// Names the return type of a function.
pub trait Returns {
    /// The return type.
    type Output;
}

impl<T> Returns for fn() -> T {
    type Output = T;
}
