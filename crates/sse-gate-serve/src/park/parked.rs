//! A stream that goes on without hyper: [`Parked`].

use std::cell::Cell;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::Taken;
use super::framing::{LAST_CHUNK, push_chunk};
use super::out::{Lost, Out};

/// So much is collected before it is written, in bytes.
const PIECE: usize = 16 * 1024;

/// So much may wait for the client, in bytes. Then the body is not asked for more.
const MAX_WAITING: usize = 64 * 1024;

/// So much of a next request is read while the stream goes on, in bytes.
const AHEAD: usize = 1024;

thread_local! {
    /// Where what is written next is collected. It is empty between two polls.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A body that is written to a connection, in chunks. Ready with what is left when the body has ended, or with `None` if
/// the client is gone.
///
/// While it waits, it has a connection and a body, and no buffer. It is polled like a body in hyper: after each wake, also
/// while bytes wait for the client, up to a bound.
#[derive(Debug)]
pub(crate) struct Parked<T, B> {
    /// Gone with the end.
    io: Option<T>,
    /// Gone when it has ended.
    body: Option<Pin<Box<B>>>,
    /// Whether the connection ends with the body.
    closes: bool,
    out: Out,
    /// What the client has sent meanwhile.
    ahead: Bytes,
    /// How long the last bytes may take when the body has ended.
    patience: Duration,
    /// Set when the body has ended.
    deadline: Option<Pin<Box<Sleep>>>,
}

/// What is left when a stream has ended.
#[derive(Debug)]
pub(crate) struct Rest<T> {
    pub(crate) io: T,
    /// What the client has sent already of its next request.
    pub(crate) ahead: Bytes,
    /// Whether the connection ends now.
    pub(crate) closes: bool,
}

/// What comes after what a body has given.
enum Next {
    More,
    Wait,
    End,
    /// The body has failed. The client must not take that for the end.
    Failure,
}

impl<T, B> Parked<T, B> {
    /// Goes on with a stream. `ahead` is what hyper has read behind the request.
    pub(crate) fn new(io: T, taken: Taken<B>, ahead: Bytes, patience: Duration) -> Self {
        Self {
            io: Some(io),
            body: Some(taken.body),
            closes: taken.closes,
            out: Out::new(),
            ahead,
            patience,
            deadline: None,
        }
    }
}

impl<T, B> Parked<T, B>
where
    T: AsyncRead + AsyncWrite + Unpin,
    B: Body<Data = Bytes>,
{
    /// Writes what the body gives. Ready when the body has ended and all of it is on its way.
    fn poll_stream(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let Some(io) = &mut self.io else {
            return Poll::Ready(Err(Lost));
        };
        let mut io = Pin::new(io);
        loop {
            let written = self.out.poll_written(io.as_mut(), cx)?;
            let Some(body) = &mut self.body else {
                return written.map(Ok);
            };
            if self.out.len() >= MAX_WAITING {
                return Poll::Pending;
            }
            let mut piece = SCRATCH.take();
            let next = collect(body.as_mut(), cx, &mut piece);
            let is_written = self.out.write(io.as_mut(), cx, &piece);
            put_back(piece);
            is_written?;
            match next {
                Next::More => {}
                Next::Wait => {
                    // What was just written may have to be flushed.
                    let _ = self.out.poll_written(io, cx)?;
                    return Poll::Pending;
                }
                Next::Failure => return Poll::Ready(Err(Lost)),
                Next::End => {
                    self.body = None;
                    self.deadline = Some(Box::pin(sleep(self.patience)));
                }
            }
        }
    }

    /// Ready if the client is gone. What it sends is kept, and then no more is read: hyper, too, looks for the end of a
    /// client only as long as that sends nothing.
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(io) = self.io.as_mut().filter(|_| self.ahead.is_empty()) else {
            return Poll::Pending;
        };
        let mut bytes = [0; AHEAD];
        let mut buffer = ReadBuf::new(&mut bytes);
        match ready!(Pin::new(io).poll_read(cx, &mut buffer)) {
            Ok(()) if !buffer.filled().is_empty() => {
                self.ahead = Bytes::copy_from_slice(buffer.filled());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }
}

/// Asks a body for what is ready, and writes it in chunks.
fn collect<B: Body<Data = Bytes>>(
    mut body: Pin<&mut B>,
    cx: &mut Context<'_>,
    piece: &mut Vec<u8>,
) -> Next {
    while piece.len() < PIECE {
        match body.as_mut().poll_frame(cx) {
            Poll::Pending => return Next::Wait,
            // Trailers were not announced, so they are left out (RFC 9110 §6.5.1).
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    push_chunk(data, piece);
                }
                if body.is_end_stream() {
                    piece.extend_from_slice(LAST_CHUNK);
                    return Next::End;
                }
            }
            Poll::Ready(Some(Err(_))) => return Next::Failure,
            Poll::Ready(None) => {
                piece.extend_from_slice(LAST_CHUNK);
                return Next::End;
            }
        }
    }
    Next::More
}

