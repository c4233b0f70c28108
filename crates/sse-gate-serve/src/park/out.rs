//! What is written to a client, and what still waits for it: [`Out`].

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite;

/// The client is gone, or does not get what it should. The connection is dropped.
#[derive(Debug)]
pub(super) struct Lost;

/// The bytes that could not be written yet, in their order. It takes no memory while there are none.
pub(super) struct Out {
    /// In a box, as there are none most of the time.
    waiting: Option<Box<BytesMut>>,
    /// Whether bytes may be in a buffer of the connection's own, as in one of TLS.
    is_unflushed: bool,
}

impl Out {
    /// Nothing waits, but hyper may have left something in a buffer of the connection's own.
    pub(super) fn new() -> Self {
        Self {
            waiting: None,
            is_unflushed: true,
        }
    }

    /// How many bytes wait for the client.
    pub(super) fn len(&self) -> usize {
        self.waiting.as_ref().map_or(0, |waiting| waiting.len())
    }

    /// Writes these bytes behind those that wait, and keeps what the connection does not take.
    pub(super) fn write(
        &mut self,
        io: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Result<(), Lost> {
        let written = match self.waiting {
            None => self.pass(io, cx, bytes)?,
            Some(_) => 0,
        };
        if written < bytes.len() {
            let waiting = self.waiting.get_or_insert_default();
            waiting.extend_from_slice(&bytes[written..]);
        }
        Ok(())
    }

    /// Writes what waits. Ready when all of it is on its way.
    pub(super) fn poll_written(
        &mut self,
        mut io: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Lost>> {
        if let Some(mut waiting) = self.waiting.take() {
            waiting.advance(self.pass(io.as_mut(), cx, &waiting)?);
            if !waiting.is_empty() {
                self.waiting = Some(waiting);
                return Poll::Pending;
            }
        }
        if self.is_unflushed {
            match io.poll_flush(cx) {
                Poll::Ready(Ok(())) => self.is_unflushed = false,
                Poll::Ready(Err(_)) => return Poll::Ready(Err(Lost)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Gives the connection what it takes of these bytes, and returns how many it took.
    fn pass(
        &mut self,
        mut io: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Result<usize, Lost> {
        let mut written = 0;
        while written < bytes.len() {
            match io.as_mut().poll_write(cx, &bytes[written..]) {
                Poll::Ready(Ok(0) | Err(_)) => return Err(Lost),
                Poll::Ready(Ok(more)) => written += more,
                Poll::Pending => break,
            }
            self.is_unflushed = true;
        }
        Ok(written)
    }
}
