//! `Last-Event-ID`, through the layer of a resumable route.

use std::convert::Infallible;
use std::pin::{Pin, pin};

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::ACCEPT;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use sse_gate::admission::ResponseBody;
use sse_gate::sessions::backend::LogEnd;
use sse_gate::{
    Event, Gate, GateLayer, GrantRequest, Log, Logs, ResumableBody, ResumableStream, Sessions,
    SseRoute, StripTokenLayer, Subject,
};
use tower::{Layer, ServiceExt};

/// How many events there are.
const LAST: u64 = 3;

/// Whatever stands in `Last-Event-ID`, beside whichever token: a client goes on exactly if both are
/// of one session, and it is told to stop exactly if it also has had everything. What names the
/// library's ids and is not one of these counts for nothing: a fresh token beside it opens its stream,
/// any other gets the answer to any bad token, to the byte. Of several ids none counts, and a token
/// that is spent has too many beside it. No other session is changed.
///
/// The first byte says which token is shown and whether the streams have ended. The rest is the
/// header, or several, one a line; `{A}` and `{B}` stand for the ids of two clients, `{O}` for the
/// one that the first has used before.
pub fn last_event_id(data: &[u8]) {
    let Some((choice, header)) = data.split_first() else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime").block_on(async {
        let (token, has_ended) = (choice % 5, choice / 5 % 2 == 1);
        hold(usize::from(token), has_ended, header);
    });
}

type Answer = Response<ResponseBody<ResumableBody>>;

/// A route, and a log that everybody reads.
struct Scene {
    gate: Gate,
    sessions: Sessions,
    route: SseRoute,
    log: Log,
}

/// A client that was cut off or not, and what it holds.
struct Client {
    token: String,
    id: String,
    body: Pin<Box<ResponseBody<ResumableBody>>>,
}

fn hold(token: usize, has_ended: bool, template: &[u8]) {
    let scene = Scene::new();
    let mut alice = scene.client("alice");
    let mut bob = scene.client("bob");
    for _ in 0..LAST {
        now(scene.log.append(&Event::new().data("x"))).expect("there is room");
    }
    let old = alice.id.clone();
    alice = alice.goes_on(&scene);
    bob.read();
    if has_ended {
        now(scene.log.end(LogEnd::Complete)).expect("a log ends");
    }
    let fresh = scene.token("alice");
    let marks = [("{A}", &alice.id), ("{B}", &bob.id), ("{O}", &old)];
    let Some(ids) = headers(template, &marks) else {
        return;
    };
    let tokens = [&alice.token, &fresh, &bob.token, "sset1_x"];
    let shown = tokens.get(token).copied();
    let answer = scene.ask(shown, &ids);

    let is_claimed = ids.iter().any(|id| id.as_bytes().starts_with(b"sser1."));
    let good = [(&alice, &alice.id), (&alice, &old), (&bob, &bob.id)];
    let good = good.iter().find_map(|(client, id)| match &*ids {
        [shown_id] if shown == Some(&client.token) => {
            sequence(shown_id.as_bytes(), id).map(|seq| (client.token.clone(), seq))
        }
        _ => None,
    });
    let expected = match (&good, shown) {
        (Some((_, seq)), _) if has_ended && *seq >= LAST => 204,
        (Some(_), _) => 200,
        (None, Some(shown)) if *shown == fresh => 200,
        (None, Some(shown)) if is_claimed && ids.len() > 1 && shown != "sset1_x" => 400,
        _ => 401,
    };
    let context = || (ids.clone(), token, has_ended);
    assert_eq!(answer.status().as_u16(), expected, "{:?}", context());
    if expected == 401 {
        let bad = shown.map(|_| "x");
        assert_eq!(whole(answer), whole(scene.ask(bad, &[])), "{:?}", context());
    }
    let was_spent = expected == 200 && good.is_none();
    assert_eq!(scene.is_fresh(&fresh), !was_spent, "{:?}", context());
    let who = good.filter(|_| expected == 200).map(|(token, _)| token);
    for client in [&mut alice, &mut bob] {
        let is_replaced = who.as_ref() == Some(&client.token);
        let is_over = client.read();
        assert_eq!(is_over, is_replaced || has_ended, "{:?}", context());
    }
}

