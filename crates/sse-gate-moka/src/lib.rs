//! A token store for `sse-gate` on [moka], a concurrent cache: [`MokaStore`].
//!
//! It obeys the laws of [`TokenStore`](sse_gate_core::TokenStore) as
//! [`MemoryStore`](sse_gate_core::MemoryStore) does, which is the one to take unless moka is what
//! your service keeps its state in: it is faster, smaller, and has no dependencies of its own.
//!
//! All is lost when the process ends. Two processes share nothing: a service of many nodes needs
//! a store that they can all ask.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod kept;
mod store;

pub use store::MokaStore;