/// Keeps the buffer for the next stream of this thread, unless it has become large.
fn put_back(mut piece: Vec<u8>) {
    if piece.capacity() <= 4 * PIECE {
        piece.clear();
        SCRATCH.set(piece);
    }
}

impl<T, B> Future for Parked<T, B>
where
    T: AsyncRead + AsyncWrite + Unpin,
    B: Body<Data = Bytes>,
{
    type Output = Option<Rest<T>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Poll::Ready(written) = this.poll_stream(cx) {
            let io = written.ok().and_then(|()| this.io.take());
            return Poll::Ready(io.map(|io| Rest {
                io,
                ahead: mem::take(&mut this.ahead),
                closes: this.closes,
            }));
        }
        if this.poll_gone(cx).is_ready() {
            return Poll::Ready(None);
        }
        match &mut this.deadline {
            Some(deadline) => deadline.as_mut().poll(cx).map(|()| None),
            None => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::io;
    use std::task::Waker;

    use http_body::Frame;

    use super::*;

    /// A connection that takes some bytes, then none, then some.
    struct Trickle {
        /// How many bytes each write takes. `None` takes none, and wakes the task.
        takes: VecDeque<Option<usize>>,
        written: Vec<u8>,
        flushed: usize,
    }

    impl AsyncWrite for Trickle {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let Some(take) = self.takes.pop_front().unwrap_or(Some(usize::MAX)) else {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            };
            let taken = bytes.len().min(take);
            self.written.extend_from_slice(&bytes[..taken]);
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.flushed = self.written.len();
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// Its client says nothing.
    impl AsyncRead for Trickle {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    /// A body of these frames, with a wait between them.
    struct Frames {
        frames: VecDeque<&'static str>,
        is_ready: bool,
    }

    impl Body for Frames {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.is_ready = !self.is_ready;
            if !self.is_ready {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let next = self.frames.pop_front();
            Poll::Ready(next.map(|text| Ok(Frame::data(Bytes::from_static(text.as_bytes())))))
        }
    }

    fn parked(steps: impl IntoIterator<Item = Option<usize>>) -> Parked<Trickle, Frames> {
        let io = Trickle {
            takes: steps.into_iter().collect(),
            written: Vec::new(),
            flushed: 0,
        };
        let taken = Taken {
            body: Box::pin(Frames {
                frames: ["one", "two and a half", "3"].into(),
                is_ready: false,
            }),
            closes: false,
        };
        Parked::new(io, taken, Bytes::new(), Duration::from_secs(60))
    }

    const EXPECTED: &[u8] = b"3\r\none\r\nE\r\ntwo and a half\r\n1\r\n3\r\n0\r\n\r\n";

    /// A write may be cut at every byte: what is left comes next, once.
    #[tokio::test]
    async fn a_write_that_is_cut_anywhere_is_gone_on_with() {
        for first in 1..EXPECTED.len() {
            for second in 1..=EXPECTED.len() - first {
                let takes = [Some(first), None, None, Some(second), None];
                let rest = parked(takes).await.expect("the client is there");
                let at = format!("cut after {first} and {second}");
                assert_eq!(
                    rest.io.written.escape_ascii().to_string(),
                    EXPECTED.escape_ascii().to_string(),
                    "{at}"
                );
                assert_eq!(rest.io.flushed, EXPECTED.len(), "{at}");
            }
        }
    }

    #[tokio::test]
    async fn single_bytes_are_enough() {
        let takes = (0..2 * EXPECTED.len()).map(|at| (at % 2 == 0).then_some(1));
        let rest = parked(takes).await.expect("the client is there");
        assert_eq!(rest.io.written, EXPECTED);
    }

    /// A connection that takes no bytes at all is gone.
    #[tokio::test]
    async fn a_write_of_nothing_is_the_end() {
        assert!(parked([Some(2), Some(0)]).await.is_none());
    }

    /// Nothing is kept for a stream that waits.
    #[tokio::test]
    async fn a_stream_that_waits_has_no_buffer() {
        let mut stream = parked([Some(4), None]);
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            let _ = Pin::new(&mut stream).poll(&mut cx);
        }
        assert_eq!(stream.out.len(), 0);
        assert!(SCRATCH.take().is_empty());
    }

    /// A stream has this, and its body.
    #[test]
    fn a_parked_stream_is_small() {
        assert!(size_of::<Parked<tokio::net::TcpStream, Frames>>() <= 160);
    }
}
