//! What the tests share: a server of streams that the test feeds, and a client that sees each byte.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use sse_gate_serve::{Serve, Stats, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::Service;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a test has a body do next.
#[derive(Debug)]
pub(crate) enum Step {
    Data(Bytes),
    Trailers,
    Fail,
    Panic,
}

/// A body of what the test sends. It ends when the sender is dropped.
#[derive(Debug)]
pub(crate) struct FedBody {
    steps: UnboundedReceiver<Step>,
    /// Dropped with the body.
    _gone: oneshot::Sender<()>,
}

impl Body for FedBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.steps.poll_recv(cx).map(|step| match step? {
            Step::Data(data) => Some(Ok(Frame::data(data))),
            Step::Trailers => Some(Ok(Frame::trailers(http::HeaderMap::new()))),
            Step::Fail => Some(Err(std::io::Error::other("the body fails"))),
            Step::Panic => panic!("the body panics"),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_closed() && self.steps.is_empty()
    }
}

/// The test's side of a response.
pub(crate) struct Feed {
    pub(crate) steps: UnboundedSender<Step>,
    gone: oneshot::Receiver<()>,
    pub(crate) uri: String,
}

impl Feed {
    pub(crate) fn send(&self, text: &str) {
        self.steps.send(Step::Data(text.to_owned().into())).unwrap();
    }

    /// Ends the body, and waits until it is dropped.
    pub(crate) async fn end(self) {
        drop(self.steps);
        dropped(self.gone).await;
    }

    /// Waits until the body is dropped.
    pub(crate) async fn until_gone(self) {
        dropped(self.gone).await;
    }
}

async fn dropped(gone: oneshot::Receiver<()>) {
    let gone = tokio::time::timeout(PATIENCE, gone).await;
    assert!(gone.expect("the body stays").is_err());
}

/// A server. Each request comes here, and its response is what the test feeds.
pub(crate) struct Scene {
    pub(crate) address: SocketAddr,
    pub(crate) stats: Stats,
    feeds: UnboundedReceiver<Feed>,
    parks: bool,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
}

