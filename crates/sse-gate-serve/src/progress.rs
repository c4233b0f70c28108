//! A connection whose client has to take its bytes: [`Progress`].

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Fails if bytes wait for the client, and it takes none of them within the limit.
///
/// A client that is slow, and takes some bytes now and then, is left alone.
#[derive(Debug)]
pub(crate) struct Progress<T> {
    io: T,
    limit: Duration,
    /// Set while bytes wait.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<T> Progress<T> {
    pub(crate) fn new(io: T, limit: Duration) -> Self {
        Self {
            io,
            limit,
            deadline: None,
        }
    }

    /// Notes whether the client took something. If it does not for too long, that is an error.
    fn note<R>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        if written.is_ready() {
            self.deadline = None;
            return written;
        }
        let limit = self.limit;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(limit)));
        deadline
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Progress<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Progress<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.note(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.note(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        self.note(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.io).poll_shutdown(cx);
        self.note(cx, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::Instant;

    use super::*;
    use crate::probe::{Probe, passes_everything_on};

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn everything_else_is_passed_on() {
        passes_everything_on(|probe| Progress::new(probe, LIMIT));
    }

    /// G2: the same of bytes that are to be flushed, and of the end.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_no_flush_and_no_end_is_given_up() {
        let began = Instant::now();
        let mut server = Progress::new(Probe::default(), LIMIT);
        let failed = server.flush().await.unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        let mut server = Progress::new(Probe::default(), LIMIT);
        let failed = server.shutdown().await.unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= 2 * LIMIT);
    }

    /// G2
    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_given_up() {
        let (mut client, server) = duplex(8);
        let mut server = Progress::new(server, LIMIT);
        let began = Instant::now();
        let failed = server.write_all(b"more than eight bytes").await;
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= LIMIT);
        client.read_exact(&mut [0; 8]).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_a_byte_now_and_then_is_left_alone() {
        let (mut client, server) = duplex(1);
        let mut server = Progress::new(server, LIMIT);
        let reading = tokio::spawn(async move {
            for _ in 0..20 {
                sleep(LIMIT / 2).await;
                client.read_u8().await.unwrap();
            }
        });
        server.write_all(&[0; 20]).await.unwrap();
        reading.await.unwrap();
    }

    /// It counts from when bytes wait, and not from the last write.
    #[tokio::test(start_paused = true)]
    async fn silence_in_between_does_not_count() {
        let (mut client, server) = duplex(1);
        let mut server = Progress::new(server, LIMIT);
        for _ in 0..3 {
            server.write_u8(0).await.unwrap();
            sleep(10 * LIMIT).await;
            client.read_u8().await.unwrap();
        }
    }
}
