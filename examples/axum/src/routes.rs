//! Which request goes where.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use demo_service::http::{Demo, SetupError};
use demo_service::server::{self, Args};
use sse_gate::{Granted, Problem, ResumableStream, RouterExt};
use tower_http::trace::TraceLayer;

pub(crate) fn routes(demo: &Demo, args: &Args) -> Result<Router, SetupError> {
    let router: Router = Router::new()
        .route("/", get(page))
        .route("/assets/{file}", get(page))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/demo/login", post(login))
        .route("/demo/logout", post(logout))
        .route("/generations", post(start))
        .route(
            "/generations/{generation_id}",
            get(generation).delete(cancel),
        )
        .sse_with(demo.gate_layer()?, demo.mint(), any(stream))
        .sse_with(demo.chat_gate_layer()?, demo.chat_mint(), any(chat))
        .route(Demo::CHAT_STOP, post(stop_chat))
        .sse_with(demo.topic_gate_layer()?, demo.topic_mint(), any(feed))
        .route("/topics/{topic}/publish", post(publish))
        .route("/demo/drop", post(drop_connection))
        .method_not_allowed_fallback(|| async { Demo::method_not_allowed().map(Body::new) })
        .fallback(|| async { Demo::not_found().map(Body::new) })
        .layer(server::cors(&args.allow_origin)?)
        .layer(TraceLayer::new_for_http())
        .with_state(demo.clone());
    Ok(router.strip_tokens(demo.routes()))
}

async fn page(State(demo): State<Demo>, request: Request) -> Response {
    demo.page(request.uri().path()).map(Body::new)
}

async fn healthz(State(demo): State<Demo>) -> Response {
    demo.healthz().map(Body::new)
}

async fn readyz(State(demo): State<Demo>) -> Response {
    demo.readyz().map(Body::new)
}

async fn metrics(State(demo): State<Demo>) -> Response {
    demo.metrics().map(Body::new)
}

async fn login(State(demo): State<Demo>, request: Request) -> Response {
    demo.login(request.into_body()).await.map(Body::new)
}

async fn logout(State(demo): State<Demo>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    demo.logout(&parts).await.map(Body::new)
}

async fn start(State(demo): State<Demo>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    demo.start(&parts, body).await.map(Body::new)
}

async fn generation(State(demo): State<Demo>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    demo.generation(&parts).await.map(Body::new)
}

async fn cancel(State(demo): State<Demo>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    demo.cancel(&parts).await.map(Body::new)
}

async fn stream(State(demo): State<Demo>, granted: Granted) -> Result<impl IntoResponse, Problem> {
    demo.stream(&granted)
}

async fn chat(
    State(demo): State<Demo>,
    stream: ResumableStream,
) -> Result<impl IntoResponse, Problem> {
    demo.chat(&stream).await
}

async fn stop_chat(State(demo): State<Demo>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    demo.stop_chat(&parts).await.map(Body::new)
}

async fn feed(
    State(demo): State<Demo>,
    stream: ResumableStream,
) -> Result<impl IntoResponse, Problem> {
    demo.feed(&stream).await
}

async fn publish(State(demo): State<Demo>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    demo.publish(&parts, body).await.map(Body::new)
}

async fn drop_connection(State(demo): State<Demo>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    demo.drop_connection(&parts, body).await.map(Body::new)
}
