//! What belongs to the streams of the chat and the feed: messages, conversations, stream ids,
//! resume ids, what is published.

use serde_json::json;
use sse_gate_tests::{Event, Request, Ticket, User, h2};

use super::Canary;

/// Without a word that any document of the repository has.
const MESSAGE: &str = "wherefore doth yonder zephyr quibble o'er mine xylophone";
const CONVERSATION: &str = "conversation-qzxj-7719";
const PAYLOAD: &str = "vexed-nymphs-waltz-5521";

impl Canary<'_> {
    /// Opens a stream and reads so many events; their ids are planted, and the head is kept.
    async fn read(&mut self, request: &Request, count: usize) -> Vec<Event> {
        let mut stream = self.server.open(request).await;
        let events = stream.take(count).await;
        for event in &events {
            self.secrets
                .plant_resume_id(event.id.as_deref().expect("an id"));
        }
        self.keep(Some(stream.response.clone()));
        events
    }

    async fn ask(&mut self, user: &User<'_>) -> Ticket {
        let ticket = user.ask_chat(MESSAGE).await;
        self.secrets.plant_token(&ticket.token);
        ticket
    }

    async fn join(&mut self, user: &User<'_>) -> Ticket {
        let ticket = user.join("canaries").await;
        self.secrets.plant_token(&ticket.token);
        ticket
    }
}

/// Plants them all, and shows them as they should be shown, in wrong ways, and too late.
pub(crate) async fn planted(canary: &mut Canary<'_>, alice: &User<'_>) {
    for secret in [MESSAGE, CONVERSATION, PAYLOAD] {
        canary.secrets.plant(secret);
    }
    canary.secrets.plant_jwt(&alice.jwt);
    messages(canary, alice).await;
    let chat = canary.ask(alice).await;
    went_on_with(canary, &chat).await;
    stopped(canary, alice).await;
    let feed = canary.join(alice).await;
    went_on_with(canary, &feed).await;
    published(canary, alice).await;
    dropped(canary, alice).await;
}

/// Messages that are taken, and such as are not.
async fn messages(canary: &mut Canary<'_>, alice: &User<'_>) {
    let good = json!({ "message": MESSAGE, "session_id": CONVERSATION });
    let post = || Request::new("POST", User::INITIATE);
    let rows = [
        (post().bearer(&alice.jwt).body(good.to_string()), 415),
        (post().json(&good), 401),
        (post().bearer(&alice.jwt).bearer("x").json(&good), 400),
        (
            post()
                .bearer(&alice.jwt)
                .json(&json!({ "message": MESSAGE })),
            422,
        ),
        (post().bearer(&alice.jwt).json(&json!([MESSAGE])), 422),
        (
            post()
                .bearer(&alice.jwt)
                .json(&json!({ "message": MESSAGE.repeat(2_000), "session_id": CONVERSATION })),
            413,
        ),
        (post().method("PUT").bearer(&alice.jwt).json(&good), 405),
    ];
    for (request, status) in rows {
        let is = canary.send(&request).await;
        assert!(
            is == status || (400..=401).contains(&is),
            "{is}: {request:?}"
        );
    }
    let response = alice.post(User::INITIATE, &good).await;
    assert_eq!(response.status, 200, "{response:?}");
    let id = response.json()["stream_id"].as_str().map(str::to_owned);
    let id = id.expect("a text");
    canary.secrets.plant_token(&id);
    let request = Request::stream(format!("/api/chat/stream/{id}"));
    let head = canary.server.open(&request).await.response.clone();
    canary.keep(Some(head));
}

/// The id with another name for the key that it was made by.
fn other_key(id: &str) -> String {
    let (prefix, rest) = id.split_at("sser1.".len());
    let key = if rest.starts_with('x') { "y" } else { "x" };
    format!("{prefix}{key}{}", &rest[1..])
}

