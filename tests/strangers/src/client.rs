//! A client of plain hyper: [`Client`].

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client of the service at one address. Each request has a connection of its own.
#[derive(Debug, Clone, Copy)]
pub struct Client(pub SocketAddr);

/// What the request for a token gave.
#[derive(Debug)]
pub struct Ticket {
    /// The URL of the stream, as the service says it.
    pub stream_url: String,
    /// The URL with the token, as a page gives it to `EventSource`.
    pub url: String,
}

impl Client {
    /// Sends a request with these headers and this body.
    pub async fn send(
        self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let socket = TcpStream::connect(self.0).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket))
            .await
            .unwrap();
        // It ends with the connection, at the latest with the runtime of the test.
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("host", self.0.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned())));
        let response = timeout(PATIENCE, sender.send_request(request.unwrap())).await;
        Answer::new(response.expect("an answer in time").unwrap())
    }

    /// Asks for a token with this header, and expects to get one.
    pub async fn token(self, path: &str, header: (&str, &str), body: &str) -> Ticket {
        let mut headers = vec![header, ("sec-fetch-site", "same-origin")];
        if !body.is_empty() {
            headers.push(("content-type", "application/json"));
        }
        let answer = self.send("POST", path, &headers, body).await;
        assert_eq!(answer.status, StatusCode::OK);
        let answer: serde_json::Value = serde_json::from_str(&answer.text().await).unwrap();
        let stream_url = answer["stream_url"].as_str().unwrap().to_owned();
        let url = format!(
            "{stream_url}?token={}",
            answer["sse_token"].as_str().unwrap()
        );
        Ticket { stream_url, url }
    }

    /// Opens a stream as an `EventSource` does, which comes back with the last id that it got.
    pub async fn open(self, url: &str, last_id: Option<&str>) -> Answer {
        let mut headers = vec![("accept", "text/event-stream")];
        headers.extend(last_id.map(|id| ("last-event-id", id)));
        self.send("GET", url, &headers, "").await
    }
}

/// A response, whose text comes while it is read. Drop it to break the connection.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: Incoming,
    text: String,
}

impl Answer {
    fn new(response: Response<Incoming>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
            text: String::new(),
        }
    }

    /// Reads until this is in the text. Returns what has come so far.
    pub async fn until(&mut self, part: &str) -> &str {
        let found = async { while !self.text.contains(part) && self.more().await {} };
        let in_time = timeout(PATIENCE, found).await.is_ok();
        assert!(
            self.text.contains(part),
            "no {part:?}, in time: {in_time}: {:?}",
            self.text
        );
        &self.text
    }

    /// Reads to the end.
    pub async fn text(mut self) -> String {
        let end = async { while self.more().await {} };
        timeout(PATIENCE, end).await.expect("an end in time");
        self.text
    }

    /// Reads one piece. `false` at the end.
    async fn more(&mut self) -> bool {
        let Some(frame) = self.body.frame().await else {
            return false;
        };
        let data = frame.unwrap().into_data().unwrap_or_default();
        self.text.push_str(std::str::from_utf8(&data).unwrap());
        true
    }
}

/// The last id in the text of a stream.
pub fn last_id(text: &str) -> Option<&str> {
    // The last line may be half of one.
    let (whole, _) = text.rsplit_once('\n')?;
    let mut ids = whole.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.next_back()
}
