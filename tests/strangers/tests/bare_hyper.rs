//! A service on hyper, without a framework, with the tower layers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use sse_gate::prelude::*;
use sse_gate_strangers::Client;
use tokio::net::TcpListener;
use tower::{ServiceBuilder, ServiceExt, service_fn};

const ALICE: (&str, &str) = ("authorization", "Bearer alices-key");

type BoxError = Box<dyn Error + Send + Sync>;
type Body = UnsyncBoxBody<Bytes, BoxError>;

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    match Bearer::of(&parts.headers)?.as_str() {
        "alices-key" => Ok(Identity::named("alice")?),
        _ => Err(AuthError::invalid()),
    }
}

async fn may_watch(request: MintRequest) -> Result<Permit, Denied> {
    Ok(request.permit())
}

/// The service: a stream for who is granted one, tokens, and a page.
async fn site(mint: MintService, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    if let Ok(granted) = Granted::of(request.extensions()) {
        let hello = Event::new().data(format!("hello, {}", granted.subject().as_str()));
        let body = SseBody::new(stream::iter([Ok::<_, Infallible>(hello)]));
        return Ok(body
            .into_response()
            .map(|body| body.map_err(Into::into).boxed_unsync()));
    }
    if request.uri().path() == mint.route().mint_pattern() {
        let response = mint.oneshot(request).await?;
        return Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()));
    }
    let page = Full::from("the front page").map_err(Into::into);
    Ok(Response::new(page.boxed_unsync()))
}

async fn start() -> Result<Client, Box<dyn Error>> {
    let gate = Gate::in_memory();
    let route = SseRoute::new("/feed")?;
    let mint = MintService::new(&gate, &route, who, may_watch);
    let service = ServiceBuilder::new()
        .layer(StripTokenLayer::new([&route]))
        .layer(GateLayer::new(&gate, &route).in_front_of_router())
        .service(service_fn(move |request| site(mint.clone(), request)));

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client(listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
        }
    });
    Ok(client)
}

#[tokio::test]
async fn a_token_opens_the_stream_once_and_the_page_is_open() {
    let client = start().await.unwrap();
    let page = client.send("GET", "/", &[], "").await;
    assert_eq!(page.text().await, "the front page");

    let ticket = client.token("/feed-token", ALICE, "").await;
    let stream = client.open(&ticket.url, None).await;
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert!(stream.text().await.contains("data: hello, alice\n\n"));
    assert_eq!(client.open(&ticket.url, None).await.status, 401);
}

#[tokio::test]
async fn without_a_token_the_stream_is_closed() {
    let client = start().await.unwrap();
    assert_eq!(client.open("/feed", None).await.status, 401);
    assert_eq!(
        client.send("POST", "/feed-token", &[], "").await.status,
        401
    );
}