pub(crate) type App =
    tower::util::BoxCloneService<Request<Incoming>, Response<FedBody>, Infallible>;

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::parking(true).await
    }

    /// A server that parks streams, or does not.
    pub(crate) async fn parking(parks: bool) -> Self {
        Self::with(parks, |server| server).await
    }

    /// A server of streams with these settings.
    pub(crate) async fn with(parks: bool, change: impl FnOnce(Serve<App>) -> Serve<App>) -> Self {
        Self::of("text/event-stream", parks, change).await
    }

    /// A server with this type of content, and these settings.
    pub(crate) async fn of(
        media_type: &'static str,
        parks: bool,
        change: impl FnOnce(Serve<App>) -> Serve<App>,
    ) -> Self {
        Self::behind(|app| app, media_type, parks, change).await
    }

    /// A server with a layer around the app.
    pub(crate) async fn behind<S, B>(
        layer: impl FnOnce(App) -> S,
        media_type: &'static str,
        parks: bool,
        change: impl FnOnce(Serve<S>) -> Serve<S>,
    ) -> Self
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes, Error = std::io::Error> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, layer, media_type, parks, change)
    }

    /// A server on a listener of the test's.
    pub(crate) fn on<S, B>(
        listener: TcpListener,
        layer: impl FnOnce(App) -> S,
        media_type: &'static str,
        parks: bool,
        change: impl FnOnce(Serve<S>) -> Serve<S>,
    ) -> Self
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes, Error = std::io::Error> + Send + 'static,
    {
        let (tell, feeds) = unbounded_channel();
        let app = tower::service_fn(move |request: Request<Incoming>| {
            let ((steps, theirs), (gone, is_gone)) = (unbounded_channel(), oneshot::channel());
            let feed = Feed {
                steps,
                gone: is_gone,
                uri: request.uri().to_string(),
            };
            tell.send(feed).unwrap();
            let body = FedBody {
                steps: theirs,
                _gone: gone,
            };
            let response = Response::builder().header("content-type", media_type);
            let response = response.body(body).unwrap();
            std::future::ready(Ok(response))
        });
        let address = listener.local_addr().unwrap();
        let stats = Stats::default();
        let (stop, stopped) = oneshot::channel();
        let server = serve(listener, layer(App::new(app))).with_stats(&stats);
        let server = change(server.with_parking(parks));
        let server = server.until(async { drop(stopped.await) });
        Self {
            address,
            stats,
            feeds,
            parks,
            stop: Some(stop),
            serving: tokio::spawn(server.into_future()),
        }
    }

    pub(crate) async fn connect(&self) -> Client {
        Client::new(TcpStream::connect(self.address).await.unwrap())
    }

    /// The next request that comes.
    pub(crate) async fn feed(&mut self) -> Feed {
        let feed = tokio::time::timeout(PATIENCE, self.feeds.recv()).await;
        feed.expect("no request comes").unwrap()
    }

    /// Whether no request has come.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.feeds.try_recv().is_err()
    }

    /// A client whose stream has begun with `one`.
    pub(crate) async fn stream(&mut self) -> (Client, Feed) {
        let mut client = self.connect().await;
        client
            .send("GET /stream HTTP/1.1\r\nHost: here\r\n\r\n")
            .await;
        let feed = self.feed().await;
        feed.send("one");
        client.until("3\r\none\r\n").await;
        (client, feed)
    }

    /// A client whose stream is parked, if the server does that.
    pub(crate) async fn parked(&mut self) -> (Client, Feed) {
        let parked = self.stats.parked();
        let streaming = self.stream().await;
        self.until_parked(parked + 1).await;
        streaming
    }

    /// Waits until so many streams are parked, if the server does that.
    pub(crate) async fn until_parked(&self, count: usize) {
        let count = if self.parks { count } else { 0 };
        until(|| self.stats.parked() == count).await;
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take();
    }

    /// Drops the server.
    pub(crate) fn abort(&self) {
        self.serving.abort();
    }

    /// Waits until it has stopped. Returns how long that took.
    pub(crate) async fn until_stopped(self) -> Duration {
        let begun = Instant::now();
        let served = tokio::time::timeout(PATIENCE, self.serving).await;
        served.expect("it does not stop").unwrap().unwrap();
        begun.elapsed()
    }
}

/// Waits until something is so.
pub(crate) async fn until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it does not come to that");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A connection of a client.
pub(crate) struct Client {
    pub(crate) socket: TcpStream,
    /// What was read, and is not looked at yet.
    unread: Vec<u8>,
}

impl Client {
    pub(crate) fn new(socket: TcpStream) -> Self {
        Self {
            socket,
            unread: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: &str) {
        self.socket.write_all(bytes.as_bytes()).await.unwrap();
    }

    /// Reads until these bytes have come. Returns all that came before them, and them.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        loop {
            let text = String::from_utf8_lossy(&self.unread).into_owned();
            if let Some(place) = text.find(end) {
                self.unread.drain(..place + end.len());
                return text[..place + end.len()].to_owned();
            }
            let read = self.socket.read_buf(&mut self.unread);
            let read = tokio::time::timeout(PATIENCE, read).await;
            let read = read.unwrap_or_else(|_| panic!("{end:?} does not come behind {text:?}"));
            assert_ne!(read.unwrap(), 0, "it ends after {text:?}");
        }
    }

    /// Reads to the end of the connection. An end that is no clean one is one, too.
    pub(crate) async fn rest(mut self) -> String {
        let read = self.socket.read_to_end(&mut self.unread);
        let _ = tokio::time::timeout(PATIENCE, read)
            .await
            .expect("the connection stays");
        String::from_utf8_lossy(&self.unread).into_owned()
    }
}
