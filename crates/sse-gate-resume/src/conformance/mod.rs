//! Tests for authors of stores: every law of [`SessionStore`](crate::backend::SessionStore),
//! [`LogStore`](crate::backend::LogStore), [`Bus`](crate::backend::Bus) and
//! [`StreamLimiter`](crate::backend::StreamLimiter) as a check that runs on any of them.
//!
//! Say how the checks make a fresh one: [`SessionBackend`], [`LogBackend`], [`BusBackend`],
//! [`LimiterBackend`]. Then name it once:
//!
//! ```
//! use std::time::Duration;
//! use sse_gate_core::ManualClock;
//! use sse_gate_resume::backend::MemoryLogStore;
//! use sse_gate_resume::conformance::{LogBackend, SessionBackend};
//! use sse_gate_resume::{MemorySessions, SessionLimits};
//!
//! struct Memory(ManualClock);
//!
//! impl SessionBackend for Memory {
//!     type Store = MemorySessions;
//!
//!     fn set_up() -> Self {
//!         Self(ManualClock::default())
//!     }
//!
//!     async fn store(&self, limits: SessionLimits) -> MemorySessions {
//!         MemorySessions::new(limits).with_clock(self.0.clone())
//!     }
//!
//!     async fn advance(&self, span: Duration) {
//!         self.0.advance(span);
//!     }
//! }
//!
//! impl LogBackend for Memory {
//!     type Store = MemoryLogStore;
//!
//!     fn set_up() -> Self {
//!         Self(ManualClock::default())
//!     }
//!
//!     async fn store(&self, max_logs: usize) -> MemoryLogStore {
//!         MemoryLogStore::new(max_logs).with_clock(self.0.clone())
//!     }
//!
//!     async fn advance(&self, span: Duration) {
//!         self.0.advance(span);
//!     }
//! }
//!
//! sse_gate_resume::session_store_conformance!(sessions_in_memory: Memory);
//! sse_gate_resume::log_store_conformance!(logs_in_memory: Memory);
//! ```
//!
//! That makes a test for each law. A test that fails names the law, what the store did, and the line of
//! the macro.
//!
//! Each check is also a function with the name of its law, in [`sessions`], [`logs`], [`bus`] and
//! [`limiter`]. It panics if the law is broken. Checks of nodes that die pass at once if the backend has
//! only one node. Checks of what a store announces pass if the backend can't
//! [listen to its store](SessionBackend::subscribe).
//! Checks of time move it by [`advance`](SessionBackend::advance), in steps of the backend's
//! [`precision`](SessionBackend::precision).
#![expect(
    clippy::missing_panics_doc,
    reason = "a check panics if a law is broken"
)]

pub mod bus;
mod check;
mod heard;
pub mod limiter;
pub mod logs;
mod macros;
pub mod sessions;

pub use bus::BusBackend;
pub use check::check;
pub use limiter::LimiterBackend;
pub use logs::LogBackend;
pub use sessions::SessionBackend;
