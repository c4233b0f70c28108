//! Secure Server-Sent Events for any tower service.
//!
//! A browser's `EventSource` can't send an `Authorization` header, so JWTs end up in URLs, and
//! from there in logs and histories. With sse-gate a client trades its JWT, in a header, for a
//! token that lives 60 seconds and opens one stream:
//!
//! 1. `POST …/stream-token` with the JWT: a [`MintService`] answers with the token.
//! 2. `GET …/stream?token=…`: a [`GateLayer`] redeems it, once, and hands the handler the
//!    [`Granted`].
//! 3. The handler answers with an [`SseBody`].
//! 4. A [`StripTokenLayer`] around it all keeps the token out of every log.
//!
//! It works with whatever takes tower layers and `http` types: axum, hyper, warp.
//!
//! # Parts
//!
//! | folder | what it does |
//! |---|---|
//! | [`mod@gate`] | what all parts share: tokens, and what was opened with them |
//! | [`mod@admission`] | admits requests to streams: layer, service, future, body |
//! | [`mod@strip`] | takes the token out of the URI before anybody logs it: layer, service |
//! | [`mod@resume`] | lets clients go on with a stream that was cut off: handle, body |
//! | [`mod@mint`] | the endpoint that issues tokens: authenticator, authorizer, service |
//! | [`mod@store`] | asks stores within bounds: time limit, number of operations, breaker |
#![cfg_attr(feature = "jwt", doc = "| [`mod@jwt`] | knows callers by their JWTs |")]
#![cfg_attr(feature = "metrics", doc = "| [`mod@metrics`] | counts what happens |")]
#![cfg_attr(
    feature = "tracing",
    doc = "| [`TracingObserver`] | logs what happens, and the errors behind it |"
)]
//!
//! The tokens themselves are `sse-gate-core`'s, its main types are re-exported here. Events are
//! `sse-gate-codec`'s, here as [`codec`], and sessions `sse-gate-resume`'s, here as [`sessions`].
//!
//! # Features
//!
//! None is on by default, and each only adds API.
//!
//! | feature | adds |
//! |---|---|
//! | `axum` | [`Granted`] and [`ResumableStream`] as extractors, over axum-core |
//! | `jwt` | `JwtAuthenticator`, without a cryptographic backend |
//! | `jwt-rust-crypto` | the same, with RustCrypto |
//! | `jwt-aws-lc-rs` | the same, with AWS-LC |
//! | `jwks` | `RemoteJwkSet`: keys that are fetched from the issuer, by an HTTP client of yours |
//! | `metrics` | `MetricsObserver`, over the `metrics` facade |
//! | `tracing` | `TracingObserver`, over the `tracing` facade |
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod admission;
#[cfg(feature = "axum")]
mod axum_router;
mod far_off;
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
pub mod prelude;
mod problem;
pub mod resume;
mod route;
mod slots;
pub mod store;
mod stream;
mod stream_end;
pub mod strip;
#[cfg(feature = "tracing")]
mod tracing_observer;

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
pub use axum_router::RouterExt;
pub use gate::{Gate, GateBuilder, RevokeError, Revoked};
pub use granted::{Granted, MissingGrant};
#[cfg(feature = "jwt")]
pub use jwt::{JwtAuthenticator, JwtKey};
#[cfg(feature = "metrics")]
pub use metrics::MetricsObserver;
pub use mint::{IssuedToken, MintService};
pub use problem::Problem;
pub use resume::{
    AttachError, Resumable, ResumableBody, ResumableStream, WorkError, WorkOutput, WorkSlots,
};
pub use route::{InvalidRoute, InvalidRouteKind, SseRoute, StrippedToken, TokenIn};
pub use sessions::{MemoryLog, MemoryLogs, MemorySessions, Publisher, ResumeKeys, Sessions};
pub use slots::StreamSlots;
pub use store::{GuardedSessions, StorePolicy};
pub use stream::{NoHook, OnError, SseBody, SseBodyError};
pub use strip::StripTokenLayer;
#[cfg(feature = "tracing")]
pub use tracing_observer::TracingObserver;
