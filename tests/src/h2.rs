//! A client's end of an HTTP/2 connection, without TLS: many requests at the same time.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::in_time;

/// A connection; every clone is the same.
#[derive(Clone, Debug)]
pub struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    addr: SocketAddr,
}

impl Connection {
    /// Connects, and says that it will speak HTTP/2 (RFC 9113 §3.3).
    pub async fn open(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.expect("a connection");
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

    async fn ask(
        &self,
        target: &str,
        headers: &[(&'static str, &str)],
    ) -> http::Response<Incoming> {
        let uri = format!("http://{}{target}", self.addr);
        let mut request = http::Request::get(uri).header("accept", "text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Empty::new()).expect("a request");
        let response = self.sender.clone().send_request(request);
        in_time("a response", response).await.expect("one")
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
