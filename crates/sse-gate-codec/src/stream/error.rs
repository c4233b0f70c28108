//! Why a stream has no frame to return: [`StreamError`].

use core::error::Error;
use core::fmt;

use crate::TooLargeError;

/// Why an [`EventStream`](crate::EventStream) or a [`FrameStream`](crate::FrameStream) has nothing to
/// return.
///
/// ```
/// use futures_util::{StreamExt, stream};
/// use sse_gate_codec::{Decoder, StreamError, StreamEventsExt};
///
/// # pollster::block_on(async {
/// let chunks = [Ok("data: far too large\n\ndata: 1\n\n"), Err(std::io::Error::other("reset"))];
/// let mut events = stream::iter(chunks).events_with(Decoder::new().with_limit(10));
///
/// // The event is skipped, and the stream goes on.
/// let error = events.next().await.unwrap().unwrap_err();
/// assert!(error.is_too_large());
/// assert_eq!(events.next().await.unwrap().unwrap().data(), "1");
///
/// // The connection is lost.
/// let Some(Err(StreamError::Chunks(error))) = events.next().await else { panic!("no error") };
/// assert_eq!(error.to_string(), "reset");
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamError<E> {
    /// The stream of chunks, or the body, returned this error.
    Chunks(E),
    /// An event was larger than the limit of the decoder. More may follow.
    TooLarge(TooLargeError),
}

impl<E> StreamError<E> {
    /// Whether an event was too large. The stream goes on after such an error.
    pub const fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge(_))
    }
}

impl<E> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chunks(_) => "event stream can't be read",
            Self::TooLarge(_) => "event of a stream is too large",
        })
    }
}

impl<E: Error + 'static> Error for StreamError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Chunks(error) => Some(error),
            Self::TooLarge(error) => Some(error),
        }
    }
}