/// A stream that is opened, goes on, and is asked for with everything that is wrong.
async fn went_on_with(canary: &mut Canary<'_>, ticket: &Ticket) {
    let mut last = canary.read(&ticket.request(), 1).await.remove(0);
    let mut id = last.id.take().expect("an id");
    let half = &id[..id.len() / 2];
    let bad = [
        half.to_owned(),
        format!("{id}0"),
        other_key(&id),
        id.to_ascii_lowercase(),
        format!("{id} {id}"),
        id.repeat(40),
    ];
    for bad in bad {
        let status = canary.send(&ticket.resume(&bad)).await;
        assert_eq!(status, 401, "{bad}");
    }
    for (request, status) in [
        (ticket.request(), 401),
        (ticket.resume(&id).header("Last-Event-ID", id.clone()), 400),
        (ticket.resume(&id).method("HEAD"), 405),
        (ticket.resume(&id).method("POST"), 405),
        (ticket.resume(&id).header("Sec-Purpose", "prefetch"), 403),
        (ticket.resume(&id).without("Accept"), 406),
        (ticket.request().bearer(&id), 400),
        (ticket.request().header("Cookie", format!("id={id}")), 401),
        (
            ticket
                .resume(&id)
                .target(ticket.target.replace(&ticket.token, &id)),
            401,
        ),
        (
            Request::get("/healthz").header("Last-Event-ID", id.clone()),
            200,
        ),
        (
            Request::get("/nothing").header("Last-Event-ID", id.clone()),
            404,
        ),
    ] {
        assert_eq!(canary.send(&request).await, status, "{request:?}");
    }
    let again = canary.read(&ticket.resume(&id), 1).await.remove(0);
    let older = std::mem::replace(&mut id, again.id.expect("an id"));
    let connection = h2::Connection::open(canary.server.addr()).await;
    let head = connection
        .head(&ticket.target, &[("last-event-id", &id)])
        .await;
    assert_eq!(head.status(), 200);
    // A copy of an old one closes the session; afterwards it is gone.
    assert_eq!(canary.send(&ticket.resume(&older)).await, 401);
    assert_eq!(canary.send(&ticket.resume(&id)).await, 204);
}

async fn stopped(canary: &mut Canary<'_>, alice: &User<'_>) {
    let bob = canary.server.user("bob");
    canary.secrets.plant_jwt(&bob.jwt);
    let ticket = canary.ask(alice).await;
    canary.read(&ticket.request(), 1).await;
    let path = format!("/api/chat/stream/{}/stop", ticket.token);
    for request in [
        Request::get(&*path),
        Request::post(&*path, ""),
        Request::post(&*path, "").bearer(&bob.jwt),
        Request::post(&*path, "").bearer(&alice.jwt),
        Request::post(&*path, "").bearer(&alice.jwt),
    ] {
        canary.send(&request).await;
    }
}

async fn published(canary: &mut Canary<'_>, alice: &User<'_>) {
    let ticket = canary.join(alice).await;
    let reading = canary.server.open(&ticket.request()).await;
    let path = "/topics/canaries/publish";
    let post = |body: String| Request::post(path, body).bearer(&alice.jwt);
    let good = json!({ "text": PAYLOAD }).to_string();
    for (request, status) in [
        (post(good.clone()), 202),
        (post(format!("{{{PAYLOAD}")), 422),
        (post(format!("\"{}\"", PAYLOAD.repeat(1_000))), 413),
        (Request::post(path, good.clone()), 401),
        (post(good).target("/topics/a%20b/publish"), 404),
    ] {
        assert_eq!(canary.send(&request).await, status, "{request:?}");
    }
    drop(reading);
}

async fn dropped(canary: &mut Canary<'_>, alice: &User<'_>) {
    let ticket = canary.join(alice).await;
    let id = canary.read(&ticket.request(), 1).await.remove(0).id;
    for stream in [ticket.token.clone(), id.expect("an id"), ticket.token + "x"] {
        let body = json!({ "stream": stream });
        let request = Request::new("POST", "/demo/drop").bearer(&alice.jwt);
        canary.send(&request.json(&body)).await;
        canary
            .send(&Request::new("POST", "/demo/drop").json(&body))
            .await;
    }
}
