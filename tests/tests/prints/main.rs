//! What a program prints without wanting to: the `Debug` of everything that carries a secret, and
//! the message of a panic.

mod resumable;

use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Write};
use std::panic;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, OriginalUri, Request};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, Empty, Full};
use sse_gate::core::{Token, TokenGate};
use sse_gate::mint::{Authenticator, Bearer, Denied, MintRequest, MintService};
use sse_gate::{
    Event, Gate, GateLayer, GateRejection, GrantRequest, Granted, JwtAuthenticator, JwtKey, Limits,
    MemoryStore, Problem, Resource, SharedStore, SseBody, SseRoute, StreamSlots, StripTokenLayer,
    Subject, TokenStore,
};
use sse_gate_moka::MokaStore;
use sse_gate_tests::{Secrets, jwt};
use tower::{Layer, Service, ServiceExt, service_fn};

const PAYLOAD: &str = "what-the-user-asked-the-machine";

/// What was printed, and what must not have been.
#[derive(Default)]
struct Prints {
    text: String,
    secrets: Secrets,
    numbers: Vec<String>,
}

impl Prints {
    fn print(&mut self, it: &dyn Debug) {
        let _ = writeln!(self.text, "{it:?}\n{it:#?}");
    }

    fn print_error(&mut self, error: &dyn Error) {
        let mut next = Some(error);
        while let Some(error) = next {
            let _ = writeln!(self.text, "{error} {error:?} {error:#?}");
            next = error.source();
        }
    }

    fn plant(&mut self, secret: &str) {
        self.secrets.plant(secret);
        // As a list of bytes is printed, in one line and in many.
        for four in secret.as_bytes().windows(4) {
            let four: Vec<_> = four.iter().map(ToString::to_string).collect();
            self.numbers.push(four.join(", "));
        }
    }

    fn expect_nothing_leaked(&self) {
        let leak = self.secrets.leak(self.text.as_bytes());
        assert!(leak.is_none(), "{}", leak.unwrap_or_default());
        let numbers: String = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let leak = self.numbers.iter().find(|four| numbers.contains(*four));
        assert!(leak.is_none(), "the bytes {leak:?}");
    }
}

fn resource() -> Resource {
    route().resource(["7"]).expect("a resource")
}

fn route() -> SseRoute {
    SseRoute::new("/streams/{id}").expect("a pattern")
}

fn grant() -> GrantRequest {
    let subject = Subject::new("alice").expect("a subject");
    let grant = GrantRequest::new(subject, resource());
    grant.with_payload(PAYLOAD).expect("a payload")
}

async fn token(gate: &Gate, prints: &mut Prints) -> String {
    let issued = gate.issue(grant()).await.expect("a token");
    prints.print(&issued);
    printed(issued.token(), prints)
}

fn printed(token: &Token, prints: &mut Prints) -> String {
    prints.plant(&token.expose()[6..49]);
    prints.print(token);
    token.expose().to_owned()
}

fn request(token: &str) -> Request {
    Request::get(format!("/streams/7?token={token}"))
        .header("accept", "text/event-stream")
        .body(Body::empty())
        .expect("a request")
}

/// D6, D8: the core, with tokens and payloads in it.
#[tokio::test]
async fn the_core_prints_no_secret() {
    let mut prints = Prints::default();
    prints.plant(PAYLOAD);
    prints.print(&Gate::builder());
    let kept = Arc::new(MemoryStore::default());
    let gate = TokenGate::new(Arc::clone(&kept));
    let issued = gate.issue(grant()).await.expect("a token");
    prints.print(&issued);
    prints.print(&issued.key());
    let shown = printed(issued.token(), &mut prints);
    let key = gate.issue(grant()).await.expect("a token").key();
    let entry = kept.take(key).await.expect("a store").expect("an entry");
    let store = SharedStore::new(MemoryStore::default());
    let inserted = store
        .insert(key, entry.clone(), Duration::from_secs(60))
        .await;
    inserted.expect("room");
    let again = store
        .insert(key, entry.clone(), Duration::from_secs(60))
        .await;
    prints.print_error(&again.expect_err("it is there"));
    let moka = MokaStore::new(Limits::default());
    moka.insert(key, entry.clone(), Duration::from_secs(60))
        .await
        .expect("room");
    let erased = gate.erased();
    let presented = erased.begin(&shown, &resource()).expect("a good spelling");
    prints.print(&erased.take(&presented));
    for it in [
        &gate as &dyn Debug,
        &erased,
        &presented,
        &entry,
        &store,
        &moka,
        &grant(),
    ] {
        prints.print(it);
    }
    let malformed = gate.begin(&shown[1..], &resource()).expect_err("no token");
    prints.print_error(&malformed);
    let granted = gate.redeem(&shown, &resource()).await.expect("a grant");
    prints.print(&granted);
    let typed: Result<u8, _> = granted.payload();
    let _ = write!(prints.text, "{}", typed.expect_err("it is a text"));
    prints.print_error(
        &gate
            .redeem(&shown, &resource())
            .await
            .expect_err("it is spent"),
    );
    let full = TokenGate::new(MemoryStore::new(Limits::default().with_tokens(0)));
    prints.print_error(&full.issue(grant()).await.expect_err("no room"));
    prints.expect_nothing_leaked();
}

