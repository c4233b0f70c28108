//! An answer that is written once, and goes on where it was when the connection breaks.
//!
//! ```sh
//! cargo run -p example-small --bin llm_stream   # it prints a line JWT=…, to be pasted below
//! TOKEN=$(curl -s localhost:3000/answer-token --json '"Why?"' \
//!   -H "Authorization: Bearer $JWT" | jq -r .sse_token)
//! URL="localhost:3000/answer?token=$TOKEN"
//! # One second of the answer. Then the rest, asked for as a browser does by itself:
//! curl -sN -m 1 "$URL" -H "Accept: text/event-stream" | tee part
//! ID=$(sed -n 's/^id: //p' part | tail -n 1)
//! curl -sN "$URL" -H "Accept: text/event-stream" -H "Last-Event-ID: $ID"
//! ```

use std::env;
use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::{Router, extract::State, routing::get};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use sse_gate::{Logs, prelude::*};
use tokio::{net::TcpListener, time::sleep};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;

    let gate = Gate::in_memory();
    let route = SseRoute::new("/answer")?;
    let who = JwtAuthenticator::new(JwtKey::hs256(&secret)?, "my-issuer", "my-audience")?;
    let mint = MintService::new(&gate, &route, who, may_ask);
    let layer = GateLayer::new(&gate, &route).resumable(&gate.new_sessions()?);
    let app = Router::new()
        .sse_with(layer, mint, get(answer))
        .with_state(gate.new_logs())
        .strip_tokens([&route]);

    let port = env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("JWT={}", jwt(&secret)?);
    Ok(axum::serve(listener, app).await?)
}

/// Keeps the question on the server: it is in no URL. The handler finds it in its grant.
async fn may_ask(request: MintRequest) -> Result<Permit, Denied> {
    let question: String = request.json()?;
    Ok(request.permit().with_payload(&question)?)
}

/// Runs each time the client comes. The work starts the first time only.
async fn answer(
    State(logs): State<Logs>,
    stream: ResumableStream,
) -> Result<ResumableBody, AttachError> {
    let granted = stream.granted().clone();
    stream
        .produce(&logs, |publisher| write(granted, publisher))
        .await
}

/// Writes the answer. To publish fails when no client can read it any more: then the work ends.
async fn write(granted: Granted, to: Publisher) -> Result<(), Box<dyn Error + Send + Sync>> {
    let question: String = granted.payload()?;
    let answer = format!("You asked: {question} That is a good question.");
    for word in answer.split(' ') {
        to.publish(&Event::new().data(word)).await?;
        sleep(Duration::from_millis(300)).await;
    }
    Ok(to.finish().await?)
}

/// A JWT for Alice that is good for an hour. Your users get theirs from your identity provider.
fn jwt(secret: &[u8]) -> Result<String, Box<dyn Error>> {
    let end = SystemTime::UNIX_EPOCH.elapsed()?.as_secs() + 3600;
    let claims = json!({ "sub": "alice", "iss": "my-issuer", "aud": "my-audience", "exp": end });
    let key = EncodingKey::from_secret(secret);
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}
