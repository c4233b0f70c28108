//! Targets without a path.

use serde_json::json;
use sse_gate_tests::frames::{Frame, FrameConnection};
use sse_gate_tests::{Connection, EventStream, Request, Server, Setup};

/// A stream that is open on another connection, and goes on.
struct Witness<'s> {
    server: &'s Server,
    stream: EventStream,
}

impl<'s> Witness<'s> {
    async fn new(server: &'s Server) -> Self {
        let ticket = server.user("alice").join("news").await;
        let mut stream = server.open(&ticket.request()).await;
        stream.next().await.expect("sse.open");
        Self { server, stream }
    }

    async fn stays_untouched(mut self) {
        let alice = self.server.user("alice");
        alice.publish("news", &json!("still there")).await;
        let event = self.stream.next().await.expect("the stream goes on");
        assert_eq!(event.json(), "still there");
        let log = self.server.log().text();
        assert!(!log.contains("panicked"), "{log}");
    }
}

/// A17: 4xx or no answer at all, nothing panics, and no other connection notices.
pub(crate) async fn a_target_without_a_path_is_refused_over_http1(setup: Setup) {
    let server = setup.start();
    let witness = Witness::new(&server).await;
    let methods = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "X",
    ];
    let targets = [
        "a",
        "sse.test:80",
        "[::1]:80",
        "user@sse.test:80",
        "*",
        "?x",
        "?token=x",
        "#x",
        "%2F",
        "",
        "//",
        "http:",
        "http:/",
        "http://",
        "a/b",
        "\u{e9}",
    ];
    for method in methods {
        for target in targets {
            for version in ["HTTP/1.1", "HTTP/1.0"] {
                let request = Request::new(method, target);
                let text = String::from_utf8(request.bytes()).expect("a text");
                let text = text.replacen("HTTP/1.1", version, 1);
                let mut connection = Connection::open(server.addr()).await;
                connection.send(text.as_bytes()).await;
                let response = connection.try_response(&request).await;
                let status = response.as_ref().map(|it| it.status);
                let refused = status.is_none_or(|status| (400..500).contains(&status));
                // A preflight asks with any path.
                let is_path = target.starts_with('/') && method == "OPTIONS";
                assert!(
                    refused || is_path,
                    "{method} {target} {version}: {response:?}"
                );
            }
        }
    }
    // An absolute target without a path means the root (RFC 9110 §4.2.3).
    for target in ["http://sse.test", "http://sse.test/", "http://sse.test?x"] {
        assert_eq!(
            server.send(&Request::get(target)).await.status,
            200,
            "{target}"
        );
    }
    witness.stays_untouched().await;
}

/// A17: the same where the path is a field of its own, empty, odd or not there. A head that is
/// none resets its stream; the connection's other streams go on.
pub(crate) async fn a_target_without_a_path_is_refused_over_http2(setup: Setup) {
    let server = setup.start();
    let witness = Witness::new(&server).await;
    let mut connection = FrameConnection::open(server.addr(), &[]).await;
    let fields = |method, path: Option<&'static str>, scheme| {
        let mut fields = vec![(":method", method), (":authority", "sse.test:1")];
        fields.extend(path.map(|path| (":path", path)));
        if scheme {
            fields.push((":scheme", "http"));
        }
        fields
    };
    let mut stream = 1;
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "CONNECT", "X"] {
        for path in [
            None,
            Some(""),
            Some("*"),
            Some("a"),
            Some("?x"),
            Some("sse.test:1"),
        ] {
            for scheme in [true, false] {
                let fields = fields(method, path, scheme);
                let head = Frame::headers(stream, &fields, true);
                connection.send(&[head]).await;
                let status = connection.status(stream).await;
                assert!(
                    status.is_err() || status.is_ok_and(|it| (400..500).contains(&it)),
                    "{fields:?}: {status:?}"
                );
                let next = Frame::request(stream + 2, "GET", "/healthz", &[]);
                connection.send(&[next]).await;
                assert_eq!(connection.status(stream + 2).await, Ok(200), "{fields:?}");
                stream += 4;
            }
        }
    }
    witness.stays_untouched().await;
}
