//! Event streams that survive native `EventSource` reconnects, without a reusable credential in
//! any URL.
//!
//! A browser that loses its stream asks for the same URL again. If the token in it is spent, the
//! request is refused, and the browser never tries again. So the right to go on travels in the `id`
//! of each event, which the browser sends back by itself in the header `Last-Event-ID`. Such an id is
//! good for one connection. The spent token in the URL is the second factor: neither a leaked URL
//! nor a leaked id is of use alone.
//!
//! # What holds
//!
//! - **No event is lost or doubled silently.** A client gets each event of its log once, in order, or
//!   an `sse.gap` that says which are missing.
//! - **An id is taken once**, and a few times more within seconds, for answers that get lost
//!   ([`ResumePolicy`]). A later use closes the session: a copy does not live unnoticed.
//! - **One connection at a time.** A client that comes back cuts the connection before.
//! - **An end is told.** The last event of a whole answer is `sse.close` with the reason `complete`.
//!   Only a client that is cut between its last event and this one is not told: it gets 204.
//! - **A revoked session ends at once**, for clients that are connected and for those that are away.
//! - **All is bounded**: events by [`LogLimits`] and [`LogBudget`], sessions by [`SessionLimits`],
//!   topics by [`Topics`].
//!
//! # Parts
//!
//! | what | where |
//! |---|---|
//! | the record of a stream's events | [`Log`], [`Logs`], [`LogLimits`], [`LogBudget`] |
//! | what writes it | [`Publisher`] |
//! | logs by name, for feeds | [`Topics`] |
//! | a stream in progress | [`Sessions`], [`MemorySessions`], [`ResumePolicy`], [`ResumeKeys`] |
//! | how it is opened and resumed | [`Opening`], [`Start`], [`Resumed`] |
//! | what one connection gets | [`Subscription`], [`SlowPolicy`] |
//! | the world outside | `Clock` and `Entropy` of `sse-gate-core`, [`SessionObserver`] |
//! | where state is kept: the traits of stores | [`backend`] |
//! | what can fail | [`error`] |
#![cfg_attr(
    feature = "conformance",
    doc = "| tests of the laws of stores and buses | [`conformance`], [`session_store_conformance!`], [`log_store_conformance!`], [`bus_conformance!`] |"
)]
//!
//! It knows no HTTP and no runtime: `sse-gate` puts it behind a tower layer.
//!
//! ```
//! use std::sync::Arc;
//! use sse_gate_codec::Event;
//! use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
//! use sse_gate_resume::{Logs, Opening, Sessions};
//!
//! # pollster::block_on(async {
//! let sessions = Sessions::in_memory()?;
//! let log = Logs::default().create().await?;
//! log.append(&Event::new().data("hello")).await?;
//!
//! // Before a token is redeemed, the sessions are asked. Then a session begins.
//! let arrival = sessions.arrival().await?;
//! let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["chat"])?);
//! let gate = TokenGate::new(MemoryStore::default());
//! let issued = gate.issue(request).await?;
//! let grant = gate.redeem(issued.token().expose(), &Resource::new(["chat"])?).await?;
//! let key = issued.key();
//! let opening = Opening::new(arrival, &grant, key, Arc::new(log));
//! let mut subscription = sessions.open(opening).await?;
//!
//! let mut frame = bytes::BytesMut::new();
//! std::future::poll_fn(|cx| subscription.poll_write(cx, &mut frame)).await;
//! let frame = String::from_utf8(frame.to_vec())?;
//! let last_id = frame.lines().filter_map(|line| line.strip_prefix("id: ")).last().unwrap();
//! assert!(frame.contains("event: sse.open") && frame.ends_with("data: hello\n\n"));
//!
//! // The connection breaks, and the browser comes back with what it had last.
//! drop(subscription);
//! assert!(sessions.resume(last_id, key).await.is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod backend;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod error;

mod frames;
mod id;
mod log;
mod memory;
mod node;
mod observer;
mod opening;
mod publisher;
mod resumed;
mod room;
mod session;
mod sessions;
mod slow;
mod start;
mod store;
mod subscription;
mod sync;
mod topics;

pub use id::{ResumeKey, ResumeKeys};
pub use log::{Log, LogBudget, LogLimits, Logs, StopReason};
pub use memory::{MemorySessions, SessionLimits, StreamLimits};
pub use observer::{SessionInfo, SessionObserver, SessionSignal};
pub use opening::{Arrival, Opening};
pub use publisher::Publisher;
pub use resumed::Resumed;
pub use session::{CloseReason, GoneReason, InvalidIdReason, ResumePolicy};
pub use sessions::Sessions;
pub use slow::SlowPolicy;
pub use start::Start;
pub use subscription::Subscription;
pub use topics::Topics;
