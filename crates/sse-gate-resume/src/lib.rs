//! Event streams that survive native `EventSource` reconnects, without a reusable credential in
//! any URL.
//!
//! A browser that loses its stream asks for the same URL again. If the token in it is spent, it is
//! refused, and stops for good. So the right to go on travels where the browser brings it back by
//! itself: in the `id` of each event, which comes back as the header `Last-Event-ID`. Such an id
//! is good for one connection. The token in the URL stays spent and is the second factor: neither
//! a leaked URL nor a leaked id is of use alone.
//!
//! | what | where |
//! |---|---|
//! | the record of a stream's events | [`MemoryLog`], [`ReadLog`], [`EventLog`], [`LogLimits`], [`LogBudget`] |
//! | the one who writes it | [`Publisher`] |
//! | a stream in progress, and the step that lets a client go on | [`SessionStore`], [`MemorySessions`], [`Record`] |
//! | who opens, resumes, closes | [`Sessions`], [`Opening`], [`Resumed`], [`ResumeKeys`] |
//! | what one connection gets | [`Subscription`], [`SlowPolicy`] |
//! | the world outside | `Clock` and `Entropy` of `sse-gate-core`, [`SessionObserver`] |
//!
//! It knows no HTTP and no runtime: `sse-gate` puts it behind a tower layer.
//!
//! ```
//! use std::sync::Arc;
//! use sse_gate_codec::Event;
//! use sse_gate_core::{TokenGate, Grant, MemoryStore, Resource, Subject};
//! use sse_gate_resume::{
//!     EventLog, MemoryLogs, MemorySessions, Opening, ResumeKeys, Sessions,
//! };
//!
//! # pollster::block_on(async {
//! # let entropy = sse_gate_core::SystemEntropy;
//! let sessions = Sessions::new(MemorySessions::default(), ResumeKeys::generate(&entropy)?);
//! let log = MemoryLogs::default().create()?;
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

mod frames;
mod id;
mod log;
mod observer;
mod opening;
mod publisher;
mod resumed;
mod session;
mod sessions;
mod slow;
mod subscription;
mod sync;

pub use id::{InvalidKid, ResumeId, ResumeKey, ResumeKeys, SessionId};
pub use log::{
    AppendError, AppendErrorKind, Block, Bounds, EventLog, LogBudget, LogEnd, LogEpoch, LogLimits,
    MemoryLog, MemoryLogs, Page, Read, ReadLog, ReaderId, StopReason,
};
pub use observer::{About, SessionObserver, SessionSignal};
pub use opening::{Arrival, OpenError, Opening};
pub use publisher::Publisher;
pub use resumed::{NotResumed, Resumed};
pub use session::{
    Binding, CloseReason, Cut, Delivered, Fence, Found, Gone, Lease, MemorySessions, Outcome,
    Presented, Record, Redeemed, Refused, Reopened, ResumePolicy, SessionEpoch, SessionError,
    SessionErrorKind, SessionLimits, SessionStore, SharedSessions, Whom,
};
pub use sessions::Sessions;
pub use slow::SlowPolicy;
pub use subscription::{Subscription, SubscriptionEnd, Written};
