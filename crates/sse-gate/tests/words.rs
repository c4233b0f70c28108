//! What debug prints show, and what is told of requests whose token was taken out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::error::Error;
use std::fmt::Debug;
use std::future::{Ready, ready};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::stream;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body as _;
use http_body_util::{BodyExt, Full};
use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, Permit};
use sse_gate::{
    Event, GrantRequest, MintService, SseBody, SseBodyError, SseRoute, StripTokenLayer,
    StrippedToken, Subject, TokenIn,
};
use support::{Body, World, get};
use tower::{Layer, Service, ServiceExt};

/// The print has these parts in it, and not the secret.
fn shows(value: &dyn Debug, parts: &[&str], secret: &str) {
    let print = format!("{value:?} {value:#?}");
    for part in parts {
        assert!(print.contains(part), "{part} is not in {print}");
    }
    assert!(!print.contains(secret), "{secret} is in {print}");
}

/// D6, D8: a print that is redacted still says what it is of, and where.
#[tokio::test]
async fn a_debug_print_names_its_type_and_shows_no_token() {
    let world = World::new();
    let token = world.token().await;
    let uri = format!("/generations/7/stream?token={token}");
    let place = "/generations/{id}/stream";
    shows(&world.route, &["SseRoute", place, "Query"], &token);
    let mut service = world
        .layer()
        .layer(tower::service_fn(async |_: Request<Body>| {
            Ok::<_, Infallible>(SseBody::new(stream::pending::<Said>()).into_response())
        }));
    shows(&world.layer(), &["GateLayer", place], &token);
    let greeter = world.layer().layer("the inner service");
    shows(&greeter, &["GateService", "the inner service"], &token);
    let future = service.call(get(&uri));
    shows(&future, &["ResponseFuture"], &token);
    let response = future.await.unwrap();
    shows(response.body(), &["ResponseBody"], &token);
    let body = SseBody::new(stream::pending::<Said>());
    shows(&body, &["SseBody"], &token);
}

/// D6: a member of the response may have the token in it, as the URL of a stream whose token is in the
/// path has.
#[tokio::test]
async fn a_debug_print_of_an_issued_token_shows_no_members() {
    let world = World::new();
    let alice = Subject::new("alice").unwrap();
    let request = GrantRequest::new(alice, world.route.resource(["7"]).unwrap());
    let issued = world.gate.issue(request).await.unwrap();
    let token = issued.token().expose().to_owned();
    let issued = issued.with_member("stream_url", format!("/chat/{token}"));
    shows(&issued, &["IssuedToken", "stream_url"], &token);
}

type Said = Result<Event<'static>, &'static str>;

/// D6, D8: the same at the mint.
#[tokio::test]
async fn a_debug_print_of_the_mint_shows_no_credential() {
    let world = World::new();
    let who = |_: Parts| ready(Err::<Identity, _>(AuthError::missing()));
    let whether = |_: MintRequest| ready(Err::<Permit, _>(Denied::Forbidden));
    let mut mint = MintService::new(&world.gate, &world.route, who, whether);
    shows(
        &mint,
        &["MintService", "/generations/{id}/stream-token"],
        "secret",
    );
    let request = Request::post("/generations/7/stream-token")
        .header("authorization", "Bearer the-secret")
        .body(Body::new())
        .unwrap();
    shows(
        &Bearer::of(request.headers()).unwrap(),
        &["Bearer"],
        "the-secret",
    );
    let future = mint.call(request);
    shows(&future, &["MintFuture"], "the-secret");
    assert_eq!(future.await.unwrap().status(), 401);
}

/// Why a request is not authenticated, in words for a log, with what was told as its source.
#[test]
fn an_unauthenticated_request_says_why() {
    let errors = [
        AuthError::missing(),
        AuthError::malformed(),
        AuthError::too_large(),
        AuthError::invalid(),
        AuthError::unavailable("no route"),
    ];
    let said: BTreeSet<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), errors.len(), "{said:?}");
    let source = |error: &dyn Error| error.source().map(ToString::to_string);
    assert_eq!(source(&errors[0]), None);
    let because = AuthError::invalid().because("no such user");
    assert_eq!(source(&because).unwrap(), "no such user");
}

