//! A server that stops while streams are open: it ends them, and is gone at once.
//!
//! ```sh
//! cargo run -p example-small --bin graceful     # it prints a line JWT=…, to be pasted below
//! TOKEN=$(curl -s -X POST localhost:3000/ticks-token \
//!   -H "Authorization: Bearer $JWT" | jq -r .sse_token)
//! curl -N "localhost:3000/ticks?token=$TOKEN" -H "Accept: text/event-stream"
//! ```
//!
//! Press ctrl-c where the server runs. curl ends, and so does the server. Without `until`, a graceful
//! shutdown would wait for the stream.

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::{Router, routing::get};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use sse_gate::prelude::*;
use tokio::signal::unix::{SignalKind, signal};
use tokio::{net::TcpListener, time::interval};
use tokio_stream::{Stream, StreamExt, wrappers::IntervalStream};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;
    let stop = stop_on_signal()?;

    let gate = Gate::in_memory();
    let route = SseRoute::new("/ticks")?;
    let who = JwtAuthenticator::new(JwtKey::hs256(&secret)?, "my-issuer", "my-audience")?;
    let mint = MintService::new(&gate, &route, who, may_watch);
    let layer = GateLayer::new(&gate, &route).until(stop.clone().cancelled_owned());
    let app = Router::new()
        .sse_with(layer, mint, get(ticks))
        .strip_tokens([&route]);

    let port = env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("JWT={}", jwt(&secret)?);
    let serving = axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned());
    Ok(serving.await?)
}

/// Is cancelled by ctrl-c, and by the SIGTERM that a deployment sends.
fn stop_on_signal() -> Result<CancellationToken, Box<dyn Error>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let guard = stop.clone().drop_guard();
    tokio::spawn(async move {
        tokio::select! { _ = interrupted.recv() => {}, _ = terminated.recv() => {} }
        drop(guard);
    });
    Ok(stop)
}

async fn may_watch(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

/// A stream that never ends by itself.
async fn ticks() -> SseBody<impl Stream<Item = Result<Event<'static>, Infallible>>> {
    let ticks = IntervalStream::new(interval(Duration::from_secs(1)));
    SseBody::new(ticks.map(|_| Ok(Event::new().data("tick"))))
}

/// A JWT for Alice that is good for an hour. Your users get theirs from your identity provider.
fn jwt(secret: &[u8]) -> Result<String, Box<dyn Error>> {
    let end = SystemTime::UNIX_EPOCH.elapsed()?.as_secs() + 3600;
    let claims = json!({ "sub": "alice", "iss": "my-issuer", "aud": "my-audience", "exp": end });
    let key = EncodingKey::from_secret(secret);
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}
