//! Content that is there, and framing that looks like it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_core::body::Body as AxumBody;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request, Response, StatusCode, Version};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use tower::{Layer, Service, ServiceExt};
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::support::{World, get, with};

type Parts = Vec<Frame<Bytes>>;

/// The handler, for bodies of any type.
#[derive(Clone)]
struct Answer;

impl<B> Service<Request<B>> for Answer {
    type Response = Response<Empty<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Empty<Bytes>>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        ready(Ok(Response::new(Empty::new())))
    }
}

/// The request of a stream with this body, over HTTP/2.
fn request<B>(token: &str, headers: &[(&str, &str)], body: B) -> Request<B> {
    let uri = format!("/generations/7/stream?token={token}");
    let mut request = with(&uri, headers).map(|_| body);
    *request.version_mut() = Version::HTTP_2;
    request
}

async fn status<S, B, R>(service: S, request: Request<B>) -> StatusCode
where
    S: Service<Request<B>, Response = Response<R>, Error: std::fmt::Debug>,
{
    service.oneshot(request).await.unwrap().status()
}

fn frames(parts: Parts) -> impl Body<Data = Bytes, Error = Infallible> + Send + 'static {
    StreamBody::new(stream::iter(parts.into_iter().map(Ok)))
}

fn data(bytes: &'static str) -> Frame<Bytes> {
    Frame::data(Bytes::from_static(bytes.as_bytes()))
}

/// A body that never says a word.
struct Silent;

impl Body for Silent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// A13: layers that wrap a body make no content of it.
#[tokio::test]
async fn an_empty_body_in_a_layers_wrapping_is_no_content() {
    let world = World::new();
    let inner = || world.layer().layer(Answer);
    let empty = Empty::<Bytes>::new;

    let timeout = RequestBodyTimeoutLayer::new(Duration::from_secs(9)).layer(inner());
    let token = world.token().await;
    assert_eq!(status(timeout, request(&token, &[], empty())).await, 200);

    let decompression = RequestDecompressionLayer::new().layer(inner());
    for headers in [&[][..], &[("content-encoding", "gzip")]] {
        let token = world.token().await;
        let request = request(&token, headers, empty());
        assert_eq!(status(decompression.clone(), request).await, 200);
    }

    let limit = RequestBodyLimitLayer::new(9).layer(inner());
    let token = world.token().await;
    assert_eq!(status(limit, request(&token, &[], empty())).await, 200);

    let rows: [(&str, AxumBody); 4] = [
        (
            "no frames",
            AxumBody::from_stream(stream::empty::<Result<Bytes, Infallible>>()),
        ),
        (
            "an empty chunk",
            AxumBody::from_stream(stream::iter([Ok::<_, Infallible>(Bytes::new())])),
        ),
        ("no end", AxumBody::new(Silent)),
        (
            "only trailers",
            AxumBody::new(frames(vec![Frame::trailers(HeaderMap::new())])),
        ),
    ];
    for (what, body) in rows {
        let token = world.token().await;
        let status = status(inner(), request(&token, &[], body)).await;
        assert_eq!(status, StatusCode::OK, "{what}");
    }
}

/// A13: bytes that are there are content, wherever they stand, and cost no token.
#[tokio::test]
async fn bytes_that_are_there_are_content() {
    let world = World::new();
    let inner = || world.layer().layer(Answer);
    let token = world.token().await;
    let broken = || stream::iter([Err::<Bytes, _>(std::io::Error::other("broken"))]);
    let rows: [(&str, AxumBody); 5] = [
        ("a frame", AxumBody::new(frames(vec![data("x")]))),
        (
            "behind an empty one",
            AxumBody::new(frames(vec![data(""), data("x")])),
        ),
        (
            "before trailers",
            AxumBody::new(frames(vec![data("x"), Frame::trailers(HeaderMap::new())])),
        ),
        ("of a known length", AxumBody::from("x")),
        ("a broken body", AxumBody::from_stream(broken())),
    ];
    for (what, body) in rows {
        let status = status(inner(), request(&token, &[], body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{what}");
    }
    for body in [frames(vec![data("x")]).boxed(), Full::from("x").boxed()] {
        let status = status(inner(), request(&token, &[], body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    let body = frames(vec![data("x")]).boxed_unsync();
    assert_eq!(status(inner(), request(&token, &[], body)).await, 400);
    assert!(world.is_fresh(&token).await);
}

/// A13: a client that waits for "100 Continue" is not told to go on.
#[tokio::test]
async fn content_that_is_held_back_is_not_asked_for() {
    let world = World::new();
    let token = world.token().await;
    let asked = AxumBody::from_stream(stream::poll_fn(
        |_| -> Poll<Option<Result<Bytes, Infallible>>> { panic!("it was asked") },
    ));
    let request = request(&token, &[("expect", "100-continue")], asked);
    let service = world.layer().layer(Answer);
    assert_eq!(status(service, request).await, 200);
}

/// A13: a length is content if it is not zero, in whatever way zero is spelled; what is no length
/// may be any.
#[tokio::test]
async fn only_a_length_of_zero_is_no_content() {
    let world = World::new();
    let token = world.token().await;
    let uri = format!("/generations/7/stream?token={token}");
    let service = world.layer().layer(Answer);
    for length in [
        "1",
        "05",
        "0,5",
        "5, 5",
        "99999999999999999999",
        "+0",
        "-0",
        "",
        "x",
        "0x0",
        "0 0",
    ] {
        let status = status(service.clone(), with(&uri, &[("content-length", length)])).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{length:?}");
    }
    let twice = with(&uri, &[("content-length", "0"), ("content-length", "5")]);
    assert_eq!(status(service.clone(), twice).await, 400);
    assert!(world.is_fresh(&token).await);
    for length in ["0", "00", "0, 0", "0,0", " 0"] {
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let status = status(service.clone(), with(&uri, &[("content-length", length)])).await;
        assert_eq!(status, StatusCode::OK, "{length:?}");
    }
}

/// A13: an offer to speak another protocol may be ignored, and is.
#[tokio::test]
async fn offers_and_framing_are_ignored() {
    let world = World::new();
    let rows: &[&[(&str, &str)]] = &[
        &[
            ("upgrade", "h2c"),
            ("connection", "Upgrade, HTTP2-Settings"),
            ("http2-settings", "AAMAAABkAAQAAP__"),
        ],
        &[
            ("upgrade", "websocket"),
            ("connection", "upgrade"),
            ("sec-websocket-version", "13"),
        ],
        &[("upgrade", "TLS/1.2, IRC/6.9")],
        &[("upgrade", "")],
        &[("transfer-encoding", "chunked")],
        &[("te", "trailers"), ("trailer", "x")],
        &[("content-type", "application/json")],
    ];
    for headers in rows {
        let uri = format!("/generations/7/stream?token={}", world.token().await);
        let service = world.layer().layer(Answer);
        let status = status(service, with(&uri, headers)).await;
        assert_eq!(status, StatusCode::OK, "{headers:?}");
    }
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let service = world.layer().layer(Answer);
    assert_eq!(status(service, get(&uri)).await, 200);
}
