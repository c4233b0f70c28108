//! A socket, and what is written to it: [`Wire`].

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Shelf;

/// Passes everything on, and tells the shelf what was written.
pub(crate) struct Wire<T, B> {
    io: T,
    shelf: Shelf<B>,
}

impl<T, B> Wire<T, B> {
    pub(crate) fn new(io: T, shelf: &Shelf<B>) -> Self {
        Self {
            io,
            shelf: shelf.clone(),
        }
    }

    pub(crate) fn into_inner(self) -> T {
        self.io
    }
}

impl<T: AsyncRead + Unpin, B> AsyncRead for Wire<T, B> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<T: AsyncWrite + Unpin, B> AsyncWrite for Wire<T, B> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write(cx, bytes))?;
        self.shelf.lock().transcript.written(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, slices))?;
        let mut inner = self.shelf.lock();
        let mut left = written;
        for slice in slices {
            let length = slice.len().min(left);
            inner.transcript.written(&slice[..length]);
            left -= length;
        }
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::probe::{Probe, passes_everything_on};

    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const CHUNK: &[u8] = b"3\r\none\r\n";

    #[test]
    fn everything_is_passed_on() {
        passes_everything_on(|probe| Wire::new(probe, &Shelf::<()>::default()));
    }

    /// The shelf is told what was written, and not what was to be written.
    #[test]
    fn the_shelf_sees_each_byte_that_is_written_once() {
        let mut cx = Context::from_waker(Waker::noop());
        for taken in 0..=HEAD.len() + CHUNK.len() {
            let shelf = Shelf::default();
            shelf.put(());
            shelf.lock().transcript.given(b"one");
            let probe = Probe::default();
            let mut wire = Wire::new(probe.clone(), &shelf);
            probe.take(taken);
            let slices = [HEAD, CHUNK].map(IoSlice::new);
            let written = Pin::new(&mut wire).poll_write_vectored(&mut cx, &slices);
            assert!(matches!(written, Poll::Ready(Ok(count)) if count == taken));
            let rest = [HEAD, CHUNK].concat().split_off(taken);
            assert_eq!(
                shelf.lock().transcript.is_level(),
                rest.is_empty(),
                "{taken}"
            );
            // The rest takes two writes: the first is given all of it, and writes half.
            probe.take(rest.len() / 2);
            assert!(Pin::new(&mut wire).poll_write(&mut cx, &rest).is_ready());
            probe.take(usize::MAX);
            let last = &rest[rest.len() / 2..];
            assert!(Pin::new(&mut wire).poll_write(&mut cx, last).is_ready());
            assert!(shelf.lock().transcript.is_level(), "{taken} at first");
        }
    }
}
