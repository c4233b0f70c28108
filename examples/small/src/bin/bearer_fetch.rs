//! A page that opens its stream with `fetch` and its JWT: no token, and nothing in the URL.
//!
//! ```sh
//! cargo run -p example-small --bin bearer_fetch
//! ```
//!
//! Open the address that it prints. The script of the page is in `bearer_fetch.html`.

use std::env;
use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::{Router, response::Html, routing::get};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use sse_gate::{prelude::*, sessions::Topics};
use tokio::{net::TcpListener, time::interval};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)?;

    let gate = Gate::in_memory();
    let route = SseRoute::new("/ticks")?;
    let who = JwtAuthenticator::new(JwtKey::hs256(&secret)?, "my-issuer", "my-audience")?;
    let mint = MintService::new(&gate, &route, who, may_watch);
    // The same authenticator and authorizer decide about callers that come with their JWT.
    let layer = GateLayer::new(&gate, &route)
        .resumable(&gate.new_sessions()?)
        .with_callers(&mint);
    let topics = Topics::new(gate.new_logs());
    tokio::spawn(publish(topics.clone()));
    // A real page gets its JWT from your identity provider. This one has Alice's in its text.
    let page = include_str!("bearer_fetch.html").replace("JWT_OF_ALICE", &jwt(&secret)?);
    let app = Router::new()
        .route("/", get(|| async { Html(page) }))
        .sse_with(layer, mint, get(follow))
        .with_state(topics)
        .strip_tokens([&route]);

    let port = env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("JWT={}", jwt(&secret)?);
    Ok(axum::serve(listener, app).await?)
}

async fn may_watch(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

async fn follow(
    State(topics): State<Topics>,
    stream: ResumableStream,
) -> Result<ResumableBody, Problem> {
    let log = topics.log("ticks", None).await?;
    Ok(stream.follow(&log).await?)
}

/// Publishes twice a second, whether there are clients or not.
async fn publish(topics: Topics) {
    let mut ticks = interval(Duration::from_millis(500));
    for number in 1.. {
        ticks.tick().await;
        let event = Event::new().data(format!("tick {number}"));
        if let Err(error) = topics.publish("ticks", None, &event).await {
            eprintln!("tick {number} was not published: {error}");
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