/// The headers of a template, if they can be sent.
fn headers(template: &[u8], marks: &[(&str, &String)]) -> Option<Vec<HeaderValue>> {
    let lines = template.split(|byte| *byte == b'\n');
    let filled = lines.map(|line| {
        let mut line = line.to_vec();
        for (mark, id) in marks {
            while let Some(at) = line.windows(3).position(|part| part == mark.as_bytes()) {
                line.splice(at..at + 3, id.bytes());
            }
        }
        HeaderValue::from_bytes(&line).ok()
    });
    filled.collect()
}

/// The sequence of an id that is like `id` up to it.
fn sequence(shown: &[u8], id: &str) -> Option<u64> {
    let (prefix, _) = id.rsplit_once('.')?;
    let digits = shown.strip_prefix(prefix.as_bytes())?.strip_prefix(b".")?;
    let text = std::str::from_utf8(digits).ok()?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let has_one_spelling = text == "0" || !text.starts_with('0');
    let is_number = text.bytes().all(is_digit) && has_one_spelling;
    u64::from_str_radix(text, 36).ok().filter(|_| is_number)
}

/// An answer to the last byte.
fn whole(answer: Answer) -> (StatusCode, String, Bytes) {
    let (head, body) = answer.into_parts();
    let body = now(body.collect()).expect("a whole body").to_bytes();
    (head.status, format!("{:?}", head.headers), body)
}

/// What is there at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    pin!(future).now_or_never().expect("it waits for nobody")
}

impl Scene {
    fn new() -> Self {
        let gate = Gate::in_memory();
        Self {
            sessions: gate.new_sessions().expect("randomness"),
            gate,
            route: SseRoute::new("/streams/{id}").expect("a good pattern"),
            log: futures_util::FutureExt::now_or_never(Logs::default().create())
                .expect("memory is ready at once")
                .expect("randomness"),
        }
    }

    fn token(&self, subject: &str) -> String {
        let subject = Subject::new(subject).expect("a good name");
        let resource = self.route.resource(["7"]).expect("a short id");
        let issued = now(self.gate.issue(GrantRequest::new(subject, resource)));
        issued.expect("there is room").token().expose().to_owned()
    }

    fn is_fresh(&self, token: &str) -> bool {
        let resource = self.route.resource(["7"]).expect("a short id");
        now(self.gate.redeem(token, &resource)).is_ok()
    }

    fn ask(&self, token: Option<&str>, ids: &[HeaderValue]) -> Answer {
        let log = self.log.clone();
        let handler = tower::service_fn(move |request: Request<Empty<Bytes>>| {
            let stream = ResumableStream::of(request.extensions()).cloned();
            let log = log.clone();
            async move {
                let claimed = request.headers().get("last-event-id");
                let claimed = claimed.filter(|id| id.as_bytes().starts_with(b"sser1."));
                assert_eq!(claimed, None, "a handler sees an id");
                let body = stream.expect("the gate let it in").follow(&log).await;
                Ok::<_, Infallible>(body.expect("there is room").into_response())
            }
        });
        let layer = GateLayer::new(&self.gate, &self.route).resumable(&self.sessions);
        let service = StripTokenLayer::new([&self.route]).layer(layer.layer(handler));
        let query = token.map(|token| format!("?token={token}"));
        let uri = format!("/streams/7{}", query.unwrap_or_default());
        let mut request = Request::get(uri).header(ACCEPT, "text/event-stream");
        for id in ids {
            request = request.header("last-event-id", id);
        }
        let request = request.body(Empty::new()).expect("a good request");
        now(service.oneshot(request)).expect("infallible")
    }

    fn client(&self, subject: &str) -> Client {
        let token = self.token(subject);
        let body = Box::pin(self.ask(Some(&token), &[]).into_body());
        let mut client = Client {
            token,
            id: String::new(),
            body,
        };
        client.read();
        client
    }
}

impl Client {
    fn goes_on(self, scene: &Scene) -> Self {
        let id = HeaderValue::from_str(&self.id).expect("a safe id");
        let body = Box::pin(scene.ask(Some(&self.token), &[id]).into_body());
        let mut client = Self { body, ..self };
        client.read();
        client
    }

    /// Reads what is there; whether it was the last.
    fn read(&mut self) -> bool {
        loop {
            match self.body.frame().now_or_never() {
                None => return false,
                Some(None) => return true,
                Some(Some(frame)) => {
                    let data = frame.expect("infallible").into_data().unwrap_or_default();
                    let text = String::from_utf8(data.to_vec()).expect("text");
                    let mut lines = text.lines().rev();
                    if let Some(id) = lines.find_map(|line| line.strip_prefix("id: ")) {
                        id.clone_into(&mut self.id);
                    }
                }
            }
        }
    }
}
