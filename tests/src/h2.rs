//! A client's end of an HTTP/2 connection, without TLS: many requests at the same time.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::in_time;

/// A connection; every clone is the same.
#[derive(Clone, Debug)]
pub struct Connection {
    sender: SendRequest<UnsyncBoxBody<Bytes, Infallible>>,
    addr: SocketAddr,
}

impl Connection {
    /// Connects, and says that it will speak HTTP/2 (RFC 9113 §3.3).
    pub async fn open(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket's option");
        let handshaken = handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (sender, connection) = in_time("handshake", handshaken).await.expect("HTTP/2");
        tokio::spawn(connection);
        Self { sender, addr }
    }

    /// Asks for a stream; the status, the headers and the whole body.
    pub async fn stream(
        &self,
        target: &str,
        headers: &[(&'static str, &str)],
    ) -> http::Response<Bytes> {
        let (head, body) = self.ask(target, headers).await.into_parts();
        let body = in_time("a body", body.collect())
            .await
            .expect("a whole body");
        http::Response::from_parts(head, body.to_bytes())
    }

    /// Asks for a stream; the status and the headers. Nobody reads the body.
    pub async fn head(&self, target: &str, headers: &[(&'static str, &str)]) -> http::Response<()> {
        self.ask(target, headers).await.map(drop)
    }

    /// Asks for a stream with HEADERS that are not the end, and then these frames of data, the
    /// last one `late`; the status.
    pub async fn status_with(&self, target: &str, data: &[&'static str], late: Duration) -> u16 {
        let frames: Vec<_> = data
            .iter()
            .map(|data| Bytes::from_static(data.as_bytes()))
            .collect();
        let last = frames.len().saturating_sub(1);
        let frames = stream::iter(frames)
            .enumerate()
            .then(move |(at, data)| async move {
                if at == last {
                    tokio::time::sleep(late).await;
                }
                Ok(Frame::data(data))
            });
        let body = StreamBody::new(frames).boxed_unsync();
        let accept = [("accept", "text/event-stream")];
        let response = self.send("GET", target, &accept, body);
        let response = in_time("a response", response).await;
        response.expect("a response").status().as_u16()
    }

    /// Asks for a stream; the status, the headers, and the body as it comes.
    pub async fn ask(
        &self,
        target: &str,
        headers: &[(&'static str, &str)],
    ) -> http::Response<Incoming> {
        let mut all = vec![("accept", "text/event-stream")];
        all.extend_from_slice(headers);
        let response = self.request("GET", target, &all, "").await;
        response.expect("a response")
    }

    /// Sends any request; the status, the headers, and the body as it comes.
    pub async fn request(
        &self,
        method: &str,
        target: &str,
        headers: &[(&'static str, &str)],
        body: impl Into<Bytes>,
    ) -> hyper::Result<http::Response<Incoming>> {
        let body = Full::new(body.into()).boxed_unsync();
        in_time("a response", self.send(method, target, headers, body)).await
    }

    /// Sends a request whose body never ends: so many bytes come. Returns with the response.
    pub async fn request_without_end(
        &self,
        method: &str,
        target: &str,
        headers: &[(&'static str, &str)],
        bytes: usize,
    ) -> hyper::Result<http::Response<Incoming>> {
        let piece = Bytes::from_static(&[b' '; 16_000]);
        let pieces = (0..bytes / piece.len()).map(move |_| Ok(Frame::data(piece.clone())));
        let body = stream::iter(pieces).chain(stream::pending());
        let body = StreamBody::new(body).boxed_unsync();
        self.send(method, target, headers, body).await
    }

    async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&'static str, &str)],
        body: UnsyncBoxBody<Bytes, Infallible>,
    ) -> hyper::Result<http::Response<Incoming>> {
        let uri = format!("http://{}{target}", self.addr);
        let mut request = http::Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        self.sender.clone().send_request(request).await
    }

    /// Asks for the same stream this many times at once; the statuses.
    pub async fn streams(&self, target: &str, times: usize) -> Vec<u16> {
        let mut asking = JoinSet::new();
        for _ in 0..times {
            let (connection, target) = (self.clone(), target.to_owned());
            asking.spawn(async move { connection.stream(&target, &[]).await.status().as_u16() });
        }
        asking.join_all().await
    }
}
