//! What is shown: [`Show`].

use std::io;

use sse_gate_client::{Error, Update};

/// Shows what happens to a stream.
pub(super) trait Show {
    /// Something happened.
    fn update(&mut self, update: &Update) -> io::Result<()>;

    /// The stream is over, and not complete.
    fn error(&mut self, error: &Error) -> io::Result<()>;

    /// Nothing more will be shown.
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An error with its causes, in one line.
pub(super) fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
