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
