//! One connection, from its first byte to its last: [`Connection`].

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::park::{Parked, Rest};
use crate::preface::{self, First};
use crate::rewind::Rewind;
use crate::server::PeerAddr;
use crate::settings::Settings;
use crate::stats::{Counted, Stats};
use crate::{front, http1, http2};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A tower service that connections can be served with.
pub(crate) trait App:
    Service<
        Request<Incoming>,
        Response = Response<<Self as App>::Sent>,
        Future: Send + 'static,
        Error: Into<BoxError>,
    > + Clone
    + Send
    + 'static
{
    /// The body of its responses.
    type Sent: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
}

impl<S, B> App for S
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Sent = B;
}

/// A body as the app gives it.
pub(crate) type Given<S> = front::Body<<S as App>::Sent>;

/// What all connections of a server share.
#[derive(Debug)]
pub(crate) struct Shared<S> {
    /// Cloned for each connection that is with hyper. A parked stream has none.
    app: Mutex<S>,
    pub(crate) settings: Settings,
    pub(crate) stats: Stats,
    pub(crate) shutdown: CancellationToken,
}

impl<S: Clone> Shared<S> {
    pub(crate) fn new(
        app: S,
        settings: Settings,
        stats: Stats,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            app: Mutex::new(app),
            settings,
            stats,
            shutdown,
        }
    }

    pub(crate) fn app(&self) -> S {
        let app = self.app.lock().unwrap_or_else(PoisonError::into_inner);
        app.clone()
    }
}

/// One connection, from its first byte to its last. From the shutdown on it takes no more requests.
///
/// It ends when no request has been under way for the time that a client may be silent, whatever the client has
/// sent meanwhile: no byte, half an HTTP/2 preface, half a head, or a byte now and then. It also ends if an
/// answer that is no stream is not taken within its time.
///
/// It is the future of a task, and has room for a parked stream and little else: what an event looks at is in few places.
pub(crate) struct Connection<T, S: App, K> {
    stage: Stage<T, Given<S>>,
    peer: PeerAddr,
    shared: Arc<Shared<S>>,
    /// Dropped when it has ended.
    _kept: K,
}

enum Stage<T, B> {
    /// Its next requests are answered. The future is ready with a stream that goes on without hyper, or when there is none.
    Busy(Step<T, B>),
    Parked {
        stream: Parked<T, B>,
        _counted: Counted,
    },
}

type Step<T, B> = Pin<Box<dyn Future<Output = Result<Option<Parked<T, B>>, BoxError>> + Send>>;

impl<T, S, K> Connection<T, S, K>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: App,
{
    pub(crate) fn new(io: T, peer: PeerAddr, shared: Arc<Shared<S>>, kept: K) -> Self {
        Self {
            stage: Stage::Busy(Box::pin(begin(Box::new(io), peer, Arc::clone(&shared)))),
            peer,
            shared,
            _kept: kept,
        }
    }

    /// What comes after a stream.
    fn after(&self, rest: Rest<T>) -> Stage<T, Given<S>> {
        let shared = Arc::clone(&self.shared);
        Stage::Busy(if rest.closes || shared.shutdown.is_cancelled() {
            Box::pin(close(rest.io, shared))
        } else {
            let io = Rewind::new(rest.ahead.into(), Box::new(rest.io));
            Box::pin(http1::serve(io, self.peer, shared))
        })
    }
}

impl<T, S, K> Future for Connection<T, S, K>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: App,
    K: Unpin,
{
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            self.stage = match &mut self.stage {
                Stage::Busy(step) => match ready!(step.as_mut().poll(cx))? {
                    Some(stream) => Stage::Parked {
                        stream,
                        _counted: self.shared.stats.park(),
                    },
                    None => return Poll::Ready(Ok(())),
                },
                Stage::Parked { stream, .. } => match ready!(Pin::new(stream).poll(cx)) {
                    Some(rest) => self.after(rest),
                    None => return Poll::Ready(Ok(())),
                },
            }
        }
    }
}

/// Answers the first requests of a connection, in the version of HTTP that its first bytes are of.
async fn begin<T, S: App>(
    mut io: Box<T>,
    peer: PeerAddr,
    shared: Arc<Shared<S>>,
) -> Result<Option<Parked<T, Given<S>>>, BoxError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let first = tokio::select! {
        first = timeout(shared.settings.silence, preface::read(&mut io)) => first??,
        () = shared.shutdown.cancelled() => return Ok(None),
    };
    let Some(First { bytes, is_http2 }) = first else {
        return Ok(None);
    };
    let io = Rewind::new(bytes, io);
    if is_http2 {
        // It has another size, and most connections are of HTTP/1.1.
        Box::pin(http2::serve(io, peer, shared)).await?;
        return Ok(None);
    }
    http1::serve(io, peer, shared).await
}

/// Ends a connection that has nothing more to say.
async fn close<T: AsyncWrite + Unpin, S, P>(
    mut io: T,
    shared: Arc<Shared<S>>,
) -> Result<Option<P>, BoxError> {
    timeout(shared.settings.silence, io.shutdown()).await??;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::Full;
    use tokio::net::TcpStream;
    use tower::util::BoxCloneService;

    use super::*;
    use crate::progress::Progress;

    type Io = Progress<TcpStream>;
    type Service = BoxCloneService<Request<Incoming>, Response<Full<Bytes>>, Infallible>;

    /// A task has room for a parked stream, and for little else.
    #[test]
    fn a_task_is_small() {
        let task = size_of::<Connection<Io, Service, ()>>();
        let stream = size_of::<Parked<Io, Given<Service>>>();
        assert!(task <= stream + 64, "{task} for {stream}");
    }
}
