//! Parked streams over connections that take bytes as the test likes.

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
    asked_again(Parked::new(
        io,
        taken,
        Bytes::new(),
        Duration::from_secs(60),
    ))
}

/// These bodies were not asked before.
fn asked_again<T, B>(mut parked: Parked<T, B>) -> Parked<T, B> {
    parked.was_asked = false;
    parked
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

/// A body that always has more.
struct Endless {
    given: usize,
}

impl Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        const FRAME: &[u8] = &[b'x'; 1_000];
        self.given += FRAME.len();
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(FRAME)))))
    }
}

/// The body is asked for what may wait, and not for more, however often the task is woken.
#[test]
fn a_client_that_takes_nothing_holds_little() {
    let io = Trickle {
        takes: std::iter::repeat_n(None, 1_000).collect(),
        written: Vec::new(),
        flushed: 0,
    };
    let taken = Taken {
        body: Box::pin(Endless { given: 0 }),
        closes: false,
    };
    let mut stream = asked_again(Parked::new(
        io,
        taken,
        Bytes::new(),
        Duration::from_secs(60),
    ));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        assert!(Pin::new(&mut stream).poll(&mut cx).is_pending());
    }
    assert!(stream.out.len() >= MAX_WAITING, "it is asked for that much");
    assert!(
        stream.out.len() < MAX_WAITING + PIECE + 1_100,
        "{}",
        stream.out.len()
    );
    let given = stream.body.as_ref().map(|body| body.given);
    assert!(
        given < Some(stream.out.len()),
        "no more was asked for than waits"
    );
}
