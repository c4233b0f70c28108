//! A service that signs users out, and that stops while streams are open.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::error::Error;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::request::Parts;
use axum::routing::{get, post};
use futures_util::stream::{self, Stream, StreamExt};
use http_body_util::BodyExt;
use sse_gate::prelude::*;
use sse_gate_strangers::Client;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const ALICE: (&str, &str) = ("authorization", "Bearer alice");
const BEN: (&str, &str) = ("authorization", "Bearer ben");

#[derive(Clone)]
struct App {
    gate: Gate,
    topics: Topics,
}

impl FromRef<App> for Gate {
    fn from_ref(app: &App) -> Self {
        app.gate.clone()
    }
}

impl FromRef<App> for Topics {
    fn from_ref(app: &App) -> Self {
        app.topics.clone()
    }
}

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named(Bearer::of(&parts.headers)?.as_str())?)
}

async fn may_watch(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

async fn sign_out(State(gate): State<Gate>, name: String) -> Result<String, Problem> {
    let ended = gate.revoke(&Subject::new(name)?).await?;
    Ok(format!(
        "{} {} {}",
        ended.tokens(),
        ended.sessions(),
        ended.streams()
    ))
}

async fn ticks(
    granted: Granted,
) -> SseBody<impl Stream<Item = Result<Event<'static>, Infallible>>> {
    let user = granted.subject().as_str().to_owned();
    SseBody::new(stream::iter(0..).then(move |number| {
        let event = Event::new().data(format!("{user} {number}"));
        async move {
            sleep(Duration::from_millis(10)).await;
            Ok(event)
        }
    }))
}

async fn news(
    State(topics): State<Topics>,
    stream: ResumableStream,
) -> Result<ResumableBody, Problem> {
    let log = topics.log("news", None).await?;
    Ok(stream.follow(&log).await?)
}

struct Service {
    client: Client,
    stop: CancellationToken,
    running: JoinHandle<std::io::Result<()>>,
}

async fn start() -> Result<Service, Box<dyn Error>> {
    let (gate, stop) = (Gate::in_memory(), CancellationToken::new());
    let (strict, resumable) = (SseRoute::new("/ticks")?, SseRoute::new("/news")?);
    let ticks_mint = MintService::new(&gate, &strict, who, may_watch);
    let ticks_layer = GateLayer::new(&gate, &strict).until(stop.clone().cancelled_owned());
    let news_mint = MintService::new(&gate, &resumable, who, may_watch);
    let news_layer = GateLayer::new(&gate, &resumable)
        .resumable(&gate.new_sessions()?)
        .until(stop.clone().cancelled_owned());
    let app = App {
        topics: Topics::new(gate.new_logs()),
        gate,
    };
    let app = Router::new()
        .sse_with(ticks_layer, ticks_mint, get(ticks))
        .sse_with(news_layer, news_mint, get(news))
        .route("/sign-out", post(sign_out))
        .with_state(app)
        .strip_tokens([&strict, &resumable]);

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client(listener.local_addr()?);
    let stopped = stop.clone().cancelled_owned();
    let running = tokio::spawn(async move {
        axum::serve(listener, app)
            .with_graceful_shutdown(stopped)
            .await
    });
    Ok(Service {
        client,
        stop,
        running,
    })
}

#[tokio::test]
async fn a_sign_out_ends_all_that_the_user_has_and_nothing_of_another() {
    let Service { client, .. } = start().await.unwrap();
    let unused = client.token("/ticks-token", ALICE, "").await;
    let ticks = client.token("/ticks-token", ALICE, "").await;
    let mut ticks = client.open(&ticks.url, None).await;
    ticks.until("data: alice 1\n").await;
    let news = client.token("/news-token", ALICE, "").await;
    let mut news = client.open(&news.url, None).await;
    news.until("event: sse.open\n").await;
    let bens = client.token("/ticks-token", BEN, "").await;
    let mut bens = client.open(&bens.url, None).await;
    bens.until("data: ben 1\n").await;

    let ended = client.send("POST", "/sign-out", &[], "alice").await;
    assert_eq!(ended.text().await, "1 1 1");
    ticks.text().await;
    assert!(news.text().await.contains(r#""reason":"revoked""#));
    assert_eq!(client.open(&unused.url, None).await.status, 401);
    bens.until("data: ben 20\n").await;

    // Alice may sign in again.
    let again = client.token("/ticks-token", ALICE, "").await;
    assert_eq!(client.open(&again.url, None).await.status, 200);
}

#[tokio::test]
async fn the_service_stops_at_once_while_streams_are_open() {
    let Service {
        client,
        stop,
        running,
    } = start().await.unwrap();
    let ticks = client.token("/ticks-token", ALICE, "").await;
    let mut ticks = client.open(&ticks.url, None).await;
    ticks.until("data: alice 1\n").await;
    let news = client.token("/news-token", ALICE, "").await;
    let mut news = client.open(&news.url, None).await;
    news.until("event: sse.open\n").await;

    stop.cancel();
    assert!(ticks.text().await.ends_with("\n\n"));
    // The browser is told when to come back: once at the opening, and now.
    assert_eq!(news.text().await.matches("retry: ").count(), 2);
    let ended = timeout(Duration::from_secs(10), running).await;
    ended.expect("the service stops").unwrap().unwrap();
}

#[tokio::test]
async fn the_handler_ticks_for_its_user_without_a_server() {
    let alice = Subject::new("alice").unwrap();
    let request = GrantRequest::new(alice, Resource::new(["ticks"]).unwrap());
    let granted = Granted::for_test(request).await;
    let mut body = pin!(ticks(granted).await);
    let mut text = Vec::new();
    while !text.ends_with(b"data: alice 1\n\n") {
        let frame = body.frame().await.unwrap().unwrap();
        text.extend_from_slice(&frame.into_data().unwrap());
    }
    let text = String::from_utf8(text).unwrap();
    // Before the first event there is a comment, as that event is not there at once.
    assert!(text.contains("\n\ndata: alice 0\n\n"), "{text:?}");
}
