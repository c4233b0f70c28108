//! The settings that the guide shows for proxies, run by the proxies themselves.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "these tests need a part of it")]
#[path = "../../../../examples/small/tests/programs/exchange.rs"]
mod exchange;
mod proxy;
mod service;

/// What `exchange` needs of its neighbour.
mod program {
    use std::time::Duration;

    use tokio::time::timeout;

    /// What a future gives, unless it takes too long.
    pub(crate) async fn in_time<F: Future>(what: &str, future: F) -> F::Output {
        let output = timeout(Duration::from_secs(60), future).await;
        output.unwrap_or_else(|_| panic!("waited too long: {what}"))
    }
}

use exchange::{Exchange, data, last_id};
use proxy::{Kind, Proxy};
use service::Service;

/// Opens the feed as an `EventSource` does.
async fn open(proxy: &Proxy, token: &str, last_id: Option<&str>) -> Exchange {
    let last_id = last_id.map_or_else(String::new, |id| format!("Last-Event-ID: {id}\r\n"));
    let headers = format!("Accept: text/event-stream\r\n{last_id}");
    let target = format!("/api/feed?token={token}");
    Exchange::begin(&proxy.addr, "GET", &target, &headers, "").await
}

async fn token(proxy: &Proxy) -> String {
    let bearer = "Authorization: Bearer alice\r\n";
    let mint = Exchange::begin(&proxy.addr, "POST", "/api/feed-token", bearer, "").await;
    let answer = mint.whole().await;
    let (_, rest) = answer.split_once(r#""sse_token":""#).expect(&answer);
    rest.split('"').next().unwrap().to_owned()
}

/// Events leave at once, clients go on where they were, and no client is stopped for good while there is
/// no server.
async fn streams_pass(kind: Kind) -> Proxy {
    let service = Service::start().await;
    let proxy = Proxy::start(kind, &service.addr).await;

    let token = token(&proxy).await;
    let mut stream = open(&proxy, &token, None).await;
    stream
        .until("opening", |text| text.contains("event: sse.open"))
        .await;
    service.publish("one").await;
    let text = stream.until("event", |text| data(text) == ["one"]).await;
    let id = last_id(text).to_owned();
    drop(stream);

    service.publish("two").await;
    let mut again = open(&proxy, &token, Some(&id)).await;
    again
        .until("what was missed", |text| data(text) == ["two"])
        .await;

    service.stop().await;
    let text = open(&proxy, &token, Some(&id)).await.whole().await;
    assert!(
        text.starts_with("HTTP/1") && text.contains(" 200 "),
        "{text}"
    );
    let head = text.to_ascii_lowercase();
    assert!(
        head.contains("content-type: text/event-stream\r\n"),
        "{text}"
    );
    assert!(text.contains("\nretry: 2000\n\n"), "{text}");
    proxy
}

/// D5: the access log of the guide's format has paths, and no token.
#[tokio::test]
async fn streams_pass_nginx_and_their_tokens_are_not_logged() {
    let proxy = streams_pass(Kind::Nginx).await;
    let log = proxy.access_log();
    assert!(log.contains("GET /api/feed\" 200"), "{log}");
    assert!(!log.contains("sset1_") && !log.contains('?'), "{log}");
}

#[tokio::test]
async fn streams_pass_haproxy() {
    streams_pass(Kind::HaProxy).await;
}

#[tokio::test]
async fn streams_pass_caddy() {
    streams_pass(Kind::Caddy).await;
}
