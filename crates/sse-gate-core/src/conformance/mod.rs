//! Proof that a store obeys: every law of [`TokenStore`] as a check, run over any backend.
//!
//! A backend's tests say how to make a fresh store ([`Backend`]) and name it once:
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
//! Each check is a function too, named as the law that it checks. It panics if the law is broken.
#![expect(
    clippy::missing_panics_doc,
    reason = "to panic is what a check is there for"
)]

mod caps;
mod epoch;
mod expiry;
mod insert;
mod sample;
mod take;
mod wall;
mod withdraw;

use std::time::Duration;

pub use caps::{
    a_full_store_refuses_the_newcomer, a_full_subject_refuses_only_its_own,
    payloads_are_capped_one_by_one_by_subject_and_in_all, racing_inserts_never_pass_a_cap,
    room_comes_back_when_entries_are_taken, room_comes_back_when_entries_end,
};
pub use epoch::{
    a_withdrawal_concerns_its_own_subject_and_the_past, a_withdrawal_is_never_forgotten,
    an_entry_older_than_a_withdrawal_is_refused, an_epoch_that_never_was_is_refused,
    no_racing_insert_survives_a_withdrawal,
};
pub use expiry::{
    a_key_used_again_counts_once, an_ended_key_can_be_used_again, an_entry_ends_with_its_ttl,
};
pub use insert::{inserting_only_creates, one_of_many_racing_inserts_creates};
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
pub trait Backend: Send + Sync + 'static {
    /// The kind of store.
    type Store: TokenStore;

    /// What one check needs: a clock, a connection, a key space of its own.
    fn set_up() -> Self;

    /// An empty store with these limits. A check asks for it once.
    fn store(&self, limits: Limits) -> impl Future<Output = Self::Store> + Send;

    /// Lets this much time pass for the store, by its clock or by waiting.
    fn advance(&self, span: Duration) -> impl Future<Output = ()> + Send;

    /// Sets the store's wall clock ahead by `span`. It does nothing by default, for a store whose
    /// clock can't be set by a test.
    fn set_wall_ahead(&self, span: Duration) {
        let _ = span;
    }

    /// Sets the store's wall clock back by `span`. It does nothing by default, too.
    fn set_wall_back(&self, span: Duration) {
        let _ = span;
    }

    /// Runs a future to its end. A backend that needs a runtime of its own overrides it.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        pollster::block_on(future)
    }

    /// How exactly the store keeps time. A check of the very edge of a lifetime steps this far
    /// to either side. One millisecond by default.
    fn precision(&self) -> Duration {
        Duration::from_millis(1)
    }
}

/// Makes a module of tests, one for every law of [`TokenStore`](crate::TokenStore): the name of
/// the module, and the [`Backend`](crate::conformance::Backend).
#[macro_export]
macro_rules! token_store_conformance {
    ($module:ident: $backend:ty) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;

            $crate::token_store_conformance!(@laws $backend:
                an_entry_comes_back_whole,
                taking_twice_gives_nothing,
                an_unknown_key_gives_nothing,
                a_key_is_compared_whole,
                one_of_many_racing_takers_gets_the_entry,
                a_dropped_take_happens_whole_or_not_at_all,
                inserting_only_creates,
                one_of_many_racing_inserts_creates,
                an_entry_ends_with_its_ttl,
                an_ended_key_can_be_used_again,
                a_key_used_again_counts_once,
                a_wall_clock_put_right_lengthens_no_life,
                a_wall_clock_set_back_lengthens_no_life,
                a_wall_clock_put_right_gives_room,
                a_full_store_refuses_the_newcomer,
                a_full_subject_refuses_only_its_own,
                payloads_are_capped_one_by_one_by_subject_and_in_all,
                racing_inserts_never_pass_a_cap,
                room_comes_back_when_entries_are_taken,
                room_comes_back_when_entries_end,
                a_withdrawn_subject_has_no_entries_left,
                withdrawing_gives_room_and_counts_the_live,
                an_entry_older_than_a_withdrawal_is_refused,
                a_withdrawal_concerns_its_own_subject_and_the_past,
                a_withdrawal_is_never_forgotten,
                an_epoch_that_never_was_is_refused,
                no_racing_insert_survives_a_withdrawal,
            );
        }
    };
    (@laws $backend:ty: $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let backend = <$backend as $crate::conformance::Backend>::set_up();
                $crate::conformance::$law(&backend);
            }
        )*
    };
}
