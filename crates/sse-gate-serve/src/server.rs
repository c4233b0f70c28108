//! What users call: [`serve`], and [`Serve`].

use std::fmt;
use std::future::{Pending, pending};
use std::io;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tower_service::Service;

use crate::accept;
use crate::caps::Caps;
use crate::connection::{BoxError, Shared};
use crate::settings::Settings;
use crate::stats::Stats;

#[cfg(feature = "rustls")]
pub(crate) type Tls = tokio_rustls::TlsAcceptor;
/// Without the feature there is no TLS.
#[cfg(not(feature = "rustls"))]
#[derive(Clone, Debug)]
pub(crate) enum Tls {}

/// The address of the client, in the extensions of each request. Behind a proxy it is the proxy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerAddr(pub SocketAddr);

/// Serves a tower service on a listener, over HTTP/1.1 and HTTP/2. Nothing happens before the value is awaited.
///
/// Answers to HEAD are sent without their body, and requests whose target has no path are answered with 400.
///
/// ```
/// use std::convert::Infallible;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use hyper::body::{Bytes, Incoming};
/// use sse_gate_serve::serve;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use tokio::net::{TcpListener, TcpStream};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let app = tower::service_fn(async |_: Request<Incoming>| {
///     Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"hello"))))
/// });
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// let address = listener.local_addr()?;
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let server = serve(listener, app).until(async { drop(stopped.await) });
/// let serving = tokio::spawn(server.into_future());
///
/// let mut client = TcpStream::connect(address).await?;
/// client.write_all(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await?;
/// let mut answer = String::new();
/// client.read_to_string(&mut answer).await?;
/// assert!(answer.ends_with("hello"));
///
/// drop(stop);
/// serving.await.unwrap()
/// # }
/// ```
pub fn serve<S>(listener: TcpListener, app: S) -> Serve<S> {
    Serve {
        listener,
        app,
        tls: None,
        settings: Settings::default(),
        stats: Stats::default(),
        max_connections: usize::MAX,
        max_per_peer: usize::MAX,
        until: pending(),
    }
}

/// A server that begins when it is awaited: [`serve`] makes it.
#[must_use = "a server does nothing unless it is awaited"]
pub struct Serve<S, U = Pending<()>> {
    listener: TcpListener,
    app: S,
    tls: Option<Tls>,
    settings: Settings,
    stats: Stats,
    max_connections: usize,
    max_per_peer: usize,
    until: U,
}

impl<S> Serve<S> {
    /// Ends the server when `signal` is ready. It takes no more connections and requests then, and waits until those that
    /// are under way are answered, at most for the [time of grace](Self::with_grace).
    ///
    /// Streams must end by themselves. `GateLayer::until` of `sse-gate` ends all streams of a layer.
    pub fn until<U: Future<Output = ()>>(self, signal: U) -> Serve<S, U> {
        Serve {
            listener: self.listener,
            app: self.app,
            tls: self.tls,
            settings: self.settings,
            stats: self.stats,
            max_connections: self.max_connections,
            max_per_peer: self.max_per_peer,
            until: signal,
        }
    }
}

impl<S, U> Serve<S, U> {
    /// How long a client may be silent that has no request under way: 30 s by default.
    ///
    /// It counts from the first byte that is missing, so a byte now and then does not help: in the TLS handshake, in
    /// the HTTP/2 preface, in the head of a request, and between two requests.
    ///
    /// The same goes for a client, of a stream too, that takes none of the bytes that wait for it. Over HTTP/2 a client
    /// says of each stream how much it takes. If it takes nothing of one, it has the [time of an
    /// answer](Self::with_answer_time) instead.
    ///
    /// On Linux, a client whose machine is gone without a word is found by the kernel within twice that time after
    /// something was sent to it.
    pub fn with_silence(mut self, silence: Duration) -> Self {
        self.settings.silence = silence;
        self
    }

