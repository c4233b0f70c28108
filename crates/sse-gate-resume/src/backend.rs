//! What you need to write a store of sessions, logs or open streams, or a server of your own.
//!
//! A service that keeps its sessions and logs in memory needs none of it.
//!
//! | who | what |
//! |---|---|
//! | a store of sessions | implements [`SessionStore`] around [`Record`], whose methods are its steps |
//! | a store of logs | implements [`LogStore`] |
//! | a channel between nodes | implements [`Bus`] |
//! | a cap on the open streams of all nodes | implements [`StreamLimiter`] |
//! | a test of several nodes | uses [`MemoryLogStore`], [`MemoryLimiter`] and [`MemoryBus`] |
//! | a server | asks a [`Subscription`](crate::Subscription) for bytes, and keeps its [`Lease`] |

pub use crate::id::{ResumeId, SessionId};
pub use crate::log::{
    Bounds, EncodedEvent, InvalidLogName, LogEnd, LogEpoch, LogName, LogWindows, Page, Read, Reader,
};
pub use crate::memory::{MemoryBus, MemoryLimiter, MemoryLogStore};
pub use crate::node::{Chore, CutReason, Fence, Lease, Spawn};
pub use crate::session::{
    Binding, CorruptRecord, Delivered, NodeId, Outcome, Record, SessionEpoch, ShownId,
};
pub use crate::store::{
    Bus, Claimed, Due, LogId, LogStore, Moment, NewLog, Notice, Notices, Place, PlaceId, Renewed,
    SessionKey, SessionStore, SharedLimiter, SharedSessions, StoredEvents, StoredLog,
    StoredSession, StreamLimiter,
};
pub use crate::subscription::{SubscriptionEnd, Written};
