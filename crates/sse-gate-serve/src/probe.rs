//! For tests: a connection that does as it is told, and what is served over one.

use std::convert::Infallible;
use std::future::ready;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::stream;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{Full, StreamBody};
use hyper::body::{Bytes, Incoming};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;

use crate::connection::{App, Shared};
use crate::settings::Settings;
use crate::stats::Stats;

/// A connection. Its clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Probe(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How many bytes the next write takes.
    takes: usize,
    is_vectored: bool,
    /// Whether it is ready to flush and to shut down.
    is_ready: bool,
    unread: &'static [u8],
    written: Vec<u8>,
    flushed: usize,
    shut: usize,
}

impl Probe {
    /// A connection whose client has sent these bytes.
    pub(crate) fn new(unread: &'static [u8]) -> Self {
        let probe = Self::default();
        probe.with(|state| state.unread = unread);
        probe
    }

    /// The next writes take so many bytes each.
    pub(crate) fn take(&self, takes: usize) {
        self.with(|state| state.takes = takes);
    }

    fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self.0.lock().expect("no test panics here"))
    }

    fn end(&self, count: impl FnOnce(&mut State) -> &mut usize) -> Poll<io::Result<()>> {
        self.with(|state| {
            if !state.is_ready {
                return Poll::Pending;
            }
            *count(state) += 1;
            Poll::Ready(Ok(()))
        })
    }
}

impl AsyncRead for Probe {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|state| {
            let (read, unread) = state
                .unread
                .split_at(state.unread.len().min(buffer.remaining()));
            buffer.put_slice(read);
            state.unread = unread;
        });
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Probe {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(self.with(|state| {
            let taken = state.takes.min(bytes.len());
            state.written.extend_from_slice(&bytes[..taken]);
            taken
        })))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let bytes: Vec<_> = slices
            .iter()
            .flat_map(|slice| slice.iter().copied())
            .collect();
        self.poll_write(cx, &bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.with(|state| state.is_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end(|state| &mut state.flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end(|state| &mut state.shut)
    }
}

/// Checks that what stands around a connection passes on all that is asked of it, and the answers.
pub(crate) fn passes_everything_on<T>(wrap: impl FnOnce(Probe) -> T)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let probe = Probe::new(b"hello");
    let mut io = wrap(probe.clone());
    let mut io = Pin::new(&mut io);
    let mut cx = Context::from_waker(Waker::noop());

    let mut bytes = [0; 9];
    let mut buffer = ReadBuf::new(&mut bytes);
    assert!(io.as_mut().poll_read(&mut cx, &mut buffer).is_ready());
    assert_eq!(buffer.filled(), b"hello");

    probe.take(2);
    let written = io.as_mut().poll_write(&mut cx, b"abc");
    assert!(matches!(written, Poll::Ready(Ok(2))), "{written:?}");
    probe.take(4);
    let slices = [IoSlice::new(b"cde"), IoSlice::new(b"fgh")];
    let written = io.as_mut().poll_write_vectored(&mut cx, &slices);
    assert!(matches!(written, Poll::Ready(Ok(4))), "{written:?}");
    probe.with(|state| assert_eq!(state.written, b"abcdef"));

    for is_vectored in [false, true] {
        probe.with(|state| state.is_vectored = is_vectored);
        assert_eq!(io.is_write_vectored(), is_vectored);
    }

    assert!(io.as_mut().poll_flush(&mut cx).is_pending());
    assert!(io.as_mut().poll_shutdown(&mut cx).is_pending());
    probe.with(|state| state.is_ready = true);
    assert!(matches!(
        io.as_mut().poll_flush(&mut cx),
        Poll::Ready(Ok(()))
    ));
    probe.with(|state| assert_eq!((state.flushed, state.shut), (1, 0)));
    assert!(matches!(
        io.as_mut().poll_shutdown(&mut cx),
        Poll::Ready(Ok(()))
    ));
    probe.with(|state| assert_eq!((state.flushed, state.shut), (1, 1)));
}

/// A server of empty answers, whose clients may be silent for this long.
pub(crate) fn empty_answers(silence: Duration) -> Arc<Shared<impl App>> {
    answers(silence, || Response::new(Full::<Bytes>::default()))
}

/// A server of streams that say nothing, whose clients may be silent for this long. They stay with hyper.
pub(crate) fn silent_streams(silence: Duration) -> Arc<Shared<impl App>> {
    answers(silence, || {
        let silent = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>());
        let response = Response::builder().header("content-type", "text/event-stream");
        response.body(silent).expect("the header is valid")
    })
}

fn answers<B>(
    silence: Duration,
    answer: impl Fn() -> Response<B> + Clone + Send + 'static,
) -> Arc<Shared<impl App>>
where
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let app = tower::service_fn(move |_: Request<Incoming>| ready(Ok::<_, Infallible>(answer())));
    let settings = Settings {
        silence,
        parks: false,
        ..Settings::default()
    };
    let shared = Shared::new(app, settings, Stats::default(), CancellationToken::new());
    Arc::new(shared)
}
