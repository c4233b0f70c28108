//! An axum stream that only a signed-in user can open, and whose URL is worth nothing afterwards.
//!
//! ```sh
//! cargo run -p example-small --bin minimal     # it prints a line JWT=…, to be pasted below
//! TOKEN=$(curl -s -X POST localhost:3000/rooms/7/events-token \
//!   -H "Authorization: Bearer $JWT" | jq -r .sse_token)
//! curl -N "localhost:3000/rooms/7/events?token=$TOKEN" -H "Accept: text/event-stream"
//! ```
//!
//! The last command works once. Compared with a stream that is open to all, nine lines are new: the
//! import, three in `main`, `sse` in place of `route`, `strip_tokens`, and `may_enter`.

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::response::sse::{Event, Sse};
use axum::{Router, extract::Path, routing::get};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use sse_gate::prelude::*;
use tokio::net::TcpListener;
use tokio::time::interval;
use tokio_stream::{Stream, StreamExt, wrappers::IntervalStream};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;

    let gate = Gate::in_memory();
    let route = SseRoute::new("/rooms/{room}/events")?;
    let who = JwtAuthenticator::new(JwtKey::hs256(&secret)?, "my-issuer", "my-audience")?;
    let app = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .sse(&gate, &route, get(events), who, may_enter)
        .strip_tokens([&route]);

    let port = env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("JWT={}", jwt(&secret)?);
    Ok(axum::serve(listener, app).await?)
}

// Who has a JWT may enter every room. To keep a caller out, return `Err(Denied::Forbidden)`.
async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

/// The stream as it was before. It knows nothing of tokens.
async fn events(Path(room): Path<String>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let ticks = IntervalStream::new(interval(Duration::from_secs(1)));
    Sse::new(ticks.map(move |_| Ok(Event::default().data(format!("hello, {room}")))))
}

/// A JWT for Alice that is good for an hour. Your users get theirs from your identity provider.
fn jwt(secret: &[u8]) -> Result<String, Box<dyn Error>> {
    let end = SystemTime::UNIX_EPOCH.elapsed()?.as_secs() + 3600;
    let claims = json!({ "sub": "alice", "iss": "my-issuer", "aud": "my-audience", "exp": end });
    let key = EncodingKey::from_secret(secret);
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}
