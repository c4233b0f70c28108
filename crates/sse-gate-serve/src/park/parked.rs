//! A stream that goes on without hyper: [`Parked`].

#[cfg(test)]
mod tests;

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
pub(crate) struct Parked<T, B> {
    /// Gone with the end.
    io: Option<T>,
    /// Gone when it has ended.
    body: Option<Pin<Box<B>>>,
    /// Whether the connection ends with the body.
    closes: bool,
    out: Out,
    /// Whether the body was asked in this very poll of the task, and had nothing. It wakes the task when it has.
    was_asked: bool,
    /// What the client has sent meanwhile.
    ahead: Box<[u8]>,
    last_bytes: LastBytes,
}

/// How long the last bytes may take when the body has ended.
enum LastBytes {
    /// So long. It has not ended.
    Within(Duration),
    Until(Pin<Box<Sleep>>),
}

/// What is left when a stream has ended.
pub(crate) struct Rest<T> {
    pub(crate) io: T,
    /// What the client has sent already of its next request.
    pub(crate) ahead: Box<[u8]>,
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
    /// Goes on with a stream, in the task in which the body was asked last. `ahead` is what hyper has read behind the
    /// request.
    pub(crate) fn new(io: T, taken: Taken<B>, ahead: Box<[u8]>, patience: Duration) -> Self {
        Self {
            io: Some(io),
            body: Some(taken.body),
            closes: taken.closes,
            out: Out::new(),
            was_asked: true,
            ahead,
            last_bytes: LastBytes::Within(patience),
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
            if self.out.len() >= MAX_WAITING || mem::take(&mut self.was_asked) {
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
                    self.last_bytes.begin();
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
                self.ahead = buffer.filled().into();
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }
}

impl LastBytes {
    /// The body has ended.
    fn begin(&mut self) {
        if let Self::Within(patience) = *self {
            *self = Self::Until(Box::pin(sleep(patience)));
        }
    }

    /// Ready when they have taken too long.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Within(_) => Poll::Pending,
            Self::Until(deadline) => deadline.as_mut().poll(cx),
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
                if !body.is_end_stream() {
                    continue;
                }
            }
            Poll::Ready(Some(Err(_))) => return Next::Failure,
            Poll::Ready(None) => {}
        }
        piece.extend_from_slice(LAST_CHUNK);
        return Next::End;
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
        this.last_bytes.poll_over(cx).map(|()| None)
    }
}
