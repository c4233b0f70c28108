//! The clients of a server: raw sockets, on one thread.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::process::Process;

/// How many streams are being opened at a time.
const OPENERS: usize = 64;

/// What stands in every event but perhaps a stream's first, and nowhere else.
const MARK: u8 = b'~';
const MARK_TEXT: &str = "~";

/// Streams that are open, and how many events they have got.
pub(crate) struct Load {
    streams: JoinSet<()>,
    got: Arc<Got>,
}

#[derive(Default)]
struct Got {
    marks: AtomicU64,
    wanted: AtomicU64,
    enough: Notify,
}

impl Got {
    fn add(&self, marks: u64) {
        let before = self.marks.fetch_add(marks, Ordering::SeqCst);
        let wanted = self.wanted.load(Ordering::SeqCst);
        if before < wanted && before + marks >= wanted {
            self.enough.notify_one();
        }
    }
}

/// How to ask a server for tokens and streams, and to publish.
pub(crate) struct Requests {
    /// None if streams are opened without a token.
    mint: Option<String>,
    publish: String,
    stream: String,
}

impl Requests {
    pub(crate) async fn of(server: &Process) -> Self {
        let bearer = if server.kind.has_logins() {
            bearer(server).await
        } else {
            String::new()
        };
        if !server.kind.is_ours() {
            let mint =
                format!("POST /token HTTP/1.1\r\nhost: x\r\n{bearer}content-length: 0\r\n\r\n");
            return Self {
                mint: server.kind.has_tokens().then_some(mint),
                publish: "POST /publish HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n".into(),
                stream: "/stream".to_owned(),
            };
        }
        Self {
            mint: Some(format!(
                "POST /topics/t/stream-token HTTP/1.1\r\nhost: x\r\n{bearer}content-length: 0\r\n\r\n"
            )),
            publish: format!("POST /topics/t/publish HTTP/1.1\r\nhost: x\r\n{bearer}"),
            stream: "/topics/t/stream".to_owned(),
        }
    }

    /// The same for strict streams of one of our servers: of a computation that is not done before they are gone.
    pub(crate) async fn of_strict(server: &Process) -> Self {
        let bearer = bearer(server).await;
        let source = format!("[{}1]", "{\\\"a\\\":1},".repeat(3_000));
        let body = format!("{{\"source\":\"{source}\"}}");
        let start = format!(
            "POST /generations HTTP/1.1\r\nhost: x\r\n{bearer}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(server.addr).await.expect("it listens");
        let id = member(&ask(&mut stream, &start).await, "generation_id");
        Self {
            mint: Some(format!(
                "POST /generations/generate/{id}/stream-token HTTP/1.1\r\nhost: x\r\n{bearer}content-length: 0\r\n\r\n"
            )),
            publish: String::new(),
            stream: format!("/generations/generate/{id}/stream"),
        }
    }

    fn open(&self, token: &str) -> String {
        format!(
            "GET {}?token={token} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n",
            self.stream,
        )
    }

    fn publish(&self) -> String {
        let body = format!("{{\"n\":{MARK_TEXT:?},\"pad\":\"{}\"}}", "x".repeat(100));
        format!(
            "{}content-length: {}\r\n\r\n{body}",
            self.publish,
            body.len()
        )
    }
}

impl Load {
    /// Opens this many streams, and waits until each has its first event.
    pub(crate) async fn open(server: &Process, requests: &Arc<Requests>, streams: usize) -> Self {
        let got = Arc::new(Got::default());
        let mut openers = JoinSet::new();
        for opener in 0..OPENERS {
            let (addr, requests) = (server.addr, Arc::clone(requests));
            let share = streams / OPENERS + usize::from(opener < streams % OPENERS);
            openers.spawn(async move {
                let mut mint = TcpStream::connect(addr).await.expect("it listens");
                let mut opened = Vec::with_capacity(share);
                for _ in 0..share {
                    let token = match &requests.mint {
                        Some(request) => member(&ask(&mut mint, request).await, "sse_token"),
                        None => String::new(),
                    };
                    let mut stream = connect(addr, opener).await;
                    stream.set_nodelay(true).expect("a TCP socket");
                    let open = requests.open(&token);
                    stream.write_all(open.as_bytes()).await.expect("it reads");
                    first_event(&mut stream).await;
                    opened.push(stream);
                }
                opened
            });
        }
        let mut open = JoinSet::new();
        while let Some(opened) = openers.join_next().await {
            for stream in opened.expect("no opener panics") {
                open.spawn(count(stream, Arc::clone(&got)));
            }
        }
        Self { streams: open, got }
    }

