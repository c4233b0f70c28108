//! How work ends: [`WorkOutput`], [`WorkError`].

use std::any::Any;
use std::error::Error;
use std::fmt;

use crate::stream::panic_text;

/// Why the work behind a stream broke off. Its clients get `sse.error`, and nothing of why.
#[derive(Debug)]
#[non_exhaustive]
pub enum WorkError {
    /// It returned this error.
    Failed(Box<dyn Error + Send + Sync>),
    /// It panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
    /// It returned, and its publisher was not [finished](crate::Publisher::finish).
    Unfinished,
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(_) => f.write_str("work behind a stream failed"),
            Self::Panicked(payload) => match panic_text(&**payload) {
                Some(text) => write!(f, "work behind a stream panicked: {text}"),
                None => f.write_str("work behind a stream panicked"),
            },
            Self::Unfinished => f.write_str("work behind a stream did not finish its log"),
        }
    }
}

impl Error for WorkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => Some(&**error),
            _ => None,
        }
    }
}

/// What work may return: nothing, or a `Result` whose error goes to
/// [`Resumable::on_work_error`](crate::Resumable::on_work_error).
pub trait WorkOutput {
    /// The error, if it is one.
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

/// Work without an end returns the type that has no values, which only this way has a name.
impl WorkOutput for <fn() -> ! as Returns>::Output {
    fn error(self) -> Option<Box<dyn Error + Send + Sync>> {
        match self {}
    }
}

/// Names what a function returns.
pub trait Returns {
    /// It.
    type Output;
}

impl<T> Returns for fn() -> T {
    type Output = T;
}
