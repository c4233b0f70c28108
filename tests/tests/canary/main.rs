//! Secrets are planted wherever a client can put them, and looked for wherever a server writes.

mod resumable;

use std::time::Duration;

use serde_json::json;
use sse_gate_tests::{
    Minted, Request, Response, Secrets, Server, Setup, User, for_each_setup, h2, jwt,
};

/// A server that logs all there is to log, and what was planted and written so far.
struct Canary<'s> {
    server: &'s Server,
    secrets: Secrets,
    /// What clients were answered, and every series.
    written: Vec<u8>,
}

impl Canary<'_> {
    /// A fresh token, planted.
    async fn token(&mut self, user: &User<'_>, id: &str) -> Minted {
        let minted = user.mint(id).await;
        self.secrets.plant_token(&minted.token);
        minted
    }

    /// Sends a request, and keeps what it is answered.
    async fn send(&mut self, request: &Request) -> u16 {
        let response = self.server.connect().await.exchange_if_any(request).await;
        let status = response.as_ref().map_or(0, |response| response.status);
        self.keep(response);
        status
    }

    fn keep(&mut self, response: Option<Response>) {
        let Some(Response { headers, body, .. }) = response else {
            return;
        };
        for (name, value) in headers {
            self.written.extend(format!("{name}: {value}\n").bytes());
        }
        self.written.extend(body);
    }
}

/// D5, D6, D7, D8, D9: tokens, JWTs, resume ids, messages and events, on every way that a request
/// can take, whole and broken; and `JWT_SECRET`. None of it is in any byte of the log at `trace`, of `/metrics`, or of any
/// answer but the one that gives a token out.
async fn nothing_is_written_that_opens_anything(setup: Setup) {
    let mut server = setup.log("trace").start();
    let (secrets, written) = planted(&server).await;
    assert!(secrets.len() > 50, "only {} were planted", secrets.len());
    server.terminate();
    server.ended(Duration::from_secs(5)).await.expect("it ends");
    let log = server.log().bytes();
    let text = server.log().text();
    assert!(
        text.contains("/stream") && text.contains("-/stop") && text.contains("TRACE"),
        "it logged too little"
    );
    assert!(!text.contains("panicked"), "a thread panicked");
    for (what, bytes) in [("the log", log), ("an answer", written)] {
        let leak = secrets.leak(&bytes);
        assert!(leak.is_none(), "in {what}: {}", leak.unwrap_or_default());
    }
}

/// Plants them all; what they were, and what was answered.
async fn planted(server: &Server) -> (Secrets, Vec<u8>) {
    let (secrets, written) = (Secrets::default(), Vec::new());
    let mut canary = Canary {
        server,
        secrets,
        written,
    };
    canary.secrets.plant(jwt::SECRET);
    let alice = server.user("alice");
    canary.secrets.plant_jwt(&alice.jwt);
    let id = alice.finish().await;
    shown_as_they_should_be(&mut canary, &alice, &id).await;
    shown_in_wrong_ways(&mut canary, &alice, &id).await;
    shown_in_broken_requests(&mut canary, &alice, &id).await;
    jwts(&mut canary, &alice, &id).await;
    resumable::planted(&mut canary, &server.user("dora")).await;
    canary.send(&Request::get("/metrics")).await;
    (canary.secrets, canary.written)
}

async fn shown_as_they_should_be(canary: &mut Canary<'_>, alice: &User<'_>, id: &str) {
    let minted = canary.token(alice, id).await;
    assert_eq!(canary.send(&minted.request()).await, 200);
    assert_eq!(canary.send(&minted.request()).await, 401);
    let minted = canary.token(alice, id).await;
    let target = minted.target();
    let connection = h2::Connection::open(canary.server.addr()).await;
    assert_eq!(connection.stream(&target, &[]).await.status(), 200);
    let refused = connection.stream(&target, &[]).await;
    canary.written.extend(refused.body());
    // A client that goes away, at once and in the middle of a stream.
    let minted = canary.token(alice, id).await;
    canary
        .server
        .connect()
        .await
        .send(&minted.request().bytes())
        .await;
    let minted = canary.token(alice, id).await;
    drop(canary.server.open(&minted.request()).await);
}

/// Makes a request that shows a token.
type Show = fn(&Minted) -> Request;

/// Requests that show a token as it should not be shown, or in an odd way, and their answers.
const WRONG_WAYS: [(Show, u16); 22] = [
    (|it| it.request().method("HEAD"), 405),
    (|it| it.request().method("OPTIONS"), 200),
    (|it| it.request().method("POST"), 405),
    (|it| it.request().method("TRACE"), 405),
    (|it| it.request().body("x"), 400),
    (
        |it| {
            it.request()
                .header("Upgrade", "websocket")
                .header("Connection", "Upgrade")
        },
        200,
    ),
    (|it| it.request().header("Early-Data", "1"), 425),
    (|it| it.request().header("Sec-Purpose", "prefetch"), 403),
    (|it| it.request().header("Sec-Fetch-Dest", "document"), 403),
    (|it| it.request().without("Accept"), 406),
    (
        |it| {
            it.request()
                .target(format!("{}&token={}", it.target(), it.token))
        },
        400,
    ),
    (
        |it| {
            it.request()
                .target(format!("{}?%74oken={}x", it.stream_url, it.token))
        },
        401,
    ),
    (
        |it| {
            it.request()
                .target(format!("{}?token={}%20", it.stream_url, it.token))
        },
        401,
    ),
    (
        |it| {
            it.request()
                .target(format!("{}?token={}", it.stream_url, it.token.repeat(40)))
        },
        401,
    ),
    (
        |it| {
            it.request()
                .target(format!("{}&pad={}", it.target(), "x".repeat(8_000)))
        },
        414,
    ),
    (
        |it| {
            it.request().target(format!(
                "/generations/generate/none/stream?token={}",
                it.token
            ))
        },
        401,
    ),
    (|it| it.request().bearer(&it.token), 400),
    (
        |it| it.request().header("Cookie", format!("token={}", it.token)),
        400,
    ),
    (|it| Request::stream(&*it.stream_url).bearer(&it.token), 401),
    (
        |it| Request::stream(&*it.stream_url).header("Cookie", it.token.clone()),
        401,
    ),
    (
        |it| {
            it.request()
                .target(format!("http://sse.test{}", it.target()))
        },
        200,
    ),
    (
        |it| it.request().target(format!("{}#{}", it.target(), it.token)),
        200,
    ),
];

