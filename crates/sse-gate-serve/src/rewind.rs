//! A connection whose first bytes were read already: [`Rewind`].

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Gives the bytes that were read ahead, and then those of the connection.
pub(crate) struct Rewind<T> {
    ahead: Bytes,
    io: T,
}

impl<T> Rewind<T> {
    pub(crate) fn new(ahead: Bytes, io: T) -> Self {
        Self { ahead, io }
    }

    /// What was not read yet of the bytes that were read ahead, and the connection.
    pub(crate) fn into_parts(self) -> (Bytes, T) {
        (self.ahead, self.io)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Rewind<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.ahead.is_empty() {
            return Pin::new(&mut this.io).poll_read(cx, buffer);
        }
        let length = this.ahead.len().min(buffer.remaining());
        buffer.put_slice(&this.ahead[..length]);
        this.ahead.advance(length);
        if this.ahead.is_empty() {
            this.ahead = Bytes::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Rewind<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::probe::{Probe, passes_everything_on};

    #[test]
    fn everything_but_what_was_read_ahead_is_passed_on() {
        passes_everything_on(|probe| Rewind::new(Bytes::new(), probe));
    }

    /// However short the reads are.
    #[tokio::test]
    async fn what_was_read_ahead_comes_first() {
        for length in 1..12 {
            let ahead = Bytes::from_static(b"first ");
            let mut io = Rewind::new(ahead, Probe::new(b"then"));
            let (mut got, mut buffer) = (Vec::new(), vec![0; length]);
            while got.len() < 10 {
                let read = io.read(&mut buffer).await.unwrap();
                assert_ne!(read, 0, "after {got:?}");
                got.extend_from_slice(&buffer[..read]);
            }
            assert_eq!(got, b"first then", "reads of {length}");
        }
    }

    #[tokio::test]
    async fn what_was_not_read_is_left() {
        let mut io = Rewind::new(Bytes::from_static(b"first "), Probe::new(b"then"));
        io.read_exact(&mut [0; 2]).await.unwrap();
        let (ahead, mut rest) = io.into_parts();
        assert_eq!(ahead, "rst ");
        let mut then = [0; 4];
        rest.read_exact(&mut then).await.unwrap();
        assert_eq!(&then, b"then");
    }
}
