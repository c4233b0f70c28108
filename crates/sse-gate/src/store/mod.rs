//! Asks stores within bounds: how long an answer may take, how many operations may be in progress, and
//! how often a failing store is asked.
//!
//! Every operation of a [`GateLayer`](crate::GateLayer), a [`MintService`](crate::MintService) or a
//! [`Gate`](crate::Gate) goes through here. A gate has four sets of bounds: one for the store of the
//! tokens, one for the stores of sessions, one for the stores of their events, and one for the
//! [limiters](crate::StreamSlots::with_limiter) of open streams. All layers and mints of the gate share
//! them.
//!
//! | bound | default | above it |
//! |---|---|---|
//! | time for an answer | 250 ms | 503; the operation runs on without its client, for at most 30 s |
//! | operations in progress, late ones included | 512 | 503 at once |
//! | failures in a row | 5 | the breaker opens: 503 at once |
//!
//! Clients of resumable streams with a resume id get 200 and `sse.wait` instead of 503.
//!
//! # What is a failure
//!
//! An answer that is late, or an error that says that the store can't be asked. What a healthy store
//! refuses is no failure, like a limit that is reached.
//!
//! # How a store is tried again
//!
//! While the breaker is open, or the number of operations is at its bound, one operation each 500 ms may
//! try the store. Another one may try it whenever a late operation is answered. When the store answers a
//! trial in time, the breaker closes. Late operations that the store still does not answer are given up
//! then.
//!
//! Operations that only read have their own trials. Their success does not close the breaker: a store may
//! still read when it can't write any more. Above the bound on operations, at most 128 trials are in
//! progress.
//!
//! # Settings
//!
//! [`StorePolicy`] sets all of this for a gate. [`GateLayer::with_store_budget`] and
//! [`MintService::with_store_budget`] set the time for one layer or mint. A program that asks
//! [`Sessions`](crate::Sessions) directly gets the same bounds with
//! [`GuardedSessions`](crate::GuardedSessions).
//!
//! [`GateLayer::with_store_budget`]: crate::GateLayer::with_store_budget
//! [`MintService::with_store_budget`]: crate::MintService::with_store_budget
//!
//! A store that hangs does not hang the service:
//!
//! ```
//! use std::time::Duration;
//! use sse_gate::core::{Entry, Epoch, StoreError, TokenKey};
//! use sse_gate::{Gate, Resource, StorePolicy, Subject, TokenStore};
//!
//! #[derive(Debug)]
//! struct Hangs;
//!
//! impl TokenStore for Hangs {
//!     async fn insert(&self, _: TokenKey, _: Entry, _: Duration) -> Result<(), StoreError> {
//!         std::future::pending().await
//!     }
//!     async fn take(&self, _: TokenKey) -> Result<Option<Entry>, StoreError> {
//!         std::future::pending().await
//!     }
//!     async fn withdraw(&self, _: Subject) -> Result<usize, StoreError> {
//!         std::future::pending().await
//!     }
//!     async fn epoch(&self) -> Result<Epoch, StoreError> {
//!         std::future::pending().await
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = StorePolicy::default().with_budget(Duration::from_millis(20));
//! let gate = Gate::builder().with_store_policy(policy).build(Hangs);
//! let error = gate.revoke(&Subject::new("alice")?).await.unwrap_err();
//! assert_eq!(error.to_string(), "the tokens of the subject can't be withdrawn");
//! # Ok(())
//! # }
//! ```

mod access;
mod answer;
mod breaker;
mod guard;
mod guarded;
mod operation;
mod policy;

pub(crate) use access::{HasRead, StoreAccess, StreamStores};
pub(crate) use guarded::GuardedStore;
pub(crate) use operation::Operation;
pub use policy::StorePolicy;