async fn shown_in_wrong_ways(canary: &mut Canary<'_>, alice: &User<'_>, id: &str) {
    for (at, (change, status)) in WRONG_WAYS.into_iter().enumerate() {
        let minted = canary.token(alice, id).await;
        assert_eq!(canary.send(&change(&minted)).await, status, "change {at}");
        // Those that are good still would fill alice's places.
        canary.send(&minted.request()).await;
    }
    for (name, status) in [("bob", 401), ("carol", 401)] {
        let user = canary.server.user(name);
        let theirs = user.finish().await;
        let minted = canary.token(&user, &theirs).await;
        let target = format!("/generations/generate/{id}/stream?token={}", minted.token);
        assert_eq!(
            canary.send(&Request::stream(target)).await,
            status,
            "{name}"
        );
    }
}

async fn shown_in_broken_requests(canary: &mut Canary<'_>, alice: &User<'_>, id: &str) {
    for ending in [
        " HTTP/1.1\r\nHost: sse.test\r\nno header\r\n\r\n",
        " HTTP/7.7\r\nHost: sse.test\r\n\r\n",
        "\0 HTTP/1.1\r\nHost: sse.test\r\n\r\n",
        " HTTP/1.1\r\nHost: sse.test\r\nContent-Length: x\r\n\r\n",
        " HTTP/1.1\r\nHost: sse",
        "",
    ] {
        let minted = canary.token(alice, id).await;
        let mut connection = canary.server.connect().await;
        connection
            .send(format!("GET {}{ending}", minted.target()).as_bytes())
            .await;
        if ending.ends_with("\r\n\r\n") {
            let response = connection.try_response(&minted.request()).await;
            assert!(
                response.as_ref().is_none_or(|it| it.status >= 400),
                "{ending}"
            );
            canary.keep(response);
        }
        drop(connection);
        canary.send(&minted.request()).await;
    }
}

async fn jwts(canary: &mut Canary<'_>, alice: &User<'_>, id: &str) {
    let url = format!("/generations/generate/{id}/stream");
    let mint = User::mint_path(id);
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let mut expired = jwt::claims("alice");
    expired["exp"] = json!(1);
    expired["jti"] = json!("one-that-has-expired");
    let mut odd = jwt::claims("alice");
    odd["exp"] = json!("a-date-that-is-a-text");
    let forged = jwt::signed_by(&"k".repeat(32), header, &jwt::claims("mallory").to_string());
    let all = [
        jwt::of("bob"),
        jwt::with_claims(&expired),
        jwt::with_claims(&odd),
        forged,
        jwt::signed(r#"{"alg":"none"}"#, &jwt::claims("nobody").to_string()),
        jwt::signed(header, "{\"sub\":\"no JSON after the first member"),
    ];
    for jwt in all {
        canary.secrets.plant_jwt(&jwt);
        for request in [
            Request::post(&*mint, "").bearer(&jwt),
            Request::post(&*mint, "").bearer(&jwt).bearer(&jwt),
            Request::post(&*mint, "").header("Authorization", format!("Basic {jwt}")),
            Request::post(&*mint, "").header("Authorization", format!("Bearer {jwt}, {jwt}")),
            Request::post(&*mint, "").header("Cookie", format!("jwt={jwt}")),
            Request::get(&*mint).bearer(&jwt),
            Request::get(format!("/generations/{id}")).bearer(&jwt),
            Request::new("POST", "/generations")
                .bearer(&jwt)
                .json(&json!({ "source": "no" })),
            Request::stream(format!("{url}?token={jwt}")),
            Request::stream(format!("{url}?token={jwt}&token={jwt}")),
            Request::stream(&*url).bearer(&jwt),
        ] {
            let status = canary.send(&request).await;
            assert!(status >= 400, "{request:?}: {status}");
        }
    }
    let text = alice
        .mint_request(id)
        .header("Content-Type", "text/plain")
        .body("x");
    assert_eq!(canary.send(&text).await, 415);
    let wrong = alice.post(&mint, &json!({ "last_event_id": "no" })).await;
    assert_eq!(wrong.status, 422);
    canary.keep(Some(wrong));
    let body = json!({ "username": "alice", "password": "demo" });
    let login = Request::new("POST", "/demo/login").json(&body);
    let login = canary.server.send(&login).await;
    canary
        .secrets
        .plant_jwt(login.json()["access_token"].as_str().expect("a JWT"));
}

macro_rules! canaries {
    ($setup:ident, $program:expr, $store:literal) => {
        mod $setup {
            use sse_gate_tests::Setup;

            #[tokio::test]
            async fn nothing_is_written_that_opens_anything_in_text() {
                let setup = Setup::new($program, $store).arg("log-format", "text");
                crate::nothing_is_written_that_opens_anything(setup).await;
            }

            #[tokio::test]
            async fn nothing_is_written_that_opens_anything_in_json() {
                let setup = Setup::new($program, $store).arg("log-format", "json");
                crate::nothing_is_written_that_opens_anything(setup).await;
            }
        }
    };
}
for_each_setup!(canaries);
