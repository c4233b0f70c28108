//! A stream for users who are signed in by a session cookie.
//!
//! ```sh
//! cargo run -p example-small --bin cookie
//! ```
//!
//! Open the address that it prints, and press "Sign in". The script of the page is in `cookie.html`:
//! it asks for a token with the cookie, and for a new one when the stream breaks. Press "Sign out",
//! and the stream ends.

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::time::Duration;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Html;
use axum::{Router, routing::get, routing::post};
use sse_gate::{mint::SameOrigin, prelude::*};
use tokio::{net::TcpListener, time::interval};
use tokio_stream::{Stream, StreamExt, wrappers::IntervalStream};
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gate = Gate::in_memory();
    let route = SseRoute::new("/ticks")?;
    let app = Router::new()
        .route("/", get(|| async { Html(include_str!("cookie.html")) }))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        // A browser sends a cookie for foreign pages, too. `SameOrigin` refuses those.
        .sse(&gate, &route, get(ticks), SameOrigin::new(who), may_watch)
        // Without TLS there is no `Secure` cookie. In production leave this to the default.
        .layer(SessionManagerLayer::new(MemoryStore::default()).with_secure(false))
        .with_state(gate)
        .strip_tokens([&route]);

    let port = env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

/// The user of the session, which the layer has found by the cookie.
async fn who(parts: Parts) -> Result<Identity, AuthError> {
    let session = parts.extensions.get::<Session>();
    let user = session.ok_or_else(AuthError::missing)?.get("user").await;
    let user: Option<String> = user.map_err(AuthError::unavailable)?;
    Ok(Identity::named(&user.ok_or_else(AuthError::missing)?)?)
}

async fn may_watch(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

/// A real service checks a password here.
async fn sign_in(session: Session) -> Result<(), Problem> {
    let signed_in = session.insert("user", "alice").await;
    signed_in.map_err(|error| Denied::unavailable(error).into())
}

/// Ends the session first, and then what was opened with it.
async fn sign_out(State(gate): State<Gate>, session: Session) -> Result<(), Problem> {
    session.flush().await.map_err(Denied::unavailable)?;
    gate.revoke(&Subject::new("alice")?).await?;
    Ok(())
}

async fn ticks(
    granted: Granted,
) -> SseBody<impl Stream<Item = Result<Event<'static>, Infallible>>> {
    let user = granted.subject().as_str().to_owned();
    let ticks = IntervalStream::new(interval(Duration::from_secs(1)));
    SseBody::new(ticks.map(move |_| Ok(Event::new().data(format!("hello, {user}")))))
}
