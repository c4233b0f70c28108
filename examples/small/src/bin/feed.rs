//! A feed for many clients. A newcomer gets the last events first; a cut loses none.
//!
//! ```sh
//! cargo run -p example-small --bin feed         # it prints a line JWT=…, to be pasted below
//! TOKEN=$(curl -s -X POST localhost:3000/feeds/news/token \
//!   -H "Authorization: Bearer $JWT" | jq -r .sse_token)
//! curl -N "localhost:3000/feeds/news?token=$TOKEN" -H "Accept: text/event-stream"
//! ```

use std::env;
use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::{Router, extract::Path, extract::State, routing::get};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use sse_gate::{prelude::*, sessions::Topics};
use tokio::{net::TcpListener, time::interval};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;

    let gate = Gate::in_memory();
    let route = SseRoute::new("/feeds/{feed}")?;
    let who = JwtAuthenticator::new(JwtKey::hs256(&secret)?, "my-issuer", "my-audience")?;
    let mint = MintService::new(&gate, &route, who, may_follow);
    let layer = GateLayer::new(&gate, &route).resumable(&gate.new_sessions()?);
    let topics = Topics::new(gate.new_logs());
    tokio::spawn(publish(topics.clone()));
    let app = Router::new()
        .sse_with(layer, mint, get(follow))
        .with_state(topics)
        .strip_tokens([&route]);

    let port = env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("JWT={}", jwt(&secret)?);
    Ok(axum::serve(listener, app).await?)
}

/// There is one feed. Each caller that has a JWT may read it.
async fn may_follow(request: MintRequest) -> Result<Permit, Denied> {
    match request.param("feed") {
        Some("news") => Ok(request.permit()),
        _ => Err(Denied::NotFound),
    }
}

/// Gives the last three events, and then new ones as they come.
async fn follow(
    State(topics): State<Topics>,
    Path(feed): Path<String>,
    stream: ResumableStream,
) -> Result<ResumableBody, Problem> {
    let log = topics.log(&feed, None).await?;
    Ok(stream.follow(&log).last(3).await?)
}

/// Publishes, with clients or without.
async fn publish(topics: Topics) {
    let mut ticks = interval(Duration::from_millis(500));
    for number in 1.. {
        ticks.tick().await;
        let event = Event::new().data(format!("news {number}"));
        if let Err(error) = topics.publish("news", None, &event).await {
            eprintln!("news {number} was not published: {error}");
        }
    }
}

/// A JWT for Alice that is good for an hour. Your users get theirs from your identity provider.
fn jwt(secret: &[u8]) -> Result<String, Box<dyn Error>> {
    let end = SystemTime::UNIX_EPOCH.elapsed()?.as_secs() + 3600;
    let claims = json!({ "sub": "alice", "iss": "my-issuer", "aud": "my-audience", "exp": end });
    let key = EncodingKey::from_secret(secret);
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?)
}
