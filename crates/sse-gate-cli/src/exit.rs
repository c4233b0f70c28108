//! How `watch` ends: [`Exit`].
//!
//! A script can tell from the code what to do next:
//!
//! | code | what to do |
//! |---|---|
//! | 0 | nothing: the server said that the stream is complete, or the reader of the pipe has seen enough |
//! | 1 | look at the message: an output that can't be written, or an event larger than `--max-event` |
//! | 2 | mend the arguments, the variable or the file of the bearer |
//! | 3 | sign in again: the server refused the bearer, and once more after it was read anew |
//! | 4 | ask who runs the server: 403, 404, another type than an event stream, a redirect elsewhere |
//! | 5 | ask why: the server named a reason, which is in the message |
//! | 6 | try later: `--attempts` failures in a row |
//! | 130 | nothing: Ctrl-C |
//!
//! Without `--attempts` the program tries for ever, as a browser does, and never ends with 6. A server that ends a body
//! without the words that it is complete has not ended the stream: `--until-end` says that it has.

use std::process::ExitCode;

use sse_gate_client::ErrorKind;

/// What the exit codes mean. The help of `watch` and the README have the same list.
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
