//! Single-use tokens for opening streams, whatever the protocol and the runtime.
//!
//! A client proves once who it is. It gets a [`Token`] that lives 60 seconds and opens one
//! stream. A [`TokenGate`] issues tokens and redeems them; a [`TokenStore`] keeps the [`Grant`]s they
//! stand for, under keys that lead back to no token.
//!
//! This crate knows no HTTP. `sse-gate` builds on it the tower layers, the endpoint that issues
//! tokens and the body that streams events.
//!
//! # What holds
//!
//! - **A token is redeemed at most once**, over all threads and nodes: [`TokenStore::take`] is
//!   the one operation that finds and removes.
//! - **A store never sees a token**, only a digest of it and the resource it is for
//!   ([`TokenKey`]). A token shown for another resource is unknown there and stays good.
//! - **One refusal**: [`RedeemError`] reads the same for every bad token. Its reason is for metrics.
//! - **Secrets don't print.** A [`Token`] has one door, [`Token::expose`].
//! - **No store, no randomness: no token, no entry.**
//! - **Everything is capped**, and a newcomer at a cap is refused: see [`Limits`].
//!
//! # Parts
//!
//! | what | where |
//! |---|---|
//! | a secret and its key | [`Token`], [`TokenKey`] |
//! | a right | [`Grant`], [`Subject`], [`Resource`] |
//! | who gives and takes | [`TokenGate`], [`TokenGateBuilder`], [`Issued`], [`Redemption`] |
//! | where it waits | [`TokenStore`], [`MemoryStore`], [`SharedStore`], [`RefuseAllStore`] |
//! | who signed out | [`Epoch`], [`Withdrawals`] |
//! | how much | [`Limits`], [`Ledger`], [`Full`], [`Cap`] |
//! | the world outside | [`Clock`], [`Entropy`], [`Observer`], [`Signal`] |
#![cfg_attr(
    feature = "conformance",
    doc = "| proof that a store obeys | [`token_store_conformance!`] |"
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod entropy;
mod entry;
mod grant;
mod grant_request;
mod ledger;
mod memory;
mod mint_refusal;
mod observer;
mod payload;
mod resource;
mod steady;
mod store;
mod subject;
mod time;
mod token;
mod token_gate;
mod visible;
mod withdrawals;

pub use clock::{Clock, ManualClock, SystemClock};
pub use entropy::{Entropy, EntropyError, SystemEntropy};
pub use entry::{CorruptEntry, Entry};
pub use grant::Grant;
pub use grant_request::GrantRequest;
pub use ledger::{Cap, Full, Ledger, Limits};
pub use memory::MemoryStore;
pub use mint_refusal::{CredentialReason, MintRefusalReason};
pub use observer::{Observer, Signal, StoreRole, StreamEnd};
pub use payload::PayloadError;
pub use resource::{InvalidResource, Resource};
pub use steady::SteadyTime;
pub use store::{
    Epoch, RefuseAllStore, SharedStore, StoreError, StoreErrorKind, TakeFuture, TokenStore,
};
pub use subject::{InvalidSubject, Subject};
pub use time::Timestamp;
pub use token::{Token, TokenKey};
pub use token_gate::{
    InvalidTtl, IssueError, IssueErrorKind, Issued, RedeemError, Redemption, RefusalReason,
    TokenGate, TokenGateBuilder,
};
pub use withdrawals::Withdrawals;
