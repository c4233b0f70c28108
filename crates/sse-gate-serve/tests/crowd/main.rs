//! More streams than a server is used to, and fewer descriptors than it needs.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]
#![expect(clippy::print_stderr, reason = "a server says where it listens")]

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use sse_gate_serve::{Stats, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";

/// A stream that says hello, and bye when it is told to end.
struct Greeting {
    has_begun: bool,
    has_ended: bool,
    end: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Body for Greeting {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let text = if !self.has_begun {
            self.has_begun = true;
            "hello"
        } else if self.has_ended {
            return Poll::Ready(None);
        } else {
            std::task::ready!(self.end.as_mut().poll(cx));
            self.has_ended = true;
            "bye"
        };
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(text.as_bytes())))))
    }
}

/// Serves greetings until the token is cancelled.
async fn greet(listener: TcpListener, stats: Stats, stop: CancellationToken) {
    let end = stop.clone();
    let app = tower::service_fn(move |_: Request<Incoming>| {
        let body = Greeting {
            has_begun: false,
            has_ended: false,
            end: Box::pin(end.clone().cancelled_owned()),
        };
        let response = Response::builder().header("content-type", "text/event-stream");
        std::future::ready(Ok::<_, Infallible>(response.body(body).unwrap()))
    });
    let server = serve(listener, app).with_stats(&stats).with_grace(PATIENCE);
    server.until(stop.cancelled_owned()).await.unwrap();
}

/// Raises the bound on descriptors as far as it goes, and returns it.
fn descriptors() -> usize {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    usize::try_from(hard).unwrap_or(usize::MAX)
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A client whose stream has begun.
async fn open(address: SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(REQUEST).await.unwrap();
    read_until(&mut client, b"hello\r\n").await;
    client
}

async fn read_until(client: &mut TcpStream, end: &[u8]) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        let read = tokio::time::timeout(PATIENCE, client.read_buf(&mut bytes)).await;
        assert_ne!(read.expect("it comes").unwrap(), 0, "it has ended");
    }
}

/// G9: all streams are parked. When the server stops, all of them get their last word, and it ends at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_parked_streams_end_with_the_server() {
    // Each stream has two descriptors here.
    let count = 10_000.min((descriptors() - 200) / 2);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stats, stop) = (Stats::default(), CancellationToken::new());
    let server = tokio::spawn(greet(listener, stats.clone(), stop.clone()));
    let mut opening = JoinSet::new();
    for part in 0..16 {
        opening.spawn(async move {
            let mut clients = Vec::new();
            for _ in (part..count).step_by(16) {
                clients.push(open(address).await);
            }
            clients
        });
    }
    let clients: Vec<_> = opening.join_all().await.into_iter().flatten().collect();
    assert_eq!(clients.len(), count);
    until("not all are parked", || stats.parked() == count).await;

    stop.cancel();
    let begun = Instant::now();
    for mut client in clients {
        read_until(&mut client, b"3\r\nbye\r\n0\r\n\r\n").await;
    }
    tokio::time::timeout(PATIENCE, server)
        .await
        .expect("it stops")
        .unwrap();
    assert!(begun.elapsed() < PATIENCE / 2, "{:?}", begun.elapsed());
    assert_eq!((stats.parked(), stats.connections()), (0, 0));
}

/// A server in a process of its own.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Not a test: the server of the next one.
#[test]
#[ignore = "it serves for ever, in a process of its own"]
fn server_with_few_descriptors() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        eprintln!("listening on {}", listener.local_addr().unwrap());
        setrlimit(Resource::RLIMIT_NOFILE, 40, 40).unwrap();
        greet(listener, Stats::default(), CancellationToken::new()).await;
    });
}

/// Streams go on when there are no descriptors left. Those that come wait, and get their turn when others have gone.
#[tokio::test]
async fn a_server_without_descriptors_keeps_its_streams() {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "server_with_few_descriptors",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(process.stderr.take().unwrap());
    let _process = Process(process);
    let address = said.lines().find_map(|line| {
        let line = line.unwrap();
        line.strip_prefix("listening on ")?.parse().ok()
    });
    let address: SocketAddr = address.expect("it listens");

    let mut waiting = JoinSet::new();
    for _ in 0..60 {
        waiting.spawn(open(address));
    }
    let mut served = Vec::new();
    // Fewer than forty: the listener and the runtime have some.
    while served.len() < 20 {
        served.push(waiting.join_next().await.unwrap().unwrap());
    }
    // The others come when there is room.
    while let Some(next) = waiting.join_next().await {
        drop(served.pop());
        served.push(next.unwrap());
    }
    for client in &served {
        let gone = client.try_read(&mut [0; 8]).map_err(|error| error.kind());
        assert_eq!(
            gone,
            Err(std::io::ErrorKind::WouldBlock),
            "a stream was ended"
        );
    }
}
