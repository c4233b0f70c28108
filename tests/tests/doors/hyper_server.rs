//! The service on hyper, with a router of its own.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Incoming};
use sse_gate::{GateRejection, Granted, Problem, ResumableStream, StripTokenLayer};
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::service::{Handlers, Parts};

type Request = http::Request<Incoming>;
type Response = http::Response<UnsyncBoxBody<Bytes, Infallible>>;

/// Longer than any test.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);

/// Serves until the shutdown, and then waits for all connections.
pub(crate) async fn serve(listener: TcpListener, parts: Parts) {
    let (strip, shutdown) = (
        StripTokenLayer::new([&parts.strict, &parts.feed]),
        parts.shutdown.clone(),
    );
    let service = service_fn(move |request| route(parts.clone(), request));
    let server = sse_gate_serve::serve(listener, strip.layer(service)).with_silence(SILENCE);
    let ended = server.until(shutdown.cancelled_owned()).await;
    ended.expect("it serves");
}

async fn route(parts: Parts, request: Request) -> Result<Response, Infallible> {
    let [strict_layer, feed_layer] = parts.layers();
    let [strict_mint, feed_mint] = parts.mints();
    let handlers = parts.handlers;
    let path = request.uri().path().to_owned();
    let path: Vec<&str> = path.split('/').skip(1).collect();
    match &path[..] {
        ["strict", _, "token"] => boxed(strict_mint, request).await,
        ["feed", _, "token"] => boxed(feed_mint, request).await,
        ["strict", _] => {
            let handler = service_fn(move |request| strict(handlers.clone(), request));
            boxed(strict_layer.layer(handler), request).await
        }
        ["feed", _] => {
            let handler = service_fn(move |request| feed(handlers.clone(), request));
            boxed(feed_layer.layer(handler), request).await
        }
        _ => Ok(GateRejection::Route
            .to_response()
            .map(BodyExt::boxed_unsync)),
    }
}

async fn boxed<S, B>(service: S, request: Request) -> Result<Response, Infallible>
where
    S: Service<Request, Response = http::Response<B>, Error = Infallible>,
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let response = service.oneshot(request).await?;
    Ok(response.map(BodyExt::boxed_unsync))
}

async fn strict(handlers: Handlers, request: Request) -> Result<Response, Infallible> {
    let (head, body) = request.into_parts();
    Ok(match Granted::of(&head.extensions) {
        Ok(granted) => {
            let body = whole(body).await;
            handlers.strict(granted, body).map(BodyExt::boxed_unsync)
        }
        Err(error) => problem(error),
    })
}

async fn feed(handlers: Handlers, request: Request) -> Result<Response, Infallible> {
    let (head, body) = request.into_parts();
    let stream = match ResumableStream::of(&head.extensions) {
        Ok(stream) => stream,
        Err(error) => return Ok(problem(error)),
    };
    let body = whole(body).await;
    let opened = handlers.feed(stream, body).await;
    Ok(opened.map_or_else(problem, |response| response.map(BodyExt::boxed_unsync)))
}

async fn whole(body: Incoming) -> Bytes {
    body.collect().await.expect("a whole body").to_bytes()
}

fn problem(error: impl Into<Problem>) -> Response {
    error.into().into_response().map(BodyExt::boxed_unsync)
}
