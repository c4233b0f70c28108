//! A service that is nested under `/api`, behind a proxy that cuts `/app`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};

use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{Uri, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::{Router, routing::get};
use futures_util::stream::{self, Stream};
use sse_gate::prelude::*;
use sse_gate_strangers::Client;
use tokio::net::TcpListener;
use tower::util::MapRequestLayer;
use tower::{Layer, make::Shared};

const ALICE: (&str, &str) = ("authorization", "Bearer alice");

/// What the service has logged.
type Log = Arc<Mutex<Vec<String>>>;

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named(Bearer::of(&parts.headers)?.as_str())?)
}

async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

async fn events(
    Path(room): Path<String>,
    OriginalUri(uri): OriginalUri,
    granted: Granted,
) -> SseBody<impl Stream<Item = Result<Event<'static>, Infallible>>> {
    let hello = format!("{} in {room} by {uri}", granted.subject().as_str());
    SseBody::new(stream::iter([Ok(Event::new().data(hello))]))
}

async fn log(State(log): State<Log>, request: Request, next: Next) -> Response {
    log.lock().unwrap().push(request.uri().to_string());
    next.run(request).await
}

fn app(log_to: &Log) -> Result<Router, Box<dyn Error>> {
    let gate = Gate::in_memory();
    let route = SseRoute::new("/rooms/{room}/events")?
        .with_nest("/api")?
        .with_url_prefix("/app")?;
    let api = Router::new().sse(&gate, &route, get(events), who, may_enter);
    Ok(Router::new()
        .nest("/api", api)
        .layer(from_fn_with_state(log_to.clone(), log))
        .strip_tokens([&route]))
}

/// What the proxy does: it cuts the prefix of the path.
fn cut_prefix(mut request: Request) -> Request {
    if let Some(path) = request.uri().to_string().strip_prefix("/app") {
        *request.uri_mut() = path.parse::<Uri>().unwrap();
    }
    request
}

async fn start(log: &Log) -> Client {
    let proxied = MapRequestLayer::new(cut_prefix).layer(app(log).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client(listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Shared::new(proxied)).await });
    client
}

#[tokio::test]
async fn the_client_gets_the_address_that_it_needs() {
    let log = Log::default();
    let client = start(&log).await;
    let ticket = client
        .token("/app/api/rooms/a%20b/events-token", ALICE, "")
        .await;
    assert_eq!(ticket.stream_url, "/app/api/rooms/a%20b/events");

    let stream = client.open(&ticket.url, None).await;
    assert_eq!(stream.status, 200);
    let text = stream.text().await;
    assert_eq!(text, "data: alice in a b by /api/rooms/a%20b/events\n\n");
    assert_eq!(client.open(&ticket.url, None).await.status, 401);

    let log = log.lock().unwrap();
    assert!(
        log.len() >= 3 && !log.iter().any(|line| line.contains("token=")),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_token_for_one_room_opens_no_other() {
    let client = start(&Log::default()).await;
    let ticket = client
        .token("/app/api/rooms/7/events-token", ALICE, "")
        .await;
    let other = ticket.url.replace("/7/", "/8/");
    assert_eq!(client.open(&other, None).await.status, 401);
    assert_eq!(client.open(&ticket.url, None).await.status, 200);
}
