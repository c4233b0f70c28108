//! Both transports against servers that never come to an end: no time limit of the client is stretched.

#![cfg(all(feature = "hyper", feature = "reqwest"))]

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use sse_gate_client::{
    Direct, EventSource, HyperTransport, MintEachTime, ReqwestTransport, RetryReason, Settings,
    State, TokenSource, Transport, Update,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

/// What a server sends first, and again and again, with pauses.
#[derive(Clone, Copy)]
struct Drip {
    first: &'static str,
    again: &'static str,
    pause: Duration,
}

impl Drip {
    const fn new(first: &'static str, again: &'static str) -> Self {
        Self {
            first,
            again,
            pause: Duration::from_millis(20),
        }
    }
}

/// A server that drips on each connection.
async fn serve(drip: Drip) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 8192];
                let _ = socket.read(&mut head).await;
                let mut sent = socket.write_all(drip.first.as_bytes()).await;
                while sent.is_ok() {
                    sleep(drip.pause).await;
                    sent = socket.write_all(drip.again.as_bytes()).await;
                }
            });
        }
    });
    format!("http://{addr}/")
}

/// The limit that a case is about.
const SHORT: Duration = Duration::from_millis(300);

/// The limit of what comes at once, if the machine is not busy.
const LONG: Duration = Duration::from_secs(60);

/// Why the client waits first, with this limit for answers.
async fn first_wait(
    transport: impl Transport,
    tokens: impl TokenSource,
    answer: Duration,
) -> RetryReason {
    let settings = Settings::new()
        .with_answer_limit(answer)
        .with_heartbeat(SHORT);
    let start = Instant::now();
    let mut source = EventSource::with_settings(transport, tokens, settings);
    let wait = async {
        loop {
            let update = source.next().await.expect("an update");
            if let Update::State(State::Waiting(it)) = update.expect("no error") {
                return it.reason();
            }
        }
    };
    let reason = timeout(Duration::from_secs(10), wait).await;
    let reason = reason.expect("a limit is stretched");
    assert!(start.elapsed() < Duration::from_secs(5), "{reason:?}");
    reason
}

async fn check(transport: impl Transport + Clone) {
    let direct = |url: &str| Direct::new(url).expect("it is a URL");
    for (drip, answer, expected) in [
        // A head that has one more byte each time.
        (
            Drip::new("HTTP/1.1 200 OK\r\nx: ", "x"),
            SHORT,
            RetryReason::NoAnswer,
        ),
        // Answers before the answer, without end.
        (
            Drip::new("", "HTTP/1.1 100 Continue\r\n\r\n"),
            SHORT,
            RetryReason::NoAnswer,
        ),
        // A chunk whose size line never ends: bytes come, but the stream has none of them.
        (
            Drip::new(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n5",
                ";",
            ),
            LONG,
            RetryReason::Silent,
        ),
        // A head of megabytes.
        (
            Drip {
                first: "HTTP/1.1 200 OK\r\n",
                again: format!("x: {}\r\n", "x".repeat(100_000)).leak(),
                pause: Duration::from_millis(1),
            },
            LONG,
            RetryReason::Connection,
        ),
    ] {
        let url = serve(drip).await;
        let reason = first_wait(transport.clone(), direct(&url), answer).await;
        assert_eq!(reason, expected, "{:?}", drip.first);
    }
    // The answer of a mint, without end.
    let url = serve(Drip::new(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{",
        " ",
    ));
    let mint = MintEachTime::new(&url.await).expect("it is a URL");
    assert_eq!(
        first_wait(transport, mint, SHORT).await,
        RetryReason::Source
    );
}

/// H5, H8
#[tokio::test]
async fn hyper_is_not_kept_waiting() {
    check(HyperTransport::new().expect("there are roots")).await;
}

/// H5, H8
#[tokio::test]
async fn reqwest_is_not_kept_waiting() {
    check(ReqwestTransport::new().expect("TLS can be set up")).await;
}
