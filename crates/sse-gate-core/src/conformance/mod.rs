//! Tests for authors of stores: every law of [`TokenStore`] as a check that runs on any store.
//!
//! Implement [`Backend`] to say how the checks make a fresh store. Then name it once:
//!
//! ```
//! use std::time::Duration;
//! use sse_gate_core::conformance::Backend;
//! use sse_gate_core::{Limits, ManualClock, MemoryStore};
//!
//! struct Memory(ManualClock);
//!
//! impl Backend for Memory {
//!     type Store = MemoryStore;
//!
//!     fn set_up() -> Self {
//!         Self(ManualClock::default())
//!     }
//!
//!     async fn store(&self, limits: Limits) -> MemoryStore {
//!         MemoryStore::with_clock(limits, self.0.clone())
//!     }
//!
//!     async fn advance(&self, span: Duration) {
//!         self.0.advance(span);
//!     }
//!
//!     fn set_wall_ahead(&self, span: Duration) {
//!         self.0.set_wall_ahead(span);
//!     }
//!
//!     fn set_wall_back(&self, span: Duration) {
//!         self.0.set_wall_back(span);
//!     }
//! }
//!
//! sse_gate_core::token_store_conformance!(memory: Memory);
//! ```
//!
//! That makes a test for each law. A test that fails names the law, what the store did, the cap if it is
//! about one, and the line of `token_store_conformance!`.
//!
//! Each check is also a function with the name of its law. It panics if the store breaks the law.
#![expect(
    clippy::missing_panics_doc,
    reason = "a check panics if a law is broken"
)]

mod caps;
mod check;
mod epoch;
mod expiry;
mod insert;
mod macros;
mod operations;
mod payload_caps;
mod sample;
mod take;
mod wall;
mod withdraw;

use std::time::Duration;

pub use caps::{
    a_full_store_refuses_the_newcomer, a_full_subject_refuses_only_its_own,
    racing_inserts_never_pass_a_cap, room_comes_back_when_entries_are_taken,
    room_comes_back_when_entries_end,
};
pub use check::check;
pub use epoch::{
    a_withdrawal_concerns_its_own_subject_and_the_past, a_withdrawal_is_never_forgotten,
    an_entry_older_than_a_withdrawal_is_refused, an_epoch_that_never_was_is_refused,
    no_racing_insert_survives_a_withdrawal,
};
pub use expiry::{
    a_key_used_again_counts_once, an_ended_key_can_be_used_again, an_entry_ends_with_its_ttl,
};
pub use insert::{inserting_only_creates, one_of_many_racing_inserts_creates};
pub use payload_caps::payloads_are_capped_one_by_one_by_subject_and_in_all;
pub use sample::Sample;
pub use take::{
    a_dropped_take_happens_whole_or_not_at_all, a_key_is_compared_whole, an_entry_comes_back_whole,
    an_unknown_key_gives_nothing, one_of_many_racing_takers_gets_the_entry,
    taking_twice_gives_nothing,
};
pub use wall::{
    a_wall_clock_put_right_gives_room, a_wall_clock_put_right_lengthens_no_life,
    a_wall_clock_set_back_lengthens_no_life,
};
pub use withdraw::{
    a_withdrawn_subject_has_no_entries_left, withdrawing_gives_room_and_counts_the_live,
};

use crate::{Limits, TokenStore};

/// How the checks make stores of one kind, and move their time.
///
/// See the [module](self) for an example.
pub trait Backend: Send + Sync + 'static {
    /// The kind of store.
    type Store: TokenStore;

    /// Makes what one check needs: a clock, a connection, a name space that no other check uses.
    fn set_up() -> Self;

    /// An empty store with these limits. A check calls it once.
    fn store(&self, limits: Limits) -> impl Future<Output = Self::Store> + Send;

    /// Lets this much time pass for the store: by its clock, or by waiting.
    fn advance(&self, span: Duration) -> impl Future<Output = ()> + Send;

    /// Sets the store's wall clock ahead by `span`. By default it does nothing, for a store whose clock
    /// a test can't set.
    fn set_wall_ahead(&self, span: Duration) {
        let _ = span;
    }

    /// Sets the store's wall clock back by `span`. By default it does nothing.
    fn set_wall_back(&self, span: Duration) {
        let _ = span;
    }

    /// Runs a future to its end. Override it for a store that needs an async runtime.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        pollster::block_on(future)
    }

    /// How exactly the store keeps time: one millisecond by default. A check of the end of a lifetime
    /// looks this much before the end, and at the end.
    fn precision(&self) -> Duration {
        Duration::from_millis(1)
    }
}
