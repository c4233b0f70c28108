//! Single-use tokens for opening streams, for any protocol and any async runtime.
//!
//! A client proves once who it is. It gets a [`Token`] that lives 60 seconds and opens one
//! stream. A [`TokenGate`] issues tokens and redeems them. A [`TokenStore`] keeps the [`Grant`]s that
//! they stand for, under keys from which no token can be computed.
//!
//! This crate knows no HTTP. `sse-gate` builds on it: tower layers, the endpoint that issues
//! tokens, and the body that streams events.
//!
//! ```
//! use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
//!
//! # pollster::block_on(async {
//! let gate = TokenGate::new(MemoryStore::default());
//! let feed = Resource::new(["feed"])?;
//!
//! // The client has shown its JWT. It gets a token.
//! let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
//! let token = issued.token().expose();
//!
//! // It shows the token, and gets its stream.
//! let grant = gate.redeem(token, &feed).await?;
//! assert_eq!(grant.subject(), &Subject::new("alice")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Guarantees
//!
//! - **A token is redeemed at most once**, over all threads and nodes: [`TokenStore::take`] finds and
//!   removes in one operation.
//! - **A store never sees a token**, only a digest of the token and its resource ([`TokenKey`]). A
//!   token that is shown for another resource is unknown there, and stays good.
//! - **All bad tokens look the same**: [`RedeemError`] has the same words for each of them. Its reason
//!   is for metrics.
//! - **Secrets don't print.** Only [`Token::expose`] gives the text of a token.
//! - **Failures close the gate.** Without a store or randomness no token is issued, and no stream opens.
//! - **Everything is capped.** A store that is full refuses the newcomer: see [`Limits`].
//!
//! # Parts
//!
//! | what | where |
//! |---|---|
//! | the secret and its key | [`Token`], [`TokenKey`] |
//! | the right to open a stream | [`GrantRequest`], [`Grant`], [`Subject`], [`Resource`] |
//! | issuing and redeeming | [`TokenGate`], [`TokenGateBuilder`], [`Issued`], [`Redemption`] |
//! | stores | [`TokenStore`], [`MemoryStore`], [`SharedStore`], [`RefuseAllStore`] |
//! | for authors of stores: caps | [`Limits`], [`Ledger`], [`FullError`], [`Cap`] |
//! | for authors of stores: sign-outs | [`Epoch`], [`Withdrawals`] |
//! | time, randomness, observation | [`Clock`], [`Entropy`], [`Observer`], [`Signal`] |
#![cfg_attr(
    feature = "conformance",
    doc = "| for authors of stores: tests of the laws | [`token_store_conformance!`] |"
)]
//!
//! # Order of the modules
//!
//! Each module uses only modules on the lines above its own:
//!
//! 1. `time`, `visible`, `epoch`: numbers and characters
//! 2. `steady`, `subject`, `resource`, `payload`, `entropy`
//! 3. `clock`, `token`
//! 4. `grant_request`, `grant`: what a caller asks for, and what it gets
//! 5. `entry`: a grant as bytes
//! 6. `ledger`, `withdrawals`: what a store must count and remember
//! 7. `store`: the trait, and its errors
//! 8. `memory`, `issue_error`, `redeem_error`
//! 9. `mint_refusal`
//! 10. `observer`
//! 11. `token_gate`
//! 12. `conformance`
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
mod epoch;
mod grant;
mod grant_request;
mod issue_error;
mod ledger;
mod memory;
mod mint_refusal;
mod observer;
mod payload;
mod redeem_error;
mod resource;
mod room;
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
pub use epoch::Epoch;
pub use grant::Grant;
pub use grant_request::GrantRequest;
pub use issue_error::{IssueError, IssueErrorKind};
pub use ledger::{Cap, FullError, Ledger, Limits};
pub use memory::MemoryStore;
pub use mint_refusal::{CredentialReason, MintRefusalReason};
pub use observer::{Observer, Signal, StoreRole, StreamEnd};
pub use payload::PayloadError;
pub use redeem_error::{RedeemError, RefusalReason};
pub use resource::{InvalidResource, Resource};
pub use steady::SteadyTime;
pub use store::{RefuseAllStore, SharedStore, StoreError, StoreErrorKind, TakeFuture, TokenStore};
pub use subject::{InvalidSubject, Subject};
pub use time::Timestamp;
pub use token::{Token, TokenKey};
pub use token_gate::{InvalidTtl, Issued, Redemption, TokenGate, TokenGateBuilder};
pub use withdrawals::Withdrawals;
