//! A server of axum's own event streams, without sse-gate: three events to each connection, after
//! the last that the client has seen, of nine.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{self, StreamExt};
use tokio::net::TcpListener;

/// The event with this number.
fn event(n: u64) -> Event {
    let event = Event::default().id(n.to_string());
    let event = event.data(format!("{n}\nzwölf"));
    let event = event.retry(Duration::from_millis(200));
    if n.is_multiple_of(3) {
        event.event("tick")
    } else {
        event
    }
}

async fn events(headers: HeaderMap) -> Response {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let last: u64 = last.and_then(|id| id.parse().ok()).unwrap_or(0);
    if last >= 9 {
        return StatusCode::NO_CONTENT.into_response();
    }
    let three = stream::iter((last + 1..last + 4).map(|n| Ok::<_, Infallible>(event(n))));
    Sse::new(three.chain(stream::pending())).into_response()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
    axum::serve(listener, Router::new().route("/events", get(events))).await
}
