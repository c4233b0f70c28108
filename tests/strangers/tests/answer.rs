//! The answer of a language model: it is produced once, and survives a cut.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{FromRef, State};
use axum::{Router, http::request::Parts, routing::get};
use sse_gate::{Logs, prelude::*};
use sse_gate_strangers::{Client, last_id};
use tokio::net::TcpListener;
use tokio::time::sleep;

const ALICE: (&str, &str) = ("authorization", "Bearer alices-key");

/// How often the model was asked.
#[derive(Clone, Default)]
struct Model(Arc<AtomicUsize>);

#[derive(Clone)]
struct App {
    logs: Logs,
    model: Model,
}

impl FromRef<App> for Logs {
    fn from_ref(app: &App) -> Self {
        app.logs.clone()
    }
}

impl FromRef<App> for Model {
    fn from_ref(app: &App) -> Self {
        app.model.clone()
    }
}

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    match Bearer::of(&parts.headers)?.as_str() {
        "alices-key" => Ok(Identity::named("alice")?),
        _ => Err(AuthError::invalid()),
    }
}

async fn may_ask(request: MintRequest) -> Result<Permit, Denied> {
    let question: String = request.json()?;
    Ok(request.permit().with_payload(&question)?)
}

async fn answer(
    State(logs): State<Logs>,
    State(model): State<Model>,
    stream: ResumableStream,
) -> Result<ResumableBody, Problem> {
    let granted = stream.granted().clone();
    Ok(stream
        .produce(&logs, |publisher| write(model, granted, publisher))
        .await?)
}

async fn write(
    model: Model,
    granted: Granted,
    publisher: Publisher,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let question: String = granted.payload()?;
    model.0.fetch_add(1, Ordering::Relaxed);
    for number in 0..20 {
        let event = Event::new().data(format!("{question} {number}"));
        publisher.publish(&event).await?;
        sleep(Duration::from_millis(10)).await;
    }
    Ok(publisher.finish().await?)
}

async fn start() -> Result<(Client, Model), Box<dyn Error>> {
    let (gate, model) = (Gate::in_memory(), Model::default());
    let route = SseRoute::new("/answer")?;
    let mint = MintService::new(&gate, &route, who, may_ask);
    let layer = GateLayer::new(&gate, &route).resumable(&gate.new_sessions()?);
    let app = Router::new()
        .sse_with(layer, mint, get(answer))
        .with_state(App {
            logs: gate.new_logs(),
            model: model.clone(),
        })
        .strip_tokens([&route]);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client(listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok((client, model))
}

fn words(text: &str) -> Vec<&str> {
    // Data of the library's own events is JSON.
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.filter(|data| !data.starts_with('{')).collect()
}

#[tokio::test]
async fn an_answer_survives_two_cuts_and_is_produced_once() {
    let (client, model) = start().await.unwrap();
    let ticket = client.token("/answer-token", ALICE, "\"why\"").await;
    let mut all = Vec::new();
    let mut id: Option<String> = None;
    for seen in ["data: why 3\n\n", "data: why 9\n\n"] {
        let mut stream = client.open(&ticket.url, id.as_deref()).await;
        assert_eq!(stream.status, 200);
        let text = stream.until(seen).await;
        all.extend(words(text).into_iter().map(str::to_owned));
        id = last_id(text).map(str::to_owned);
    }
    let rest = client.open(&ticket.url, id.as_deref()).await.text().await;
    all.extend(words(&rest).into_iter().map(str::to_owned));

    let expected: Vec<String> = (0..20).map(|number| format!("why {number}")).collect();
    assert_eq!(all, expected);
    assert!(rest.contains(r#""reason":"complete""#), "{rest}");
    assert_eq!(model.0.load(Ordering::Relaxed), 1);

    // The browser comes once more, and is told to stop.
    let end = client.open(&ticket.url, last_id(&rest)).await;
    assert_eq!(end.status, 204);
}

#[tokio::test]
async fn the_url_without_an_id_opens_nothing_a_second_time() {
    let (client, _) = start().await.unwrap();
    let ticket = client.token("/answer-token", ALICE, "\"why\"").await;
    let mut stream = client.open(&ticket.url, None).await;
    stream.until("data: why 0\n").await;
    assert_eq!(client.open(&ticket.url, None).await.status, 401);
}
