//! A server that answers by a script: [`Server`], [`Reply`].

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The answer to one request, over a connection of its own.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    bytes: String,
    stalls: bool,
}

impl Reply {
    /// This status line and these headers, without a body.
    pub(crate) fn status(line: &str) -> Self {
        Self {
            bytes: format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
            stalls: false,
        }
    }

    /// A JSON body.
    pub(crate) fn json(body: &str) -> Self {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json";
        Self {
            bytes: format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()),
            stalls: false,
        }
    }

    /// A body of this type, which ends properly.
    pub(crate) fn body(kind: &str, body: &str) -> Self {
        let cut = Self::cut(kind, body);
        Self {
            bytes: cut.bytes + "0\r\n\r\n",
            stalls: false,
        }
    }

    /// A body of this type, which breaks off.
    pub(crate) fn cut(kind: &str, body: &str) -> Self {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked";
        Self {
            bytes: format!("{head}\r\n{kind}\r\n\r\n{:x}\r\n{body}\r\n", body.len()),
            stalls: false,
        }
    }

    /// The events of a stream, which ends properly.
    pub(crate) fn events(body: &str) -> Self {
        Self::body("content-type: text/event-stream", body)
    }

    /// The same, but after the last byte the connection stays open.
    pub(crate) fn stalled(mut self) -> Self {
        self.stalls = true;
        self
    }
}

/// A server on a free port. It ends with the test's runtime.
#[derive(Debug)]
pub(crate) struct Server {
    addr: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    /// How many connections the client has closed.
    closed: watch::Receiver<usize>,
}

impl Server {
    /// Answers one request after the other, the last answer for ever.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let (closing, closed) = watch::channel(0);
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (closing, seen) = (Arc::new(closing), requests.clone());
        let mut replies = VecDeque::from(replies);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let reply = match replies.len() {
                    1 => replies[0].clone(),
                    _ => replies.pop_front().expect("there is a last one"),
                };
                tokio::spawn(answer(stream, reply, seen.clone(), closing.clone()));
            }
        });
        Self {
            addr,
            requests,
            closed,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// The heads of all requests, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }

    /// Waits until the client has closed a connection that was still open.
    pub(crate) async fn closed(&mut self) {
        let closed = self.closed.wait_for(|count| *count > 0);
        closed.await.expect("the server runs");
    }
}

async fn answer(
    mut stream: TcpStream,
    reply: Reply,
    requests: Arc<Mutex<Vec<String>>>,
    closing: Arc<watch::Sender<usize>>,
) {
    let mut head = Vec::new();
    while !head.windows(4).any(|it| it == b"\r\n\r\n") {
        let mut bytes = [0; 1024];
        match stream.read(&mut bytes).await {
            Ok(len) if len > 0 => head.extend_from_slice(&bytes[..len]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&head).to_lowercase();
    requests.lock().expect("no panic").push(text);
    if stream.write_all(reply.bytes.as_bytes()).await.is_err() || !reply.stalls {
        let _ = stream.shutdown().await;
        return;
    }
    while stream.read(&mut [0; 1024]).await.is_ok_and(|len| len > 0) {}
    closing.send_modify(|count| *count += 1);
}
