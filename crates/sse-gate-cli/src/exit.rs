//! How the program ends: [`Exit`].

use std::process::ExitCode;

use sse_gate_client::ErrorKind;

/// What the exit codes mean. The help of `watch` has the same list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The stream is complete.
    Complete = 0,
    /// Something else went wrong, such as a disk that is full.
    Other = 1,
    /// The arguments are wrong. It is clap's code for that.
    Usage = 2,
    /// The credential is refused.
    Unauthorized = 3,
    /// The server refuses, or its answer is not an event stream.
    Refused = 4,
    /// The server closed the stream before its end, or its work failed.
    Closed = 5,
    /// The limit of attempts is reached.
    GaveUp = 6,
    /// Ctrl-C: 128 and the number of the signal, as shells have it.
    Interrupted = 130,
}

impl Exit {
    /// The one that says why a stream ended.
    pub(crate) const fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Unauthorized => Self::Unauthorized,
            ErrorKind::Refused(_)
            | ErrorKind::NotAnEventStream
            | ErrorKind::Encoded
            | ErrorKind::ForeignRedirect
            | ErrorKind::TooManyRedirects => Self::Refused,
            ErrorKind::Failed | ErrorKind::Closed => Self::Closed,
            ErrorKind::GaveUp => Self::GaveUp,
            _ => Self::Other,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
