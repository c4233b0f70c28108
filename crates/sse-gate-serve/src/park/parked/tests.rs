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
        Box::default(),
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

/// G2: a client that does not take the end is given up.
#[tokio::test(start_paused = true)]
async fn the_last_bytes_have_their_time() {
    let mut stream = parked([None; 1_000]);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..20 {
        assert!(Pin::new(&mut stream).poll(&mut cx).is_pending());
    }
    assert!(stream.body.is_none());
    tokio::time::advance(Duration::from_secs(61)).await;
    assert!(matches!(
        Pin::new(&mut stream).poll(&mut cx),
        Poll::Ready(None)
    ));
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
    let size = size_of::<Parked<tokio::net::TcpStream, Frames>>();
    assert!(size <= 104, "{size}");
}

/// A body that always has more, in frames of this length.
struct Endless {
    frame: usize,
    given: usize,
}

impl Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.given += self.frame;
        let data = vec![b'x'; self.frame];
        Poll::Ready(Some(Ok(Frame::data(data.into()))))
    }
}

/// A stream of such a body, over a connection whose writes take so many bytes.
fn endless(
    frame: usize,
    takes: impl IntoIterator<Item = Option<usize>>,
) -> Parked<Trickle, Endless> {
    let io = Trickle {
        takes: takes.into_iter().collect(),
        written: Vec::new(),
        flushed: 0,
    };
    let body = Box::pin(Endless { frame, given: 0 });
    let closes = false;
    asked_again(Parked::new(
        io,
        Taken { body, closes },
        Box::default(),
        Duration::from_secs(60),
    ))
}

/// The body is asked for what may wait, and not for more, however often the task is woken.
#[test]
fn a_client_that_takes_nothing_holds_little() {
    let mut stream = endless(1_000, [None; 1_000]);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        assert!(Pin::new(&mut stream).poll(&mut cx).is_pending());
    }
    let waiting = stream.out.len();
    assert!((64 * 1024..82 * 1024).contains(&waiting), "{waiting} wait");
    let given = stream.body.as_ref().map(|body| body.given);
    assert!(given < Some(waiting), "no more was asked for than waits");
}

/// What is ready is collected, so that there are few writes.
#[test]
fn a_write_has_many_frames() {
    let takes = [Some(usize::MAX)].into_iter().chain([None; 100]);
    let mut stream = endless(1_000, takes);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut stream).poll(&mut cx).is_pending());
    let written = stream.io.as_ref().map_or(0, |io| io.written.len());
    assert!(
        (16 * 1024..18 * 1024).contains(&written),
        "{written} at once"
    );
}

/// The next stream of the thread writes with the same buffer, unless a large event was in it.
#[test]
fn a_buffer_is_kept_unless_it_is_large() {
    for (frame, is_kept) in [(1_000, true), (30_000, true), (70_000, false)] {
        let mut stream = endless(frame, [None; 100]);
        drop(SCRATCH.take());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut stream).poll(&mut cx).is_pending());
        let kept = SCRATCH.take();
        assert!(kept.is_empty());
        assert_eq!(kept.capacity() > 0, is_kept, "frames of {frame}");
    }
}
