//! Streams of a router that is nested in another, over sockets: what their clients are told to ask for
//! is what they must ask for, and no token is in a log.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::OriginalUri;
use axum::routing::get;
use futures_util::stream;
use http::Uri;
use sse_gate::mint::{Denied, MintRequest, Permit};
use sse_gate::{
    Event, Gate, GateLayer, Granted, JwtAuthenticator, JwtKey, MintService, RouterExt, SseBody,
    SseRoute,
};
use sse_gate_tests::{Connection, EventStream, Request, Response, Secrets, jwt};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tower_http::trace::TraceLayer;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// Whether tokens are stripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strip {
    Yes,
    No,
}

/// What is logged while it lives: the test's runtime has one thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

struct Nested {
    addr: SocketAddr,
    log: Log,
    server: AbortHandle,
    _logging: DefaultGuard,
}

impl Nested {
    /// A server whose router is nested at `nest`, as axum writes it.
    async fn start(route: &SseRoute, nest: &str, strip: Strip) -> Self {
        let log = Log::default();
        let lines = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone());
        let logging = tracing::subscriber::set_default(lines.finish());
        let gate = Gate::in_memory();
        let key = JwtKey::hs256(jwt::SECRET.as_bytes()).expect("a long secret");
        let who = JwtAuthenticator::new(key, jwt::DEMO, jwt::DEMO).expect("a backend");
        let mint = MintService::new(&gate, route, who, may_enter);
        let layer = GateLayer::new(&gate, route).with_callers(&mint);
        let inner = Router::new().sse_with(layer, mint, get(stream_of).post(stream_of));
        let app: Router = Router::new()
            .nest(nest, inner)
            .layer(TraceLayer::new_for_http());
        let app = match strip {
            Strip::Yes => app.strip_tokens([route]),
            Strip::No => app,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            addr,
            log,
            server: server.abort_handle(),
            _logging: logging,
        }
    }

    async fn send(&self, request: &Request) -> Response {
        let mut connection = Connection::open(self.addr).await;
        connection.exchange(request).await
    }

    /// Asks for a token; the token, and the URL of its stream.
    async fn mint(&self, path: &str) -> (String, String) {
        let request = Request::post(path, "").bearer(&jwt::of("alice"));
        let answer = self.send(&request).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        let json = answer.json();
        let text = |name: &str| json[name].as_str().expect("a text").to_owned();
        (text("sse_token"), text("stream_url"))
    }

    /// What the handler of a stream saw.
    async fn read(&self, request: &Request) -> String {
        let connection = Connection::open(self.addr).await;
        let mut stream = EventStream::open(connection, request).await;
        stream.next().await.expect("an event").data
    }

    /// Whether a token is anywhere in the log.
    fn has_logged(&self, token: &str) -> bool {
        let log = self.log.0.lock().expect("no panic");
        assert!(!log.is_empty(), "the trace layer logs");
        let mut secrets = Secrets::default();
        secrets.plant_token(token);
        secrets.leak(&log).is_some()
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// All may enter but one tenant's rooms.
async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
    match request.param("tenant") {
        Some("closed") => Err(Denied::Forbidden),
        _ => Ok(request.permit()),
    }
}

/// Says what it is a stream of, and which URIs it sees.
async fn stream_of(
    uri: Uri,
    OriginalUri(original): OriginalUri,
    granted: Granted,
) -> SseBody<impl stream::Stream<Item = Result<Event<'static>, axum::Error>>> {
    let values: Vec<_> = granted.resource().parts().skip(1).collect();
    let seen = Event::new().data(format!("{} {uri} {original}", values.join("/")));
    SseBody::new(stream::iter([Ok(seen)]))
}

