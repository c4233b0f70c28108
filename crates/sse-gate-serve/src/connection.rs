//! One connection, from its first byte to its last: [`run`].

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::preface::{self, First};
use crate::progress::Progress;
use crate::rewind::Rewind;
use crate::server::PeerAddr;
use crate::settings::Settings;
use crate::stats::Stats;
use crate::{http1, http2};

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

/// Serves a connection to its end. From the shutdown on it takes no more requests.
///
/// It ends when no request has been under way for the time that a client may be silent, whatever the client has
/// sent meanwhile: no byte, half an HTTP/2 preface, half a head, or a byte now and then. It also ends if an
/// answer that is no stream is not taken within its time.
///
/// All of its steps are in boxes of their own: a task has room for the largest one, and a parked stream needs little.
pub(crate) async fn run<T, S: App>(
    io: Box<Progress<T>>,
    peer: PeerAddr,
    shared: Arc<Shared<S>>,
) -> Result<(), BoxError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Some((mut io, is_http2)) = Box::pin(begin(io, Arc::clone(&shared))).await? else {
        return Ok(());
    };
    if is_http2 {
        return Box::pin(http2::serve(io, peer, shared)).await;
    }
    while let Some(parked) = Box::pin(http1::serve(io, peer, Arc::clone(&shared))).await? {
        let counted = shared.stats.park();
        let Some(rest) = parked.await else {
            return Ok(());
        };
        drop(counted);
        if rest.closes || shared.shutdown.is_cancelled() {
            return Box::pin(close(rest.io, Arc::clone(&shared))).await;
        }
        io = Rewind::new(rest.ahead, rest.io);
    }
    Ok(())
}

/// Waits for the first bytes, and tells whether they are HTTP/2's. `None` if there are none.
async fn begin<T, S>(
    mut io: T,
    shared: Arc<Shared<S>>,
) -> Result<Option<(Rewind<T>, bool)>, BoxError>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let first = tokio::select! {
        first = timeout(shared.settings.silence, preface::read(&mut io)) => first??,
        () = shared.shutdown.cancelled() => return Ok(None),
    };
    Ok(first.map(|First { bytes, is_http2 }| (Rewind::new(bytes, io), is_http2)))
}

/// Ends a connection that has nothing more to say.
async fn close<T: AsyncWrite + Unpin, S>(
    mut io: T,
    shared: Arc<Shared<S>>,
) -> Result<(), BoxError> {
    Ok(timeout(shared.settings.silence, io.shutdown()).await??)
}
