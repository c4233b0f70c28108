//! Secure Server-Sent Events for any tower service.
//!
//! A browser's `EventSource` can't send an `Authorization` header, so JWTs end up in URLs, and
//! from there in logs and histories. With sse-gate a client trades its JWT, in a header, for a
//! token that lives 60 seconds and opens one stream. These lines secure a stream of an axum service:
//!
#![cfg_attr(all(feature = "axum", feature = "jwt-rust-crypto"), doc = "```")]
#![cfg_attr(
    not(all(feature = "axum", feature = "jwt-rust-crypto")),
    doc = "```text"
)]
//! # use std::convert::Infallible;
//! # use axum::{Router, response::sse, routing::get};
//! use sse_gate::prelude::*;
//!
//! async fn may_enter(request: MintRequest) -> Result<Permit, Denied> {
//!     Ok(request.permit()) // or Err(Denied::Forbidden), if this user may not enter this room
//! }
//!
//! # async fn events() -> sse::Sse<futures_util::stream::Pending<Result<sse::Event, Infallible>>> {
//! #     sse::Sse::new(futures_util::stream::pending())
//! # }
//! # async fn serve(secret: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let gate = Gate::in_memory();
//! let feed = SseRoute::new("/rooms/{room}/events")?;
//! let jwt = JwtAuthenticator::new(JwtKey::hs256(secret)?, "my-issuer", "my-audience")?;
//!
//! let app = Router::new().sse(&gate, &feed, get(events), jwt, may_enter);
//! axum::serve(listener, app.strip_tokens([&feed])).await?;
//! # Ok(())
//! # }
//! ```
//!
//! 1. `POST /rooms/7/events-token` with the JWT: a [`MintService`] answers with the token.
//! 2. `GET /rooms/7/events?token=…`: a [`GateLayer`] redeems it, once, and hands the handler the
//!    [`Granted`].
//! 3. The handler answers with an [`SseBody`], or any other body.
//! 4. A [`StripTokenLayer`] around it all keeps the token out of every log.
//!
//! Each of the four is a tower layer, a tower service or a body. So they work with everything that takes
//! these and the types of the crate `http`: axum, hyper, warp, tonic's router.
//!
//! # What you look for
//!
//! | you want to | look at |
//! |---|---|
//! | let clients continue after a reconnect | [`GateLayer::resumable`], [`ResumableStream`] |
//! | let callers open streams with their bearer | [`GateLayer::with_callers`] |
//! | know in a page that an answer is whole | [`mod@resume`] |
//! | sign a user out | [`Gate::revoke`] |
//! | end streams at shutdown | [`GateLayer::until`] |
//! | use cookies, or another credential | [`mint::CookieAuthenticator`], [`mint::Authenticator`] |
//! | bound streams, work and bodies | [`StreamSlots`], [`WorkSlots`], [`mint::BodyLimits`] |
//! | bound the streams of several nodes | [`StreamSlots::with_limiter`] |
//! | bound how long a store may take | [`StorePolicy`] |
//! | decide who may open a stream | [`mint::Authorizer`] |
//! | nest a router, or stand behind a proxy | [`SseRoute`] |
//! | publish to many | [`sessions::Topics`] |
//! | keep tokens elsewhere | [`TokenStore`] |
//! | test a handler | [`Granted::for_test`] |
//!
//! # Parts
//!
//! | module | what it does |
//! |---|---|
//! | [`mod@gate`] | has what all parts share: tokens, and what was opened with them |
//! | [`mod@mint`] | issues tokens: authenticator, authorizer, service |
//! | [`mod@admission`] | admits requests to streams: layer, service, future, body |
//! | [`mod@strip`] | takes the token out of the URI before it is logged: layer, service |
//! | [`mod@resume`] | lets clients continue a stream after a reconnect: handle, body |
//! | [`mod@store`] | asks stores within bounds: time limit, number of operations, breaker |
#![cfg_attr(
    feature = "jwt",
    doc = "| [`mod@jwt`] | authenticates callers by their JWTs |"
)]
#![cfg_attr(feature = "metrics", doc = "| [`mod@metrics`] | counts what happens |")]
#![cfg_attr(
    feature = "tracing",
    doc = "| [`TracingObserver`] | logs what happens, and the errors behind it |"
)]
//!
//! Three other crates are exported as modules: `sse-gate-core` with the tokens as [`core`],
//! `sse-gate-codec` with the events as [`codec`], and `sse-gate-resume` with the sessions as [`sessions`].
//!
//! # Features
//!
//! No feature is on by default. Each only adds API.
//!
//! | feature | adds |
//! |---|---|
//! | `axum` | `RouterExt` for axum's router, extractors and responses |
//! | `jwt` | `JwtAuthenticator`, without a cryptographic backend |
//! | `jwt-rust-crypto` | the same, with RustCrypto |
//! | `jwt-aws-lc-rs` | the same, with AWS-LC |
//! | `jwks` | `RemoteJwkSet`, which fetches an issuer's keys |
//! | `metrics` | `MetricsObserver`, over the `metrics` facade |
//! | `tracing` | `TracingObserver`, over the `tracing` facade |
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, as a test.
#[cfg(all(doctest, feature = "axum", feature = "jwt-rust-crypto"))]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod admission;
#[cfg(feature = "axum")]
mod axum_router;
mod challenge;
mod far_off;
mod finished;
pub mod gate;
mod granted;
mod headers;
#[cfg(feature = "axum")]
mod into_response;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod mint;
mod origin;
pub mod prelude;
mod problem;
pub mod resume;
mod room;
mod route;
#[cfg(test)]
mod sizes;
mod slots;
pub mod store;
mod stream;
mod stream_end;
pub mod strip;
#[cfg(feature = "tracing")]
mod tracing_observer;
mod turn;

pub use sse_gate_codec as codec;
pub use sse_gate_core as core;
#[doc(inline)]
pub use sse_gate_resume as sessions;

pub use codec::Event;
pub use core::{
    Grant, GrantRequest, Limits, MemoryStore, Observer, Resource, SharedStore, Signal, Subject,
    TokenStore,
};

pub use admission::{GateLayer, GateRejection};
#[cfg(feature = "axum")]
pub use axum_router::{RouterExt, StatelessRouter};
pub use gate::{Gate, GateBuilder, GuardedSessions, IssuedToken, RevokeError, Revoked};
pub use granted::{Granted, MissingGrant};
#[cfg(feature = "jwt")]
pub use jwt::{JwtAuthenticator, JwtKey};
#[cfg(feature = "metrics")]
pub use metrics::MetricsObserver;
pub use mint::MintService;
pub use origin::InvalidOrigin;
pub use problem::Problem;
pub use resume::{
    AttachError, Resumable, ResumableBody, ResumableStream, StopHandle, WorkError, WorkOutput,
    WorkSlots,
};
pub use route::{InvalidRoute, InvalidRouteKind, SseRoute, StrippedToken, TokenIn};
pub use sessions::{Log, Logs, MemorySessions, Publisher, ResumeKeys, Sessions};
pub use slots::StreamSlots;
pub use store::StorePolicy;
pub use stream::{BoxEvents, BoxSseBody, NoHook, OnError, SseBody, SseBodyError};
pub use strip::StripTokenLayer;
#[cfg(feature = "tracing")]
pub use tracing_observer::TracingObserver;
