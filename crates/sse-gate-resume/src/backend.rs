//! What you need to write a store of sessions or logs, or a server of your own.
//!
//! A service that keeps its sessions and logs in memory needs none of it.
//!
//! | who | what |
//! |---|---|
//! | a store of sessions | implements [`SessionStore`] around [`Record`], whose methods are its steps |
//! | a store of logs | implements [`LogStore`] |
//! | a channel between nodes | implements [`Bus`] |
//! | a test of several nodes | keeps their logs in a [`MemoryLogStore`], and connects them by a [`MemoryBus`] |
//! | a server | asks a [`Subscription`](crate::Subscription) for bytes, and keeps its [`Lease`] |

pub use crate::id::{ResumeId, SessionId};
pub use crate::log::{
    Bounds, EncodedEvent, InvalidLogName, LogEnd, LogEpoch, LogName, LogWindows, Page, Read, Reader,
};
pub use crate::memory::{MemoryBus, MemoryLogStore};
pub use crate::node::{Chore, CutReason, Fence, Lease, Spawn};
pub use crate::session::{
    Binding, CorruptRecord, Delivered, NodeId, Outcome, Record, SessionEpoch, ShownId,
};
pub use crate::store::{
    Bus, Due, LogId, LogStore, Moment, NewLog, Notice, Notices, SessionKey, SessionStore,
    SharedSessions, StoredEvents, StoredLog, StoredSession,
};
pub use crate::subscription::{SubscriptionEnd, Written};
