//! A token store for `sse-gate` on [moka], a concurrent cache: [`MokaStore`].
//!
//! It keeps the laws of [`TokenStore`](sse_gate_core::TokenStore), as
//! [`MemoryStore`](sse_gate_core::MemoryStore) does. Take `MemoryStore` unless your service keeps its
//! state in moka already: it is faster, takes less memory, and adds no dependency.
//!
//! # How it keeps the laws
//!
//! | law | how |
//! |---|---|
//! | an entry is given once | moka's `remove` finds and removes in one step |
//! | inserting only creates | the look-up and the insertion are done under a lock of the key |
//! | an entry ends after its TTL | its end is kept beside it and checked by the clock of the store |
//! | a full store drops no live entry | the caps are counted before the cache, which has more room |
//! | a withdrawn subject has no entries left | a withdrawal takes the lock of each key that it removes |
//!
//! All entries are lost when the process ends. Two processes share nothing: a service of many nodes
//! needs a store that all of them can ask.
//!
//! ```
//! use sse_gate_core::{GrantRequest, Limits, Resource, Subject, TokenGate};
//! use sse_gate_moka::MokaStore;
//!
//! # pollster::block_on(async {
//! let gate = TokenGate::new(MokaStore::new(Limits::default().with_tokens(10_000)));
//! let feed = Resource::new(["feed"])?;
//! let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
//! let grant = gate.redeem(issued.token().expose(), &feed).await?;
//! assert_eq!(grant.subject().as_str(), "alice");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod cached_entry;
mod store;

pub use store::MokaStore;
