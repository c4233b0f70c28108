//! The service on axum, on axum's own loop.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::any;
use sse_gate::{Granted, Problem, ResumableStream, RouterExt};
use tokio::net::TcpListener;

use crate::service::{Handlers, Parts};

/// Serves until the shutdown, and then waits for all connections: axum does so without a limit.
pub(crate) async fn serve(listener: TcpListener, parts: Parts) {
    let [strict_layer, feed_layer] = parts.layers();
    let [strict_mint, feed_mint] = parts.mints();
    let app: Router = Router::new()
        .sse_with(strict_layer, strict_mint, any(strict))
        .sse_with(feed_layer, feed_mint, any(feed))
        .with_state(parts.handlers);
    let app = app.strip_tokens([&parts.strict, &parts.feed]);
    axum::serve(listener, app)
        .with_graceful_shutdown(parts.shutdown.cancelled_owned())
        .await
        .expect("it serves");
}

/// A stream named `axum` is axum's own.
async fn strict(
    State(handlers): State<Handlers>,
    granted: Granted,
    body: Bytes,
) -> impl IntoResponse {
    if granted.resource().parts().nth(1) == Some("axum") {
        return handlers.foreign(body).into_response();
    }
    handlers.strict(&granted, body).into_response()
}

async fn feed(
    State(handlers): State<Handlers>,
    stream: ResumableStream,
    body: Bytes,
) -> Result<impl IntoResponse, Problem> {
    handlers.feed(&stream, body).await
}
