//! A client that follows a topic, at any node: [`Follower`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sse_gate_tests::{
    Connection, Decoder, Event, EventStream, Request, Response, Server, Ticket, in_time,
};
use tokio::time::sleep;

/// How long it waits before it asks again.
pub(crate) const AGAIN: Duration = Duration::from_millis(20);

/// The topic of all followers.
pub(crate) const TOPIC: &str = "news";

/// A native client: it has a token, and the last id that it saw. It may ask another node each time.
pub(crate) struct Follower {
    /// Where it gets its tokens, and with which JWT.
    node: SocketAddr,
    jwt: String,
    ticket: Ticket,
    last_id: Option<String>,
    /// The numbers in the events that it has got, in their order.
    pub(crate) got: Vec<u64>,
    /// How often it may be told of a gap: after a restart of Redis, each log leaves out numbers once, as its
    /// last events may be lost.
    pub(crate) gaps: usize,
    last: Arc<AtomicU64>,
}

/// Asks a node, or a proxy, for a token of the topic. On a machine that is busy, the store may be too late.
pub(crate) async fn ticket_at(node: SocketAddr, jwt: &str) -> Ticket {
    let mint = Request::post(format!("/topics/{TOPIC}/stream-token"), "").bearer(jwt);
    let minting = async {
        loop {
            let response = Connection::open(node).await.exchange(&mint).await;
            if response.status != 503 {
                assert_eq!(response.status, 200, "{response:?}");
                return response.json();
            }
            sleep(AGAIN).await;
        }
    };
    let minted = in_time("a token", minting).await;
    let text = |name: &str| minted[name].as_str().expect("a text").to_owned();
    let token = text("sse_token");
    let target = format!("{}?token={token}", text("stream_url"));
    Ticket { token, target }
}

/// What a request for a stream was answered.
#[expect(clippy::large_enum_variant, reason = "a test has few of them")]
pub(crate) enum Answer {
    Stream(EventStream),
    /// 200 and `sse.wait`: a node tells it to come back.
    Wait,
    /// 200 and nothing but a time to wait: the proxy tells it to come back.
    Later,
    /// A stream that had ended before its head was sent: another connection took its place at once.
    Ended,
    Refused(Response),
    /// There was no connection, or it ended before an answer.
    Lost,
}

impl Follower {
    /// A client of this user with a fresh token of this node.
    pub(crate) async fn of(user: &str, node: &Server) -> Self {
        let (jwt, node) = (node.user(user).jwt, node.addr());
        Self {
            ticket: ticket_at(node, &jwt).await,
            node,
            jwt,
            last_id: None,
            got: Vec::new(),
            gaps: 0,
            last: Arc::default(),
        }
    }

    /// The last number that it has got, also later.
    pub(crate) fn last(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.last)
    }

    /// Asks a node once.
    pub(crate) async fn ask(&mut self, node: SocketAddr) -> Answer {
        let request = match &self.last_id {
            Some(id) => self.ticket.resume(id),
            None => self.ticket.request(),
        };
        let Some(mut connection) = Connection::try_open(node).await else {
            return Answer::Lost;
        };
        connection.send(&request.bytes()).await;
        match EventStream::try_of(connection, &request).await {
            None => Answer::Lost,
            Some(Ok(stream)) => Answer::Stream(stream),
            Some(Err(response)) if response.status == 200 => {
                let type_of = response.header("content-type");
                assert_eq!(type_of, Some("text/event-stream"), "{response:?}");
                let text = response.text();
                if text == "retry: 1000\n\n" {
                    return Answer::Later;
                }
                if text.contains("event: sse.wait\n") {
                    return Answer::Wait;
                }
                let mut decoder = Decoder::default();
                decoder.feed(&response.body);
                while let Some(event) = decoder.pop() {
                    self.take(event);
                }
                Answer::Ended
            }
            Some(Err(response)) => Answer::Refused(response),
        }
    }

    /// Asks a node until its store is in time: on a machine that is busy, it may be too late.
    pub(crate) async fn ask_in_time(&mut self, node: SocketAddr) -> Answer {
        let asking = async {
            loop {
                match self.ask(node).await {
                    Answer::Wait => {}
                    Answer::Refused(response) if response.status == 503 => {}
                    answer => return answer,
                }
                sleep(AGAIN).await;
            }
        };
        in_time("the store answers", asking).await
    }

    /// Asks the nodes that `next` names until one has a stream. A client that was let in before is never
    /// refused; a fresh token may be, for a while. Then it may be spent all the same, as a take that was begun is
    /// finished, and the client gets another one.
    pub(crate) async fn open(&mut self, mut next: impl FnMut() -> SocketAddr) -> EventStream {
        let asking = async {
            let mut was_unavailable = false;
            loop {
                match self.ask(next()).await {
                    Answer::Stream(stream) => return stream,
                    Answer::Wait | Answer::Later | Answer::Ended | Answer::Lost => {}
                    Answer::Refused(response) => {
                        assert!(self.last_id.is_none(), "it has a session: {response:?}");
                        if response.status == 401 && was_unavailable {
                            self.ticket = ticket_at(self.node, &self.jwt).await;
                            was_unavailable = false;
                        } else {
                            assert_eq!(response.status, 503, "{response:?}");
                            was_unavailable = true;
                        }
                    }
                }
                sleep(AGAIN).await;
            }
        };
        in_time("a stream opens", asking).await
    }

    /// Reads one event; `false` if the connection has ended.
    pub(crate) async fn read(&mut self, stream: &mut EventStream) -> bool {
        let event = stream.next().await;
        event.map(|event| self.take(event)).is_some()
    }

    /// Reads up to this number, at the nodes that `next` names.
    pub(crate) async fn read_to(
        &mut self,
        mut stream: EventStream,
        last: u64,
        mut next: impl FnMut() -> SocketAddr,
    ) -> EventStream {
        while self.got.last() < Some(&last) {
            if !self.read(&mut stream).await {
                stream = self.open(&mut next).await;
            }
        }
        stream
    }

    fn take(&mut self, event: Event) {
        match event.event.as_deref() {
            None => {
                let number = event.json()["n"].as_u64().expect("a number");
                self.got.push(number);
                self.last.store(number, Ordering::Relaxed);
            }
            Some("sse.open") if event.data == r#"{"v":1,"gap":null}"# => {}
            Some("sse.open" | "sse.gap") if self.gaps > 0 => self.gaps -= 1,
            Some(_) => panic!("it was ended, or misses events: {event:?}"),
        }
        self.last_id = event.id.or(self.last_id.take());
    }
}
