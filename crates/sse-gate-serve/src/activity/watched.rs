//! A connection that is seen to take bytes: [`Watched`].

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Activity;

/// Passes everything on, and notes when the client takes bytes, and whether some wait for it.
pub(crate) struct Watched<T> {
    io: T,
    activity: Activity,
    /// Whether bytes wait until the client takes them.
    is_waiting: bool,
}

impl<T> Watched<T> {
    pub(crate) fn new(io: T, activity: &Activity) -> Self {
        Self {
            io,
            activity: activity.clone(),
            is_waiting: false,
        }
    }

    pub(crate) fn into_inner(self) -> T {
        self.io
    }

    fn note_write<R>(&mut self, written: Poll<R>) -> Poll<R> {
        if written.is_ready() {
            self.activity.note_taken();
        } else {
            self.note_waiting(true);
        }
        written
    }

    fn note_waiting(&mut self, is_waiting: bool) {
        if is_waiting != self.is_waiting {
            self.is_waiting = is_waiting;
            self.activity.note_waiting(is_waiting);
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.note_write(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.note_write(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        self.note_waiting(flushed.is_pending());
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::activity::{Limits, Over};
    use crate::probe::passes_everything_on;

    #[test]
    fn everything_is_passed_on() {
        passes_everything_on(|probe| Watched::new(probe, &Activity::new()));
    }

    /// A connection whose client leaves bytes waiting is not idle. It is when they have been taken.
    #[tokio::test(start_paused = true)]
    async fn bytes_that_wait_are_seen() {
        let limits = Limits {
            idle: Duration::from_secs(30),
            answer: Duration::from_secs(100),
        };
        for (taken_at, over, at) in [(60, Over::Idle, 90), (200, Over::Answer, 100)] {
            let (activity, start) = (Activity::new(), Instant::now());
            let (mut client, io) = duplex(8);
            let mut io = Watched::new(io, &activity);
            drop(activity.begin());
            tokio::spawn(async move {
                io.write_all(&[0; 12]).await.unwrap();
                io.flush().await.unwrap();
                std::future::pending::<()>().await;
            });
            tokio::spawn(async move {
                sleep(Duration::from_secs(taken_at)).await;
                client.read_exact(&mut [0; 12]).await.unwrap();
                std::future::pending::<()>().await;
            });
            assert_eq!(activity.over(limits).await, over);
            assert_eq!(start.elapsed(), Duration::from_secs(at));
        }
    }
}
