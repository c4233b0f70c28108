//! An existing service on axum, with JWTs and a stream of axum's own, becomes secure.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod after;
mod before;

use sse_gate_strangers::{Client, added_lines};
use tokio::net::TcpListener;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

async fn start(secured: bool) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client(listener.local_addr().unwrap());
    if secured {
        tokio::spawn(after::serve(listener, SECRET));
    } else {
        tokio::spawn(before::serve(listener, SECRET));
    }
    client
}

/// The header with the JWT of this user.
async fn sign_in(client: Client, name: &str) -> String {
    let json = ("content-type", "application/json");
    let name = format!("{name:?}");
    let answer = client.send("POST", "/sign-in", &[json], &name).await;
    assert_eq!(answer.status, 200);
    format!("Bearer {}", answer.text().await)
}

#[tokio::test]
async fn before_anyone_can_open_the_stream() {
    let client = start(false).await;
    let mut stream = client.open("/rooms/7/events", None).await;
    stream.until("data: 7 1\n").await;
}

#[tokio::test]
async fn after_a_token_opens_the_stream_once() {
    let client = start(true).await;
    let jwt = sign_in(client, "alice").await;
    let auth = ("authorization", &*jwt);
    let ticket = client.token("/rooms/7/events-token", auth, "").await;
    assert_eq!(ticket.stream_url, "/rooms/7/events");

    let mut stream = client.open(&ticket.url, None).await;
    assert_eq!(stream.status, 200);
    stream.until("data: 7 1\n").await;
    assert_eq!(client.open(&ticket.url, None).await.status, 401);
    // The stream that is open goes on.
    stream.until("data: 7 5\n").await;
}

#[tokio::test]
async fn after_nothing_but_a_token_opens_the_stream() {
    let client = start(true).await;
    assert_eq!(client.open("/rooms/7/events", None).await.status, 401);
    let jwt = sign_in(client, "alice").await;
    let url = format!("/rooms/7/events?token={}", &jwt["Bearer ".len()..]);
    assert_eq!(client.open(&url, None).await.status, 401);
    let mint = client.send("POST", "/rooms/7/events-token", &[], "").await;
    assert_eq!(mint.status, 401);
}

#[tokio::test]
async fn after_a_token_opens_no_other_room() {
    let client = start(true).await;
    let jwt = sign_in(client, "alice").await;
    let auth = ("authorization", &*jwt);
    let ticket = client.token("/rooms/7/events-token", auth, "").await;
    let other = ticket.url.replace("/7/", "/8/");
    assert_eq!(client.open(&other, None).await.status, 401);
    assert_eq!(client.open(&ticket.url, None).await.status, 200);
}

#[test]
fn it_took_nine_lines() {
    let added = added_lines(include_str!("before.rs"), include_str!("after.rs"));
    assert!(added.len() <= 9, "{} lines: {added:#?}", added.len());
}
