//! Asks stores within bounds: of time, of number, and of how often one that fails is asked.
//!
//! Every operation of a [`GateLayer`](crate::GateLayer) or a [`MintService`](crate::MintService)
//! goes through here, whether it asks the store of the tokens or that of the sessions. For each
//! [`Gate`](crate::Gate) there are two guards, one for each store, which all layers and mints of
//! that gate share.
//!
//! | bound | default | past it |
//! |---|---|---|
//! | time for an answer | 250 ms | 503; the operation runs on without its client |
//! | operations under way, late ones included | 512 | 503 at once |
//! | failures in a row | 5 | the breaker opens: 503 at once |
//!
//! A failure is an answer that is late, or the word that the store can't be asked. What a healthy
//! store refuses, a key that exists or a cap, is none.
//!
//! While the breaker is open, or the bound on operations is reached, one operation each 500 ms is
//! let through to try the store, and one whenever a late operation is answered. When the store
//! answers it in time, the breaker closes, and late operations are given up that the store still
//! doesn't answer. What only reads closes nothing, and has such a trial of its own: a store that
//! still reads may write no more. Past the bound on operations there are never more than 128
//! trials under way.
//!
//! Clients of resumable streams who show an id get 200 and `sse.wait` in place of 503.
//!
//! [`StorePolicy`] sets all of this. The methods of a gate have the same bounds. A program that asks
//! [`Sessions`](crate::Sessions) itself has them through [`GuardedSessions`](crate::GuardedSessions).

mod access;
mod answer;
mod breaker;
mod guard;
mod guarded;
mod operation;
mod policy;

pub(crate) use access::{HasRead, StoreAccess};
pub(crate) use guarded::GuardedStore;
pub(crate) use operation::Operation;
pub use policy::StorePolicy;
