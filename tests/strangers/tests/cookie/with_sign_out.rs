use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{Stream, StreamExt, stream};
use sse_gate::{mint::SameOrigin, prelude::*};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

pub(crate) async fn serve(listener: TcpListener) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (gate, route) = (Gate::in_memory(), SseRoute::new("/ticks")?);
    let app = Router::new()
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .sse(&gate, &route, get(ticks), SameOrigin::new(who), any_caller)
        .layer(SessionManagerLayer::new(MemoryStore::default()).with_secure(false))
        .with_state(gate);
    axum::serve(listener, app.strip_tokens([&route])).await?;
    Ok(())
}

async fn sign_in(session: Session, Json(name): Json<String>) -> StatusCode {
    match session.insert("user", name).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn sign_out(State(gate): State<Gate>, session: Session) -> Result<StatusCode, Problem> {
    let user: Option<String> = session.get("user").await.map_err(Denied::unavailable)?;
    session.flush().await.map_err(Denied::unavailable)?;
    if let Some(user) = user {
        gate.revoke(&Subject::new(user)?).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    let session = parts.extensions.get::<Session>();
    let user = session.ok_or_else(AuthError::missing)?.get("user").await;
    let user: Option<String> = user.map_err(AuthError::unavailable)?;
    Ok(Identity::named(user.ok_or_else(AuthError::missing)?)?)
}

async fn ticks() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(stream::iter(0..).then(async |number: u32| {
        sleep(Duration::from_millis(10)).await;
        Ok(Event::default().data(format!("tick {number}")))
    }))
}