/// D6, D8: the layers, their futures and bodies, and what they hand to handlers.
#[tokio::test]
async fn the_layers_print_no_secret() {
    let mut prints = Prints::default();
    prints.plant(PAYLOAD);
    let gate = Gate::in_memory();
    let slots = StreamSlots::default();
    let layer = GateLayer::new(&gate, route()).with_slots(slots.clone());
    let inner: Arc<Mutex<String>> = Arc::default();
    let handler = service_fn({
        let inner = Arc::clone(&inner);
        move |request: http::Request<Empty<Bytes>>| {
            let granted = request.extensions().get::<Granted>().expect("a grant");
            let text = format!("{request:?} {:?} {granted:#?}", request.extensions());
            inner.lock().expect("nobody panics here").push_str(&text);
            std::future::ready(Ok::<_, Infallible>(
                SseBody::new(stream::iter([Ok::<_, Infallible>(
                    Event::new().data("public"),
                )]))
                .into_response(),
            ))
        }
    });
    let shown = token(&gate, &mut prints).await;
    let strip = StripTokenLayer::new([route()]);
    let mut service = strip.layer(layer.layer(handler));
    for it in [&slots as &dyn Debug, &layer, &strip, &route()] {
        prints.print(it);
    }
    let request = |shown: &str| {
        let (parts, _) = request(shown).into_parts();
        http::Request::from_parts(parts, Empty::<Bytes>::new())
    };
    let calling = service.call(request(&shown));
    prints.print(&calling);
    let response = calling.await.expect("a response");
    assert_eq!(response.status(), 200);
    prints.print(&response);
    drop(response.into_body().collect().await.expect("a body"));
    let refused = service.call(request(&shown)).await.expect("a response");
    assert_eq!(refused.status(), 401);
    prints.print(&refused);
    prints.print(&GateRejection::BadToken);
    prints.text += &inner.lock().expect("nobody panics here");
    prints.expect_nothing_leaked();
}

/// D6, C1: the mint service and everything that an authorizer gets to see of a request.
#[tokio::test]
async fn the_mint_prints_no_secret() {
    let mut prints = Prints::default();
    prints.plant(jwt::SECRET);
    prints.plant(PAYLOAD);
    let jwt = jwt::of("alice");
    prints.plant(jwt.split_once('.').expect("three parts").1);
    let key = JwtKey::hs256(jwt::SECRET.as_bytes()).expect("a long secret");
    prints.print(&key);
    let authenticator = JwtAuthenticator::new(key, jwt::DEMO, jwt::DEMO).expect("a backend");
    prints.print(&authenticator);
    let printed: Arc<Mutex<String>> = Arc::default();
    let authorize = {
        let printed = Arc::clone(&printed);
        move |request: MintRequest| {
            let permit = request.permit().with_payload(PAYLOAD).expect("a payload");
            let text = format!("{request:?} {request:#?} {permit:?}");
            printed.lock().expect("nobody panics here").push_str(&text);
            std::future::ready(Ok::<_, Denied>(permit))
        }
    };
    let mut mint = MintService::new(
        &Gate::in_memory(),
        route(),
        authenticator.clone(),
        authorize,
    );
    prints.print(&mint);
    let request = http::Request::post("/streams/7/token")
        .header("authorization", format!("Bearer {jwt}"))
        .header("content-type", "application/json")
        .body(Full::<Bytes>::from(format!("{{\"prompt\":\"{PAYLOAD}\"}}")))
        .expect("a request");
    let (parts, ()) = request.clone().map(drop).into_parts();
    prints.print(&Bearer::of(&parts.headers).expect("a credential"));
    prints.print(
        &authenticator
            .authenticate(&parts)
            .await
            .expect("an identity"),
    );
    let calling = mint.call(request);
    prints.print(&calling);
    assert_eq!(calling.await.expect("a response").status(), 200);
    for bad in [
        format!("{jwt}x"),
        jwt[..jwt.len() - 9].to_owned(),
        jwt.replace('.', "~"),
    ] {
        let error = authenticator.verify(&bad).await.expect_err("no good JWT");
        prints.print_error(&error);
        prints.print(&Problem::from(&error));
    }
    prints.text += &printed.lock().expect("nobody panics here");
    prints.expect_nothing_leaked();
}

/// D5, D6: a handler that panics with all that it has in its message.
#[tokio::test]
async fn a_panic_prints_no_token() {
    let mut prints = Prints::default();
    let gate = Gate::in_memory();
    let shown = token(&gate, &mut prints).await;
    let messages: Arc<Mutex<String>> = Arc::default();
    let hook = panic::take_hook();
    panic::set_hook(Box::new({
        let messages = Arc::clone(&messages);
        move |panic| {
            let text = format!("{panic} {panic:?}");
            messages.lock().expect("nobody panics here").push_str(&text);
        }
    }));
    let handler = async |original: OriginalUri, matched: MatchedPath, request: Request| {
        if request.uri().path() == "/streams/7" {
            let extensions = request.extensions();
            panic!("{original:?} {matched:?} {request:?} {extensions:?}");
        }
    };
    let layer = GateLayer::new(&gate, route());
    let router = Router::new().route("/streams/{id}", get(handler).layer(layer));
    let app = StripTokenLayer::new([route()]).layer(router);
    let panicked = tokio::spawn(app.oneshot(request(&shown))).await;
    panic::set_hook(hook);
    prints.print_error(&panicked.expect_err("it panicked"));
    prints.text += &messages.lock().expect("nobody panics here");
    assert!(prints.text.contains("/streams/7"), "{}", prints.text);
    prints.expect_nothing_leaked();
}

/// D6: the test can tell a leak from none.
#[test]
fn a_leak_is_found() {
    let mut prints = Prints::default();
    prints.plant("0123456789abcdef");
    prints.expect_nothing_leaked();
    prints.print(&b"6789".to_vec());
    let found = panic::catch_unwind(panic::AssertUnwindSafe(|| prints.expect_nothing_leaked()));
    assert!(found.is_err(), "{}", prints.text);
}
