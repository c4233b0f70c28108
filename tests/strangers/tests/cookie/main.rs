//! An existing service on axum, with session cookies and a stream, becomes secure.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod after;
mod before;
mod with_sign_out;

use sse_gate_strangers::{Client, added_lines};
use tokio::net::TcpListener;

#[derive(Clone, Copy)]
enum Service {
    Before,
    After,
    /// The service that also ends the streams of a user who signs out.
    WithSignOut,
}

async fn start(service: Service) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client(listener.local_addr().unwrap());
    match service {
        Service::Before => tokio::spawn(before::serve(listener)),
        Service::After => tokio::spawn(after::serve(listener)),
        Service::WithSignOut => tokio::spawn(with_sign_out::serve(listener)),
    };
    client
}

/// The cookie of this user.
async fn sign_in(client: Client, name: &str) -> String {
    let json = ("content-type", "application/json");
    let name = format!("{name:?}");
    let answer = client.send("POST", "/sign-in", &[json], &name).await;
    assert_eq!(answer.status, 204);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn before_anyone_can_open_the_stream() {
    let client = start(Service::Before).await;
    let mut stream = client.open("/ticks", None).await;
    stream.until("data: tick 1\n").await;
}

#[tokio::test]
async fn after_a_token_for_the_cookie_opens_the_stream_once() {
    let client = start(Service::After).await;
    let cookie = sign_in(client, "alice").await;
    let ticket = client.token("/ticks-token", ("cookie", &cookie), "").await;

    let mut stream = client.open(&ticket.url, None).await;
    assert_eq!(stream.status, 200);
    stream.until("data: tick 1\n").await;
    assert_eq!(client.open(&ticket.url, None).await.status, 401);
}

#[tokio::test]
async fn after_the_cookie_alone_opens_nothing() {
    let client = start(Service::After).await;
    let cookie = sign_in(client, "alice").await;
    let headers = [("cookie", &*cookie), ("accept", "text/event-stream")];
    let answer = client.send("GET", "/ticks", &headers, "").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn after_a_foreign_page_and_a_stranger_get_no_token() {
    let client = start(Service::After).await;
    let cookie = sign_in(client, "alice").await;
    let own = ("sec-fetch-site", "same-origin");
    let foreign = [("cookie", &*cookie), ("sec-fetch-site", "cross-site")];
    let mint = client.send("POST", "/ticks-token", &foreign, "").await;
    assert_eq!(mint.status, 403);
    let mint = client.send("POST", "/ticks-token", &[own], "").await;
    assert_eq!(mint.status, 401);
}

#[tokio::test]
async fn after_the_sign_out_there_is_no_token() {
    let client = start(Service::After).await;
    let cookie = sign_in(client, "alice").await;
    let headers = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    assert_eq!(
        client.send("POST", "/sign-out", &headers, "").await.status,
        204
    );
    let mint = client.send("POST", "/ticks-token", &headers, "").await;
    assert_eq!(mint.status, 401);
}

#[tokio::test]
async fn with_sign_out_the_open_stream_and_the_unused_token_end() {
    let client = start(Service::WithSignOut).await;
    let cookie = sign_in(client, "alice").await;
    let unused = client.token("/ticks-token", ("cookie", &cookie), "").await;
    let ticket = client.token("/ticks-token", ("cookie", &cookie), "").await;
    let mut stream = client.open(&ticket.url, None).await;
    stream.until("data: tick 1\n").await;

    let sign_out = client
        .send("POST", "/sign-out", &[("cookie", &cookie)], "")
        .await;
    assert_eq!(sign_out.status, 204);
    stream.text().await;
    assert_eq!(client.open(&unused.url, None).await.status, 401);
    let headers = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    let mint = client.send("POST", "/ticks-token", &headers, "").await;
    assert_eq!(mint.status, 401);
}

/// The sign-out that says who has signed out, and ends what the user had.
#[test]
fn with_sign_out_it_took_ten_lines_more() {
    let added = added_lines(include_str!("after.rs"), include_str!("with_sign_out.rs"));
    assert!(added.len() <= 10, "{} lines: {added:#?}", added.len());
}

#[test]
fn it_took_twelve_lines() {
    let added = added_lines(include_str!("before.rs"), include_str!("after.rs"));
    assert!(added.len() <= 12, "{} lines: {added:#?}", added.len());
}
