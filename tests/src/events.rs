//! Streams as a client reads them: [`EventStream`], [`Decoder`], [`Event`].

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use crate::connection::{Framing, framing};
use crate::{Connection, Request, Response, in_time};

/// One event, its fields as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// `id`, if it has one of its own.
    pub id: Option<String>,
    /// `event`, if it has one.
    pub event: Option<String>,
    /// The lines of `data`, joined.
    pub data: String,
}

impl Event {
    /// The data of the last event of a stream that is complete.
    pub const COMPLETE: &'static str = r#"{"v":1,"reason":"complete"}"#;

    /// The data as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Whether it says that its stream is complete.
    pub fn says_complete(&self) -> bool {
        self.event.as_deref() == Some("sse.close") && self.data == Self::COMPLETE
    }

    /// The `seq` in the data.
    pub fn seq(&self) -> u64 {
        self.json()["seq"].as_u64().expect("records are numbered")
    }
}

/// Reads events line by line (HTML §9.2.6). It takes what our servers may send, LF only, and
/// panics at anything else.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    event: Event,
    has_data: bool,
    ready: VecDeque<Event>,
    retry: Option<u64>,
}

impl Decoder {
    /// Reads on.
    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => {
                    let line = std::mem::take(&mut self.line);
                    self.end_line(std::str::from_utf8(&line).expect("streams are UTF-8"));
                }
                b'\r' | 0 => panic!("a control character in a stream"),
                byte => self.line.push(*byte),
            }
        }
    }

    /// Takes out the next whole event.
    pub fn pop(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    fn end_line(&mut self, line: &str) {
        let (field, value) = line.split_once(": ").unwrap_or((line, ""));
        match field {
            "" => {
                let event = std::mem::take(&mut self.event);
                if std::mem::take(&mut self.has_data) {
                    self.ready.push_back(event);
                }
            }
            "id" => self.event.id = Some(value.to_owned()),
            "event" => self.event.event = Some(value.to_owned()),
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.has_data = true;
                self.event.data.push_str(value);
            }
            "retry" => self.retry = Some(value.parse().expect("a time to wait is a number")),
            _ => assert!(line.starts_with(':'), "not a line of a stream: {line:?}"),
        }
    }
}

/// How long a client waits before it comes back after 503 or `sse.wait`.
pub(crate) const AGAIN: Duration = Duration::from_millis(200);

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The server said that this was all.
    Proper,
    /// The connection broke.
    Broken,
}

/// A response that is a stream of events, read one by one. Dropped, its connection is closed.
#[derive(Debug)]
pub struct EventStream {
    /// The head of the response, and its body if it is no stream.
    pub response: Response,
    connection: Connection,
    decoder: Decoder,
    end: Option<End>,
}

impl EventStream {
    /// Sends a request over a connection, and reads its response's head: 200, in chunks.
    pub async fn open(mut connection: Connection, request: &Request) -> Self {
        connection.send(&request.bytes()).await;
        let opened = Self::of(connection, request).await;
        opened.unwrap_or_else(|response| panic!("{request:?}: {response:?}"))
    }

    /// Opens a stream at this address. Where disk or network are slow, the store may answer too late. Then the
    /// server says 503, or `sse.wait` to a client with a resume id, and the client comes back. `None` if the
    /// token was spent all the same: a take that was begun is finished.
    pub async fn open_in_time(addr: SocketAddr, request: &Request) -> Option<Self> {
        let trying = async {
            let mut was_unavailable = false;
            loop {
                let mut connection = Connection::open(addr).await;
                connection.send(&request.bytes()).await;
                let refused = match Self::of(connection, request).await {
                    Ok(stream) => return Some(stream),
                    Err(response) => response,
                };
                match refused.status {
                    200 => assert!(refused.text().contains("event: sse.wait\n"), "{refused:?}"),
                    401 if was_unavailable => return None,
                    status => {
                        assert_eq!(status, 503, "{request:?}: {refused:?}");
                        was_unavailable = true;
                    }
                }
                sleep(AGAIN).await;
            }
        };
        in_time("a stream opens", trying).await
    }

    /// Reads the head of the response to a request that was sent; the whole response if it is no
    /// stream.
    pub async fn of(connection: Connection, request: &Request) -> Result<Self, Response> {
        let answered = Self::try_of(connection, request).await;
        answered.expect("a response to a stream")
    }

    /// As [`of`](Self::of); `None` if the connection ends before the response.
    pub async fn try_of(
        mut connection: Connection,
        request: &Request,
    ) -> Option<Result<Self, Response>> {
        let mut response = connection.head().await?;
        if response.status != 200 || framing(&response) != Framing::Chunked {
            connection.body(request, &mut response).await;
            return Some(Err(response));
        }
        Some(Ok(Self {
            response,
            connection,
            decoder: Decoder::default(),
            end: None,
        }))
    }

    /// The next event; `None` if the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.decoder.pop() {
                return Some(event);
            }
            if self.end.is_some() {
                return None;
            }
            match self.connection.chunk().await {
                Some(Some(chunk)) => self.decoder.feed(&chunk),
                Some(None) => self.end = Some(End::Proper),
                None => self.end = Some(End::Broken),
            }
        }
    }

    /// The next events, as many as these.
    pub async fn take(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while events.len() < count {
            events.push(self.next().await.expect("there are as many"));
        }
        events
    }

    /// All events up to the end of what is complete. The one that says so is left out: it has no id, and
    /// a client that is cut off before it is told that all is over when it comes back.
    pub async fn complete(&mut self) -> Vec<Event> {
        let (mut events, end) = self.rest().await;
        assert_eq!(end, End::Proper);
        let last = events.pop().expect("there are events");
        assert!(last.says_complete() && last.id.is_none(), "{last:?}");
        events
    }

    /// How long the client is to wait before it comes back, in milliseconds, as it was told last.
    pub fn retry(&self) -> Option<u64> {
        self.decoder.retry
    }

    /// Ends the connection with a TCP reset.
    pub fn reset(self) {
        self.connection.reset();
    }

    /// All events up to the end, and how that was.
    pub async fn rest(&mut self) -> (Vec<Event>, End) {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        (events, self.end.expect("it has ended"))
    }

    /// The connection, for another request, after the stream's proper end.
    pub fn into_connection(self) -> Connection {
        assert_eq!(self.end, Some(End::Proper));
        self.connection
    }
}