    /// Publishes events at once, and waits until all streams have them; how long it took.
    pub(crate) async fn publish(
        &self,
        server: &Process,
        requests: &Requests,
        events: usize,
    ) -> Spent {
        let mut stream = TcpStream::connect(server.addr).await.expect("it listens");
        stream.set_nodelay(true).expect("a TCP socket");
        let deliveries = (events * self.streams.len()) as u64;
        let so_far = self.got.marks.load(Ordering::SeqCst);
        self.got.wanted.store(so_far + deliveries, Ordering::SeqCst);
        let (cpu, clock) = (server.cpu_nanos(), Instant::now());
        let all = requests.publish().repeat(events);
        stream.write_all(all.as_bytes()).await.expect("it reads");
        let first = async {
            while self.got.marks.load(Ordering::SeqCst) == so_far {
                tokio::task::yield_now().await;
            }
            clock.elapsed()
        };
        let first = first.await;
        let wait = self.got.enough.notified();
        tokio::time::timeout(Duration::from_secs(60), wait)
            .await
            .expect("all events arrive");
        Spent {
            cpu_nanos: server.cpu_nanos() - cpu,
            deliveries,
            first,
            last: clock.elapsed(),
        }
    }

    pub(crate) async fn leave(mut self) {
        self.streams.shutdown().await;
    }
}

/// What it took to send some events to all streams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) cpu_nanos: u64,
    pub(crate) deliveries: u64,
    pub(crate) first: Duration,
    pub(crate) last: Duration,
}

/// Connects from one of several addresses: one alone has no ports for so many streams.
async fn connect(to: SocketAddr, opener: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    let own = Ipv4Addr::new(127, 0, 0, 1 + u8::try_from(opener % 8).unwrap_or_default());
    socket.bind((own, 0).into()).expect("a free port");
    socket.connect(to).await.expect("it listens")
}

async fn count(mut stream: TcpStream, got: Arc<Got>) {
    let mut buffer = vec![0; 4096];
    loop {
        let read = read_some(&mut stream, &mut buffer).await;
        let read = read.expect("the stream goes on");
        got.add(memchr::memchr_iter(MARK, &buffer[..read]).count() as u64);
    }
}

async fn read_some(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    match stream.read(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        read => Ok(read),
    }
}

/// Reads up to the end of the first event. It must be alone, in a chunk or as it is.
async fn first_event(stream: &mut TcpStream) {
    let mut response = Vec::with_capacity(1024);
    while !(response.ends_with(b"\n\n\r\n") || response.ends_with(b"\n\n")) {
        let read = stream.read_buf(&mut response).await.expect("it answers");
        assert!(read > 0, "{}", String::from_utf8_lossy(&response));
    }
    let text = String::from_utf8_lossy(&response);
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}

/// The header of a caller who has signed in.
async fn bearer(server: &Process) -> String {
    let body = r#"{"username":"alice","password":"demo"}"#;
    let login = format!(
        "POST /demo/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(server.addr).await.expect("it listens");
    let answer = ask(&mut stream, &login).await;
    let token = member(&answer, "access_token");
    format!("authorization: Bearer {token}\r\n")
}

async fn ask(stream: &mut TcpStream, request: &str) -> String {
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut response = Vec::with_capacity(1024);
    loop {
        let read = stream.read_buf(&mut response).await.expect("it answers");
        let text = String::from_utf8_lossy(&response);
        assert!(read > 0 && text.starts_with("HTTP/1.1 2"), "{text}");
        if text.ends_with('}') {
            return text.into_owned();
        }
    }
}

fn member(response: &str, name: &str) -> String {
    let body = response.split("\r\n\r\n").nth(1).unwrap_or_default();
    let body: Value = serde_json::from_str(body).expect("JSON");
    body[name].as_str().expect("a text").to_owned()
}
