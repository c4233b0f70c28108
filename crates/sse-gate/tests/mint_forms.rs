//! The forms that an authenticator and an authorizer have, as a service would write them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use http_body_util::{BodyExt, Empty};
use sse_gate::Gate;
use sse_gate::prelude::*;
use tower::ServiceExt;

/// The answer to a request of this caller: its status, and `room` of its token's response.
async fn ask<A, Z>(authenticator: A, authorizer: Z, name: &str) -> (u16, String)
where
    A: Authenticator,
    Z: Authorizer<A::Claims>,
{
    let (gate, route) = (Gate::in_memory(), SseRoute::new("/rooms/{room}").unwrap());
    let mint = MintService::new(&gate, &route, authenticator, authorizer);
    let request = Request::post("/rooms/7/token").header("authorization", format!("Bearer {name}"));
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let response = mint.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    (status, body["said"].as_str().unwrap_or_default().to_owned())
}

async fn who(parts: Parts) -> Result<Identity, AuthError> {
    Ok(Identity::named(Bearer::of(&parts.headers)?.as_str())?)
}

async fn may(request: MintRequest) -> Result<Permit, Denied> {
    let name = request.identity.subject().as_str().to_owned();
    Ok(request.permit().with_member("said", name))
}

const ALICE: (u16, &str) = (200, "alice");

fn is_alice((status, said): (u16, String)) {
    assert_eq!((status, &*said), ALICE);
}

#[tokio::test]
async fn functions_are_taken() {
    is_alice(ask(who, may, "alice").await);
}

#[tokio::test]
async fn closures_are_taken() {
    let who = |parts: Parts| async move {
        let bearer = Bearer::of(&parts.headers)?;
        Ok(Identity::named(bearer.as_str())?)
    };
    let may = async |request: MintRequest| {
        let name = request.identity.subject().as_str().to_owned();
        Ok(request.permit().with_member("said", name))
    };
    is_alice(ask(who, may, "alice").await);
}

/// A closure that owns something clones it for each call.
#[tokio::test]
async fn closures_that_own_something_are_taken() {
    let members = Arc::new(HashSet::from(["alice".to_owned()]));
    let (asked, of_who) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&members));
    let counted = Arc::clone(&asked);
    let who = move |parts: Parts| {
        let members = Arc::clone(&of_who);
        async move {
            let bearer = Bearer::of(&parts.headers)?;
            match members.get(bearer.as_str()) {
                Some(name) => Ok(Identity::named(name)?),
                None => Err(AuthError::invalid()),
            }
        }
    };
    let may = move |request: MintRequest| {
        let asked = Arc::clone(&counted);
        async move {
            asked.fetch_add(1, Ordering::SeqCst);
            let name = request.identity.subject().as_str().to_owned();
            Ok::<_, Denied>(request.permit().with_member("said", name))
        }
    };
    is_alice(ask(who.clone(), may.clone(), "alice").await);
    assert_eq!(ask(who, may, "bob").await.0, 401);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[derive(Clone)]
struct State {
    members: Arc<HashSet<String>>,
}

async fn is_known(state: State, parts: Parts) -> Result<Identity, AuthError> {
    let bearer = Bearer::of(&parts.headers)?;
    match state.members.get(bearer.as_str()) {
        Some(name) => Ok(Identity::named(name)?),
        None => Err(AuthError::invalid()),
    }
}

async fn is_member(state: State, request: MintRequest) -> Result<Permit, Denied> {
    let name = request.identity.subject().as_str().to_owned();
    if !state.members.contains(&name) {
        return Err(Denied::Forbidden);
    }
    Ok(request.permit().with_member("said", name))
}

/// Functions with a state are taken on either side, or on both.
#[tokio::test]
async fn functions_with_a_state_are_taken() {
    let state = || State {
        members: Arc::new(HashSet::from(["alice".to_owned()])),
    };
    let (known, member) = (
        with_state(state(), is_known),
        with_state(state(), is_member),
    );
    is_alice(ask(known.clone(), member.clone(), "alice").await);
    is_alice(ask(known.clone(), may, "alice").await);
    is_alice(ask(who, member.clone(), "alice").await);
    assert_eq!(ask(known, may, "bob").await.0, 401);
    assert_eq!(ask(who, member, "bob").await.0, 403);
}

/// What a credential says besides its subject. It has no `Clone` and no `Debug`.
struct Claims {
    rooms: Vec<String>,
}

async fn with_claims(parts: Parts) -> Result<Identity<Claims>, AuthError> {
    let rooms = vec!["7".to_owned()];
    let identity = Identity::named(Bearer::of(&parts.headers)?.as_str())?;
    Ok(identity.with_claims(Claims { rooms }))
}

async fn by_claims(request: MintRequest<Claims>) -> Result<Permit, Denied> {
    let rooms = &request.identity.claims().rooms;
    if !rooms.iter().any(|room| request.param("room") == Some(room)) {
        return Err(Denied::Forbidden);
    }
    let name = request.identity.subject().as_str().to_owned();
    Ok(request.permit().with_member("said", name))
}

/// The claims reach the authorizer, whatever form the two have.
#[tokio::test]
async fn claims_reach_the_authorizer() {
    is_alice(ask(with_claims, by_claims, "alice").await);
    let with_state_too = with_state((), async |(): (), request: MintRequest<Claims>| {
        by_claims(request).await
    });
    is_alice(ask(with_claims, with_state_too, "alice").await);
    let none = async |parts: Parts| {
        let identity = Identity::named(Bearer::of(&parts.headers)?.as_str())?;
        Ok(identity.with_claims(Claims { rooms: Vec::new() }))
    };
    assert_eq!(ask(none, by_claims, "alice").await.0, 403);
}

/// A type of its own, which borrows the head, and one that is an authorizer for any claims.
struct ApiKey(&'static str);

impl Authenticator for ApiKey {
    type Claims = Claims;

    async fn authenticate(&self, parts: &Parts) -> Result<Identity<Claims>, AuthError> {
        let key = Bearer::of(&parts.headers)?;
        if key.as_str() != self.0 {
            return Err(AuthError::invalid());
        }
        let rooms = vec!["7".to_owned()];
        Ok(Identity::named("alice")?.with_claims(Claims { rooms }))
    }
}

struct Everybody;

impl<C: Send + Sync + 'static> Authorizer<C> for Everybody {
    async fn authorize(&self, request: MintRequest<C>) -> Result<Permit, Denied> {
        let name = request.identity.subject().as_str().to_owned();
        Ok(request.permit().with_member("said", name))
    }
}

#[tokio::test]
async fn types_of_their_own_are_taken() {
    is_alice(ask(ApiKey("key"), Everybody, "key").await);
    is_alice(ask(ApiKey("key"), by_claims, "key").await);
    is_alice(ask(who, Everybody, "alice").await);
    assert_eq!(ask(ApiKey("key"), Everybody, "other").await.0, 401);
}

/// They may wait, and may be asked by many threads at once.
#[tokio::test]
async fn futures_that_wait_are_taken() {
    let slow_who = async |parts: Parts| {
        tokio::task::yield_now().await;
        who(parts).await
    };
    let slow_may = async |request: MintRequest| {
        tokio::task::yield_now().await;
        may(request).await
    };
    let asked = tokio::spawn(ask(slow_who, slow_may, "alice"));
    is_alice(asked.await.unwrap());
}