/// What a stripping layer leaves in a request.
async fn stripped(route: &SseRoute, uri: &str) -> Option<StrippedToken> {
    let inner = tower::service_fn(async |request: Request<Body>| {
        Ok::<_, Infallible>(request.extensions().get::<StrippedToken>().cloned())
    });
    let service = StripTokenLayer::new([route]).layer(inner);
    service.oneshot(get(uri)).await.unwrap()
}

/// D5: who knows the resource finds the key of a token that was taken out, and nobody its text.
#[tokio::test]
async fn a_stripped_token_has_the_key_of_its_token() {
    let world = World::new();
    let resource = world.route.resource(["7"]).unwrap();
    let grant = GrantRequest::new(Subject::new("alice").unwrap(), resource.clone());
    let issued = world.gate.issue(grant).await.unwrap();
    let token = issued.token().expose();
    let uri = |query: &str| format!("/generations/7/stream?{query}");

    let one = stripped(&world.route, &uri(&format!("token={token}")))
        .await
        .unwrap();
    assert_eq!(one.key_for(&resource), Some(issued.key()));
    shows(&one, &["StrippedToken", "/generations/{id}/stream"], token);
    let elsewhere = world.route.resource(["8"]).unwrap();
    assert_ne!(one.key_for(&elsewhere), Some(issued.key()));
    let twice = uri(&format!("token={token}&token={token}"));
    for query in ["token=x", "a=b", ""].map(uri).into_iter().chain([twice]) {
        let found = stripped(&world.route, &query).await.unwrap();
        assert_eq!(found.key_for(&resource), None, "{query}");
    }
}

/// A route is filled with values, each encoded, and equal to another of its pattern and place.
#[test]
fn a_route_makes_paths_of_values() {
    let route = SseRoute::new("/rooms/{room}/of/{user}/events").unwrap();
    let path = route.url(["a b", "ü/?"]).unwrap();
    assert_eq!(path, "/rooms/a%20b/of/%C3%BC%2F%3F/events");
    assert!(route.url(["a"]).is_err());
    assert!(route.url(["a", "b", "c"]).is_err());
    assert!(route.url(["a", ""]).is_err());

    let (pattern, other) = ("/rooms/{room}/events", "/rooms/{id}/events");
    let of = |pattern| SseRoute::new(pattern).unwrap();
    assert_eq!(of(pattern), of(pattern));
    assert_ne!(of(pattern), of(other));
    let in_header = TokenIn::Header(http::HeaderName::from_static("x-token"));
    assert_ne!(
        of(pattern),
        SseRoute::new(pattern)
            .unwrap()
            .with_token_in(in_header)
            .unwrap()
    );
}

/// Is as ready as it says.
#[derive(Clone)]
struct Inner(Poll<Result<(), &'static str>>);

impl Service<Request<Body>> for Inner {
    type Response = Response<Full<Bytes>>;
    type Error = &'static str;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::default()))
    }
}

/// F7: the stripping layer is as ready as what stands behind it.
#[test]
fn the_stripping_layer_is_ready_when_its_service_is() {
    let layer = StripTokenLayer::new([SseRoute::new("/events").unwrap()]);
    for state in [
        Poll::Pending,
        Poll::Ready(Ok(())),
        Poll::Ready(Err("closed")),
    ] {
        let mut service = layer.layer(Inner(state));
        let mut cx = Context::from_waker(Waker::noop());
        assert_eq!(service.poll_ready(&mut cx), state);
    }
}

/// A refusal says how long it is; a stream, which may end before its handler's body does, does not.
#[tokio::test]
async fn only_what_is_whole_says_how_long_it_is() {
    let world = World::new();
    let mut service = world
        .layer()
        .layer(tower::service_fn(async |_: Request<Body>| {
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::from("a body of 22 bytes....")))
        }));
    let refused = service.call(get("/generations/7/stream")).await.unwrap();
    let exact = refused.body().size_hint().exact();
    let len = refused
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .len();
    assert_eq!(exact, Some(len as u64));

    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let mut body = Box::pin(service.call(get(&uri)).await.unwrap().into_body());
    assert_eq!(body.size_hint().exact(), None);
    assert!(!body.is_end_stream());
    assert!(body.frame().await.unwrap().is_ok());
    assert!(body.is_end_stream());
    assert_eq!(body.size_hint().exact(), Some(0));
}