/// B11, D5: below a fixed prefix. The mint tells the public URL, and that opens the stream, once; the
/// path that the nested router sees opens nothing.
#[tokio::test]
async fn a_stream_below_a_prefix_has_its_public_url() {
    let route = SseRoute::new("/rooms/{room}/events").expect("a pattern");
    let route = route.with_nest("/api").expect("a prefix");
    for strip in [Strip::Yes, Strip::No] {
        let server = Nested::start(&route, "/api", strip).await;
        let (token, url) = server.mint("/api/rooms/7/events-token").await;
        assert_eq!(url, "/api/rooms/7/events", "{strip:?}");
        for (path, status) in [("/rooms/7/events", 404), ("/api/rooms/8/events", 401)] {
            let request = Request::stream(format!("{path}?token={token}"));
            assert_eq!(
                server.send(&request).await.status,
                status,
                "{strip:?} {path}"
            );
        }
        let request = Request::stream(format!("{url}?token={token}&color=red"));
        let seen = server.read(&request).await;
        let shown = match strip {
            Strip::Yes => "7 /rooms/7/events?color=red /api/rooms/7/events?color=red".to_owned(),
            // The outer router has seen the token. Only the handler does not.
            Strip::No => {
                format!("7 /rooms/7/events?color=red /api/rooms/7/events?token={token}&color=red")
            }
        };
        assert_eq!(seen, shown);
        assert_eq!(server.send(&request).await.status, 401, "{strip:?}");
        assert_eq!(server.has_logged(&token), strip == Strip::No, "{strip:?}");
    }
}

/// B9, B11, B15: a parameter in the prefix is a part of what is streamed. A token for one tenant's room
/// opens no other tenant's.
#[tokio::test]
async fn a_parameter_in_the_prefix_is_part_of_the_stream() {
    let route = SseRoute::new("/rooms/{room}/events").expect("a pattern");
    let route = route.with_nest("/tenants/{tenant}").expect("a prefix");
    for strip in [Strip::Yes, Strip::No] {
        let server = Nested::start(&route, "/tenants/{tenant}", strip).await;
        let (token, url) = server.mint("/tenants/a/rooms/7/events-token").await;
        assert_eq!(url, "/tenants/a/rooms/7/events", "{strip:?}");
        for other in [
            "/tenants/b/rooms/7/events",
            "/tenants/a/rooms/8/events",
            "/tenants/7/rooms/a/events",
            "/tenants/%7Btenant%7D/rooms/7/events",
        ] {
            let request = Request::stream(format!("{other}?token={token}"));
            assert_eq!(server.send(&request).await.status, 401, "{strip:?} {other}");
        }
        let seen = server
            .read(&Request::stream(format!("{url}?token={token}")))
            .await;
        assert!(
            seen.starts_with("a/7 /rooms/7/events "),
            "{strip:?}: {seen}"
        );
        let closed = "/tenants/closed/rooms/7/events";
        let mint = Request::post(format!("{closed}-token"), "").bearer(&jwt::of("alice"));
        assert_eq!(server.send(&mint).await.status, 403, "{strip:?}");
        assert_eq!(server.has_logged(&token), strip == Strip::No, "{strip:?}");
    }
}

/// B11: a caller with a credential of its own comes to the same stream, by the public path.
#[tokio::test]
async fn a_caller_comes_to_a_nested_stream() {
    let route = SseRoute::new("/rooms/{room}/events").expect("a pattern");
    let route = route.with_nest("/tenants/{tenant}").expect("a prefix");
    for strip in [Strip::Yes, Strip::No] {
        let server = Nested::start(&route, "/tenants/{tenant}", strip).await;
        for method in ["GET", "POST"] {
            let request = |path: &str| {
                let request = Request::stream(path).method(method);
                request.bearer(&jwt::of("alice"))
            };
            let seen = server.read(&request("/tenants/a/rooms/7/events")).await;
            assert!(seen.starts_with("a/7 "), "{strip:?} {method}: {seen}");
            let closed = request("/tenants/closed/rooms/7/events");
            assert_eq!(server.send(&closed).await.status, 403, "{strip:?} {method}");
        }
    }
}

/// What a proxy cuts off stands before the path in what clients are told, and nowhere else.
#[tokio::test]
async fn a_url_prefix_is_told_and_not_asked_for() {
    let route = SseRoute::new("/rooms/{room}/events").expect("a pattern");
    let nested = route.with_nest("/api").expect("a prefix");
    for prefix in ["/app", "https://api.example"] {
        let route = nested.with_url_prefix(prefix).expect("a prefix");
        let server = Nested::start(&route, "/api", Strip::Yes).await;
        let (token, url) = server.mint("/api/rooms/a%20b/events-token").await;
        assert_eq!(url, format!("{prefix}/api/rooms/a%20b/events"));
        let path = url.strip_prefix(prefix).expect("the prefix");
        let request = Request::stream(format!("{path}?token={token}"));
        assert!(server.read(&request).await.starts_with("a b "));
    }
}
