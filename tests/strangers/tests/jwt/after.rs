use std::convert::Infallible;
use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::extract::{Path, State};
use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{Stream, StreamExt, stream};
use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;
use sse_gate::prelude::*;
use tokio::net::TcpListener;
use tokio::time::sleep;

pub(crate) async fn serve(
    listener: TcpListener,
    secret: &'static [u8],
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let gate = Gate::in_memory();
    let route = SseRoute::new("/rooms/{room}/events")?;
    let who = JwtAuthenticator::new(JwtKey::hs256(secret)?, "my-issuer", "my-audience")?;
    let app = Router::new()
        .route("/sign-in", post(sign_in))
        .sse(&gate, &route, get(events), who, may_enter)
        .with_state(secret);
    axum::serve(listener, app.strip_tokens([&route])).await?;
    Ok(())
}

async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

#[derive(Serialize)]
struct Claims {
    sub: String,
    iss: &'static str,
    aud: &'static str,
    exp: u64,
}

async fn sign_in(State(secret): State<&'static [u8]>, Json(name): Json<String>) -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let claims = Claims {
        sub: name,
        iss: "my-issuer",
        aud: "my-audience",
        exp: now.as_secs() + 3600,
    };
    jsonwebtoken::encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(secret),
    )
    .unwrap()
}

async fn events(Path(room): Path<String>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(stream::iter(0..).then(move |number| {
        let text = format!("{room} {number}");
        async move {
            sleep(Duration::from_millis(10)).await;
            Ok(Event::default().data(text))
        }
    }))
}
