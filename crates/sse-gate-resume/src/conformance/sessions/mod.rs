//! The laws of [`SessionStore`], each as a check.

mod announce;
mod caps;
mod create;
mod due;
mod nodes;
mod operations;
mod revoke;
mod sample;
mod swap;
mod waiting;

use std::time::Duration;

pub use announce::{
    a_swap_that_does_not_count_announces_nothing_false, an_announced_step_is_in_the_store,
    what_cuts_connections_is_announced,
};
pub use caps::{
    a_closed_session_no_longer_counts_for_its_subject, a_full_store_refuses_the_newcomer,
    a_full_subject_refuses_only_its_own, racing_creates_never_pass_a_cap,
    what_was_closed_first_makes_room_first,
};
pub use create::{
    a_name_is_taken_once, a_session_comes_back_whole, a_token_opens_one_session,
    an_unknown_key_gives_nothing, one_of_many_racing_creates_counts,
};
pub use due::{
    a_closed_session_is_forgotten_when_it_ends, a_closed_session_is_kept_until_it_ends,
    an_end_that_moves_moves_what_is_due, nothing_is_due_before_its_time, time_never_goes_back,
    what_ended_first_is_due_first,
};
pub use nodes::a_session_of_a_dead_node_waits;
pub use revoke::{
    a_revocation_concerns_its_own_subject_and_the_past, a_revocation_is_never_forgotten,
    a_session_older_than_a_revocation_is_refused, an_epoch_that_never_was_is_refused,
    no_racing_create_survives_a_revocation, revoking_lists_the_open_sessions_of_the_subject,
};
pub use swap::{
    a_session_that_is_gone_is_not_swapped, a_stale_version_changes_nothing,
    each_swap_changes_the_version, one_of_many_racing_swaps_counts,
};
pub use waiting::{only_sessions_without_a_connection_wait, the_oldest_session_waits_first};

use sample::Sample;

use super::heard::PATIENCE;
use crate::SessionLimits;
use crate::store::{Notices, SessionStore};

/// How the checks make stores of sessions of one kind, and move their time.
///
/// See [`conformance`](super) for an example with one node, and [`LogBackend`](super::LogBackend) for
/// several.
///
/// A store in another process can't move its time. It waits, and says how exactly it keeps time:
///
/// ```
/// use std::thread;
/// use std::time::Duration;
/// use sse_gate_resume::conformance::SessionBackend;
/// use sse_gate_resume::{MemorySessions, SessionLimits};
///
/// struct Waits;
///
/// impl SessionBackend for Waits {
///     type Store = MemorySessions;
///
///     fn set_up() -> Self {
///         Self
///     }
///
///     async fn store(&self, limits: SessionLimits) -> MemorySessions {
///         MemorySessions::new(limits)
///     }
///
///     async fn advance(&self, span: Duration) {
///         thread::sleep(span);
///     }
///
///     fn precision(&self) -> Duration {
///         Duration::from_millis(5)
///     }
/// }
///
/// sse_gate_resume::session_store_conformance!(by_the_systems_clock: Waits);
/// ```
///
/// A store that announces what it changes says how to listen to that:
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::ManualClock;
/// use sse_gate_resume::backend::{Bus, MemoryBus, Notices};
/// use sse_gate_resume::conformance::SessionBackend;
/// use sse_gate_resume::{MemorySessions, SessionLimits};
///
/// #[derive(Default)]
/// struct Announces {
///     clock: ManualClock,
///     bus: MemoryBus,
/// }
///
/// impl SessionBackend for Announces {
///     type Store = MemorySessions;
///
///     fn set_up() -> Self {
///         Self::default()
///     }
///
///     async fn store(&self, limits: SessionLimits) -> MemorySessions {
///         let store = MemorySessions::new(limits).with_clock(self.clock.clone());
///         store.with_bus(&self.bus)
///     }
///
///     async fn advance(&self, span: Duration) {
///         self.clock.advance(span);
///     }
///
///     async fn subscribe(&self, _: &MemorySessions) -> Option<Notices> {
///         self.bus.subscribe().await.ok()
///     }
/// }
///
/// # use sse_gate_resume::conformance::sessions;
/// # sessions::an_announced_step_is_in_the_store(&Announces::default());
/// sse_gate_resume::session_store_conformance!(announced: Announces);
/// ```
pub trait SessionBackend: Send + Sync + 'static {
    /// The kind of store.
    type Store: SessionStore;

    /// Makes what one check needs: a clock, a connection, a name space that no other check uses.
    fn set_up() -> Self;

    /// An empty store with these limits. A check calls it once.
    fn store(&self, limits: SessionLimits) -> impl Future<Output = Self::Store> + Send;

    /// Lets this much time pass for the store: by its clock, or by waiting.
    fn advance(&self, span: Duration) -> impl Future<Output = ()> + Send;

    /// Sets the store's wall clock back by `span`. By default it does nothing, for a store whose clock
    /// a test can't set.
    fn set_wall_back(&self, span: Duration) {
        let _ = span;
    }

    /// The same store for another node, with a [name](SessionStore::node) of its own. `None`, by default,
    /// if the store has only one node: then the check of a node that dies passes.
    fn other_node(&self, store: &Self::Store) -> impl Future<Output = Option<Self::Store>> + Send {
        let _ = store;
        async { None }
    }

    /// Lets a node die, and waits until the store knows. By default it drops the node.
    fn kill(&self, node: Self::Store) -> impl Future<Output = ()> + Send {
        async { drop(node) }
    }

    /// Subscribes a node to what the store announces on its [bus](crate::backend::Bus). `None`, by
    /// default, if it announces nothing, as only one node uses it: then the checks of announcements pass.
    fn subscribe(&self, store: &Self::Store) -> impl Future<Output = Option<Notices>> + Send {
        let _ = store;
        async { None }
    }

    /// How long an announcement may be on its way: 5 seconds by default. After a longer silence, a check
    /// takes it as lost.
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// Runs a future to its end. Override it for a store that needs an async runtime.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        pollster::block_on(future)
    }

    /// How exactly the store keeps time: one millisecond by default. A check of an end looks this much
    /// before it, and at it.
    fn precision(&self) -> Duration {
        Duration::from_millis(1)
    }
}
