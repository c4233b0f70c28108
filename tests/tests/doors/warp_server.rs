//! The service on warp, with the gate in front of its filters.
#![expect(
    clippy::needless_pass_by_value,
    reason = "filters hand over what they extract"
)]

use bytes::Bytes;
use http::request::Parts as Head;
use http_body::Body;
use http_body_util::BodyExt;
use sse_gate::{GateRejection, Granted, MintService, ResumableStream, StripTokenLayer};
use tokio::net::TcpListener;
use tower::{Layer, ServiceBuilder, ServiceExt};
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::reply::Response;

use crate::convert::{body, parts as head, reply, reply_with_stream, shared};
use crate::hyper_server::SILENCE;
use crate::service::{Handlers, Parts};

/// Serves until the shutdown, and then waits for all connections.
pub(crate) async fn serve(listener: TcpListener, parts: Parts) {
    let [strict_layer, feed_layer] = parts.layers();
    let [strict_mint, feed_mint] = parts.mints();
    let filters = streams(&parts.handlers)
        .or(mint_at("strict", &strict_mint))
        .unify()
        .or(mint_at("feed", &feed_mint))
        .unify();
    let service = ServiceBuilder::new()
        .map_response(|response: http::Response<_>| response.map(BodyExt::boxed_unsync))
        .layer(strict_layer.in_front_of_router())
        .layer(feed_layer.in_front_of_router())
        .service(warp::service(filters));
    let service = StripTokenLayer::new([&parts.strict, &parts.feed]).layer(service);
    let server = sse_gate_serve::serve(listener, service).with_silence(SILENCE);
    let ended = server.until(parts.shutdown.cancelled_owned()).await;
    ended.expect("it serves");
}

fn streams(handlers: &Handlers) -> BoxedFilter<(Response,)> {
    let strict = warp::path!("strict" / String)
        .and(shared(handlers))
        .and(warp::ext::optional())
        .and(warp::body::bytes())
        .map(strict);
    let feed = warp::path!("feed" / String)
        .and(shared(handlers))
        .and(warp::ext::optional())
        .and(warp::body::bytes())
        .then(feed);
    strict.or(feed).unify().boxed()
}

fn mint_at(name: &'static str, mint: &MintService) -> BoxedFilter<(Response,)> {
    warp::path(name)
        .and(warp::path!(String / "token"))
        .and(shared(mint))
        .and(head())
        .and(body())
        .then(token)
        .boxed()
}

fn strict(_id: String, handlers: Handlers, granted: Option<Granted>, body: Bytes) -> Response {
    match granted {
        Some(granted) => reply_with_stream(handlers.strict(&granted, body)),
        None => reply(GateRejection::Route.to_response()),
    }
}

async fn feed(
    _id: String,
    handlers: Handlers,
    stream: Option<ResumableStream>,
    body: Bytes,
) -> Response {
    let Some(stream) = stream else {
        return reply(GateRejection::Route.to_response());
    };
    match handlers.feed(&stream, body).await {
        Ok(response) => reply_with_stream(response),
        Err(problem) => reply(problem.into_response()),
    }
}

async fn token(
    _id: String,
    mint: MintService,
    head: Head,
    body: impl Body<Data = Bytes, Error = warp::Error> + Send + 'static,
) -> Response {
    match mint.oneshot(http::Request::from_parts(head, body)).await {
        Ok(response) => reply(response),
    }
}