/// Why a body broke off is told with what the stream said, panics too.
#[test]
fn the_error_of_a_body_says_what_the_stream_said() {
    type Failure = SseBodyError<std::io::Error>;
    let failed = Failure::Failed(std::io::Error::other("no route"));
    assert_eq!(failed.source().unwrap().to_string(), "no route");
    let say = |panic| Failure::Panicked(panic).to_string();
    assert!(say(Box::new("a literal")).ends_with(": a literal"));
    assert!(say(Box::new("some text".to_owned())).ends_with(": some text"));
    assert!(say(Box::new(7)).ends_with("panicked"));
    assert!(Failure::Panicked(Box::new(7)).source().is_none());
}

/// D8: a print of what verifies JWTs shows its algorithm, and no key.
#[cfg(feature = "jwt")]
#[test]
fn a_debug_print_of_a_key_shows_no_key() {
    let key = || sse_gate::JwtKey::hs256(b"an-example-of-a-secret-of-32-bytes").unwrap();
    shows(&key(), &["JwtKey", "HS256"], "example");
    let jwt = sse_gate::JwtAuthenticator::new(key(), "https://issuer.example", "streams").unwrap();
    shows(&jwt, &["JwtAuthenticator"], "an-example");
}

/// The URI that is seen behind the stripping layer.
async fn seen(query: &str) -> String {
    let route = SseRoute::new("/generations/{id}/stream").unwrap();
    let inner = tower::service_fn(async |request: Request<Body>| {
        Ok::<_, Infallible>(request.uri().query().unwrap_or_default().to_owned())
    });
    let service = StripTokenLayer::new([route]).layer(inner);
    let uri = format!("/generations/7/stream?{query}");
    service.oneshot(get(&uri)).await.unwrap()
}

/// B16: a parameter with the name of a credential goes, whatever its value looks like and whatever its
/// name stands in; others stay.
#[tokio::test]
async fn a_parameter_with_the_name_of_a_credential_goes() {
    for name in [
        "jwt",
        "access_token",
        "access-token",
        "filter[jwt][]",
        "filter[access_token]",
        "user.jwt",
        "jwt.user",
        "authorization",
    ] {
        assert_eq!(
            seen(&format!("a=1&{name}=opaque&b=2")).await,
            "a=1&b=2",
            "{name}"
        );
    }
    for name in ["filter[name]", "user.name", "x", "a-b_c", "jwts.of"] {
        let query = format!("a=1&{name}=opaque&b=2");
        assert_eq!(seen(&query).await, query);
    }
}

/// B7: a query of 4 KiB is looked at, and one byte more is too much.
#[tokio::test]
async fn a_query_is_looked_at_up_to_four_kib() {
    for (len, stays) in [(4095, true), (4096, true), (4097, false), (5000, false)] {
        let query = format!("x={}", "y".repeat(len - 2));
        assert_eq!(seen(&query).await == query, stays, "{len} bytes");
    }
}

/// B18: what is wrong with a value is told behind what is wrong with the route.
#[test]
fn a_value_that_makes_no_resource_is_told() {
    let route = SseRoute::new("/rooms/{room}/events").unwrap();
    let error = route.resource(["x".repeat(5_000)]).unwrap_err();
    let source = error.source().unwrap().to_string();
    assert!(source.contains("1024"), "{source}");
    assert!(SseRoute::new("rooms").unwrap_err().source().is_none());
}

/// B18: two patterns for the same paths are told by their paths.
#[test]
fn a_conflict_is_told_by_its_paths() {
    let route = SseRoute::new("/chat/{id}").unwrap();
    let said = route.with_exception("/chat/{id}").unwrap_err().to_string();
    assert!(said.contains("the same paths as"), "{said}");
}

/// A handler that stands behind no gate answers 500, and not as if all were well.
#[cfg(feature = "axum")]
#[test]
fn a_stream_without_a_gate_is_a_server_error() {
    use axum_core::response::IntoResponse;
    let missing = sse_gate::Granted::of(&http::Extensions::new()).unwrap_err();
    assert_eq!(missing.into_response().status(), 500);
}
