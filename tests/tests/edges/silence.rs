//! Connections that say nothing, or nothing whole.

use std::time::{Duration, Instant};

use serde_json::json;
use sse_gate_tests::frames::{Frame, FrameConnection, PREFACE};
use sse_gate_tests::{Connection, Request, Setup, h2};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// The limit in these tests, in milliseconds.
const LIMIT: u64 = 1_200;

/// What a silent client has sent, and what it sends again and again.
struct Client {
    what: &'static str,
    first: Vec<u8>,
    dripped: Vec<u8>,
}

fn clients() -> Vec<Client> {
    let settings = || {
        let mut bytes = PREFACE.to_vec();
        bytes.extend(Frame::settings(&[]).bytes());
        bytes
    };
    let after_settings = |frame: Frame, cut: usize| {
        let mut bytes = settings();
        let frame = frame.bytes();
        bytes.extend(&frame[..frame.len() - cut]);
        bytes
    };
    let get = |stream| Frame::request(stream, "GET", "/healthz", &[]);
    let mut unended = get(1);
    // Without END_HEADERS: a CONTINUATION is to follow.
    unended.flags = 1;
    let client = |what, first: &[u8], dripped: &[u8]| Client {
        what,
        first: first.to_vec(),
        dripped: dripped.to_vec(),
    };
    let more = Frame::new(9, 0, 1, vec![0, 1, b'x', 1, b'y']).bytes();
    vec![
        client("nothing", b"", b""),
        client("half a preface", b"PRI * HTTP/2.0\r\n", b""),
        client("one byte of a preface", b"P", b""),
        client("half a head", b"GET /healthz HTTP/1.1\r\nHost: ss", b""),
        client(
            "a head that drips",
            b"GET /healthz HTTP/1.1\r\n",
            b"x: y\r\n",
        ),
        client("a head that begins to drip", b"", b"G"),
        client("empty lines", b"\r\n", b"\r\n"),
        client("a preface", PREFACE, b""),
        client("settings", &settings(), b""),
        client("half settings", &settings()[..28], b""),
        client("pings", &settings(), &Frame::ping().bytes()),
        client("windows", &settings(), &Frame::window_update(0, 1).bytes()),
        client("half a head in HTTP/2", &after_settings(get(1), 4), b""),
        client(
            "a head without an end",
            &after_settings(unended.clone(), 0),
            b"",
        ),
        client("a head that goes on", &after_settings(unended, 0), &more),
        client(
            "nothing after a request",
            &Request::get("/healthz").bytes(),
            b"",
        ),
        client(
            "half a second request",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET",
            b"",
        ),
        client("a request in HTTP/2", &after_settings(get(1), 0), b""),
    ]
}

/// G4, G20: within the limit the connection is closed, whatever drips in.
pub(crate) async fn a_silent_connection_ends(setup: Setup) {
    let server = setup.arg("silence-timeout", LIMIT).start();
    let mut ends = JoinSet::new();
    for client in clients() {
        let addr = server.addr();
        ends.spawn(async move {
            let mut connection = FrameConnection::silent(addr).await;
            connection.send_bytes(&client.first).await;
            let start = Instant::now();
            let limit = Duration::from_millis(5 * LIMIT);
            while timeout(Duration::from_millis(100), connection.closed())
                .await
                .is_err()
            {
                assert!(start.elapsed() < limit, "{} is not closed", client.what);
                connection.send_bytes(&client.dripped).await;
            }
            let least = Duration::from_millis(LIMIT / 2);
            assert!(
                start.elapsed() > least,
                "{} is closed too soon",
                client.what
            );
        });
    }
    ends.join_all().await;
}

/// G20: a stream that is open is a request under way, however long nothing is said on it.
pub(crate) async fn a_stream_is_no_silence(setup: Setup) {
    let server = setup.arg("silence-timeout", LIMIT).start();
    let alice = server.user("alice");
    let (one, two) = (alice.join("news").await, alice.join("news").await);
    let mut over_http1 = server.open(&one.request()).await;
    over_http1.next().await.expect("sse.open");
    let connection = h2::Connection::open(server.addr()).await;
    let over_http2 = connection.ask(&two.target, &[]).await;
    assert_eq!(over_http2.status(), 200);
    // Twice the time after which a silent connection is gone.
    let mut silent = Connection::open(server.addr()).await;
    assert!(silent.is_closed().await);
    sleep(Duration::from_millis(LIMIT)).await;
    alice.publish("news", &json!(1)).await;
    assert_eq!(over_http1.next().await.expect("an event").json(), 1);
    let health = connection.request("GET", "/healthz", &[], "").await;
    assert_eq!(health.expect("it is open").status(), 200);
}