    /// How long a request may be under way whose answer is no event stream, from its head to the last byte of the answer
    /// that the client takes: 5 min by default. Set it higher for large downloads. Then the connection is closed.
    ///
    /// Over HTTP/2, each frame of a stream has to be taken within this time, too.
    pub fn with_answer_time(mut self, time: Duration) -> Self {
        self.settings.answer = time;
        self
    }

    /// How long connections have to end when the server stops: 10 s by default. After that, they are cut.
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.settings.grace = grace;
        self
    }

    /// The most connections at a time, without limit by default. Those that come then wait until one ends, and the
    /// kernel refuses them when too many wait.
    pub fn with_max_connections(mut self, max: usize) -> Self {
        self.max_connections = max.max(1);
        self
    }

    /// The most connections of one IP address at a time, without limit by default. More are closed at once. Of IPv6, all
    /// addresses of a network of 64 bits count as one.
    ///
    /// Behind a proxy, all connections are of one address.
    pub fn with_max_per_peer(mut self, max: usize) -> Self {
        self.max_per_peer = max.max(1);
        self
    }

    /// Whether streams are parked that wait, as they are by default. Those that stay with hyper take more memory.
    pub fn with_parking(mut self, parks: bool) -> Self {
        self.settings.parks = parks;
        self
    }

    /// Counts the connections here, too.
    pub fn with_stats(mut self, stats: &Stats) -> Self {
        self.stats = stats.clone();
        self
    }

    /// Serves over TLS. For HTTP/2, the configuration's `alpn_protocols` have to name `h2`, and `http/1.1` behind it.
    ///
    /// ```no_run
    /// use std::sync::Arc;
    /// use tokio_rustls::rustls::ServerConfig;
    ///
    /// # async fn example(
    /// #     listener: tokio::net::TcpListener,
    /// #     app: tower::util::BoxCloneService<
    /// #         http::Request<hyper::body::Incoming>,
    /// #         http::Response<http_body_util::Full<bytes::Bytes>>,
    /// #         std::convert::Infallible,
    /// #     >,
    /// #     mut config: ServerConfig,
    /// # ) -> std::io::Result<()> {
    /// config.alpn_protocols = vec![b"h2".into(), b"http/1.1".into()];
    /// sse_gate_serve::serve(listener, app).with_tls(Arc::new(config)).await
    /// # }
    /// ```
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    pub fn with_tls(mut self, config: Arc<tokio_rustls::rustls::ServerConfig>) -> Self {
        self.tls = Some(config.into());
        self
    }
}

impl<S, B, U> IntoFuture for Serve<S, U>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    U: Future<Output = ()> + Send + 'static,
{
    type Output = io::Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

    /// Ends only when the server has been stopped.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let shutdown = CancellationToken::new();
            let shared = Arc::new(Shared::new(
                self.app,
                self.settings,
                self.stats,
                shutdown.clone(),
            ));
            let caps = Caps::new(self.max_connections, self.max_per_peer);
            let accepting = accept::run(self.listener, self.tls, caps, shared);
            // In a task of its own: the threads that serve the connections accept them, and not the one that waits for
            // the end, in `main`, say.
            let mut accepting = AbortOnDropHandle::new(tokio::spawn(accepting));
            let ended = tokio::select! {
                ended = &mut accepting => ended,
                () = self.until => {
                    shutdown.cancel();
                    accepting.await
                }
            };
            ended.unwrap_or_else(|error| match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(ended) => Err(io::Error::other(ended)),
            })
        })
    }
}

impl<S, U> fmt::Debug for Serve<S, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_debug_print_has_the_settings_and_not_the_app() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let text = format!("{:?}", serve(listener, "the app"));
        assert!(text.starts_with("Serve {"), "{text}");
        assert!(text.contains("settings: Settings {"), "{text}");
        assert!(!text.contains("the app"), "{text}");
    }
}
