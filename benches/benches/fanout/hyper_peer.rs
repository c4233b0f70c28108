//! Hyper and a broadcast channel: the least that streams can cost.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::StreamExt;
use http::{Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Serves until it is killed.
#[tokio::main]
pub(crate) async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("it is bound");
    println!("listening on http://{addr}");
    let (events, _) = broadcast::channel::<Bytes>(1024);
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("a TCP socket");
        let events = events.clone();
        let service = hyper::service::service_fn(move |request| answer(events.clone(), request));
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

async fn answer(
    events: broadcast::Sender<Bytes>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    if request.uri().path() == "/token" {
        // As many requests as with tokens, and nothing to remember.
        let token = r#"{"sse_token":"none"}"#;
        return Ok(Response::new(Full::from(token).boxed_unsync()));
    }
    if request.method() == Method::POST {
        let body = request.into_body().collect().await.expect("a whole body");
        let data = body.to_bytes();
        let event = [b"data: ", &data[..], b"\n\n"].concat();
        let _ = events.send(event.into());
        return Ok(Response::new(Empty::new().boxed_unsync()));
    }
    let open = futures_util::stream::iter([Bytes::from_static(b": open~\n\n")]);
    let rest = BroadcastStream::new(events.subscribe()).filter_map(async |event| event.ok());
    let frames = open.chain(rest).map(|event| Ok(Frame::data(event)));
    let mut response = Response::new(StreamBody::new(Box::pin(frames)).boxed_unsync());
    let value = http::HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert("content-type", value);
    Ok(response)
}
