//! A token store for `sse-gate` on [moka], a concurrent cache: [`MokaStore`].
//!
//! It keeps the laws of [`TokenStore`](sse_gate_core::TokenStore), as
//! [`MemoryStore`](sse_gate_core::MemoryStore) does. Take `MemoryStore` unless your service keeps its
//! state in moka already: it is faster, takes less memory, and adds no dependency.
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
