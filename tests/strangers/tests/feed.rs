//! A feed: the service publishes, and each reader begins with the last events.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::error::Error;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, request::Parts};
use axum::routing::{get, post};
use sse_gate::prelude::*;
use sse_gate_strangers::{Client, last_id};
use tokio::net::TcpListener;

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named(Bearer::of(&parts.headers)?.as_str())?)
}

async fn may_follow(request: MintRequest) -> Result<Permit, Denied> {
    match request.param("feed") {
        Some("news") => Ok(request.permit()),
        _ => Err(Denied::NotFound),
    }
}

async fn follow(
    State(topics): State<Topics>,
    Path(feed): Path<String>,
    stream: ResumableStream,
) -> Result<ResumableBody, Problem> {
    let log = topics.log(&feed, None).await?;
    Ok(stream.follow(&log).last(3).await?)
}

async fn publish(
    State(topics): State<Topics>,
    Path(feed): Path<String>,
    text: String,
) -> Result<StatusCode, Problem> {
    topics
        .publish(&feed, None, &Event::new().data(text))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn start() -> Result<Client, Box<dyn Error>> {
    let gate = Gate::in_memory();
    let route = SseRoute::new("/feeds/{feed}")?;
    let mint = MintService::new(&gate, &route, who, may_follow);
    let layer = GateLayer::new(&gate, &route).resumable(&gate.new_sessions()?);
    let app = Router::new()
        .sse_with(layer, mint, get(follow))
        .route("/feeds/{feed}/publish", post(publish))
        .with_state(Topics::new(gate.new_logs()))
        .strip_tokens([&route]);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client(listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(client)
}

async fn say(client: Client, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let text = format!("news {number}");
        let answer = client.send("POST", "/feeds/news/publish", &[], &text).await;
        assert_eq!(answer.status, 204);
    }
}

fn news(text: &str) -> Vec<u32> {
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: news "));
    lines.map(|number| number.parse().unwrap()).collect()
}

#[tokio::test]
async fn two_readers_get_the_last_events_and_then_the_same_new_ones() {
    let client = start().await.unwrap();
    say(client, 0..10).await;
    let alice = ("authorization", "Bearer alice");
    let ben = ("authorization", "Bearer ben");
    let alice = client.token("/feeds/news/token", alice, "").await;
    let ben = client.token("/feeds/news/token", ben, "").await;

    let mut first = client.open(&alice.url, None).await;
    first.until("data: news 9\n\n").await;
    say(client, 10..12).await;
    let mut second = client.open(&ben.url, None).await;
    second.until("data: news 11\n\n").await;
    say(client, 12..14).await;

    let end = "data: news 13\n\n";
    assert_eq!(news(first.until(end).await), [7, 8, 9, 10, 11, 12, 13]);
    assert_eq!(news(second.until(end).await), [9, 10, 11, 12, 13]);

    // A reader that was away for longer than three events misses none.
    let id = last_id(first.until(end).await).unwrap().to_owned();
    drop(first);
    say(client, 14..20).await;
    let mut again = client.open(&alice.url, Some(&id)).await;
    assert_eq!(
        news(again.until("data: news 19\n\n").await),
        [14, 15, 16, 17, 18, 19]
    );
    assert_eq!(client.open(&ben.url, None).await.status, 401);
}

#[tokio::test]
async fn there_is_no_token_for_another_feed() {
    let client = start().await.unwrap();
    let alice = ("authorization", "Bearer alice");
    let mint = client
        .send("POST", "/feeds/secrets/token", &[alice], "")
        .await;
    assert_eq!(mint.status, 404);
}
