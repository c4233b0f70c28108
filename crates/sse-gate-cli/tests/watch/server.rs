//! A server that answers by a script: [`Server`].

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Answers one request after the other, the last answer for ever.
pub(crate) struct Server {
    addr: SocketAddr,
    heads: Receiver<String>,
    closed: Receiver<()>,
}

/// The answer with this status line, and the headers in it.
pub(crate) fn status(line: &str) -> String {
    format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// An answer with a whole body.
pub(crate) fn body(kind: &str, body: &str) -> String {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close");
    format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// An event stream.
pub(crate) fn events(text: &str) -> String {
    body("text/event-stream", text)
}

/// An event stream that stays open.
pub(crate) fn open(text: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n{text}")
}

impl Server {
    pub(crate) fn start(replies: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let ((head, heads), (closing, closed)) = (channel(), channel());
        std::thread::spawn(move || {
            let last = replies.last().cloned();
            let replies = replies.into_iter().map(Some).chain(std::iter::repeat(last));
            for (reply, stream) in replies.zip(listener.incoming()) {
                let (Some(reply), Ok(mut stream)) = (reply, stream) else {
                    return;
                };
                let mut bytes = [0; 8192];
                let mut text = String::new();
                while !text.contains("\r\n\r\n") {
                    match stream.read(&mut bytes) {
                        Ok(len) if len > 0 => text += &String::from_utf8_lossy(&bytes[..len]),
                        _ => break,
                    }
                }
                let _ = head.send(text);
                let _ = stream.write_all(reply.as_bytes());
                if !reply.contains("connection: close") {
                    while stream.read(&mut bytes).is_ok_and(|len| len > 0) {}
                    let _ = closing.send(());
                }
            }
        });
        Self {
            addr,
            heads,
            closed,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// The head of the next request.
    pub(crate) fn head(&self) -> String {
        let head = self.heads.recv_timeout(Duration::from_secs(20));
        head.expect("a request")
    }

    /// Waits until the client has closed a stream that was open.
    pub(crate) fn wait_closed(&self) {
        let closed = self.closed.recv_timeout(Duration::from_secs(20));
        closed.expect("the connection is closed");
    }
}
