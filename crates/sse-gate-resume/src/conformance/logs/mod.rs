//! The laws of [`LogStore`], each as a check.

mod announce;
mod append;
mod create;
mod end;
mod limits;
mod operations;
mod orphans;
mod read;

use std::time::Duration;

pub use announce::{
    a_refused_append_announces_nothing_false, an_announced_event_is_in_the_store,
    what_is_appended_is_announced,
};
pub use append::{
    events_are_numbered_from_one_without_holes, racing_appends_get_one_number_each,
    what_is_appended_is_read_back,
};
pub use create::{
    a_name_is_taken_once, a_new_log_is_empty, one_of_many_racing_creates_counts,
    too_many_logs_are_refused,
};
pub use end::{
    a_released_log_keeps_its_events, a_removed_log_is_gone,
    an_append_that_races_an_end_is_read_or_refused, an_end_is_final,
    another_log_of_the_name_is_another,
};
pub use limits::{
    an_event_larger_than_the_log_is_refused, events_go_when_they_are_too_old,
    too_many_bytes_make_the_oldest_go, too_many_events_make_the_oldest_go,
};
pub use orphans::{
    an_orphan_goes_to_one_of_many_claimers, only_a_log_whose_writer_died_is_orphaned,
};
pub use read::{a_read_begins_behind_its_number, a_read_is_bounded_and_gives_at_least_one_event};

use super::heard::PATIENCE;
use crate::store::{LogStore, Notices};

/// How the checks make stores of logs of one kind, and move their time.
///
/// See [`conformance`](super) for a backend with one node.
///
/// A store for several nodes says how another node is made, and how one dies:
///
/// ```
/// use std::sync::atomic::{AtomicU8, Ordering};
/// use std::time::Duration;
/// use sse_gate_core::ManualClock;
/// use sse_gate_resume::backend::{MemoryLogStore, NodeId};
/// use sse_gate_resume::conformance::LogBackend;
///
/// struct Nodes {
///     clock: ManualClock,
///     named: AtomicU8,
/// }
///
/// impl Nodes {
///     fn named(&self, store: MemoryLogStore) -> MemoryLogStore {
///         let number = self.named.fetch_add(1, Ordering::Relaxed) + 1;
///         store.with_node(NodeId::from_bytes([number; 8]))
///     }
/// }
///
/// impl LogBackend for Nodes {
///     type Store = MemoryLogStore;
///
///     fn set_up() -> Self {
///         Self { clock: ManualClock::default(), named: AtomicU8::new(0) }
///     }
///
///     async fn store(&self, max_logs: usize) -> MemoryLogStore {
///         self.named(MemoryLogStore::new(max_logs).with_clock(self.clock.clone()))
///     }
///
///     async fn advance(&self, span: Duration) {
///         self.clock.advance(span);
///     }
///
///     async fn other_node(&self, store: &MemoryLogStore) -> Option<MemoryLogStore> {
///         Some(self.named(store.clone()))
///     }
///
///     async fn kill(&self, node: MemoryLogStore) {
///         node.forget_node(node.node());
///     }
/// }
///
/// sse_gate_resume::log_store_conformance!(several_nodes: Nodes);
/// ```
pub trait LogBackend: Send + Sync + 'static {
    /// The kind of store.
    type Store: LogStore;

    /// Makes what one check needs: a clock, a connection, a name space that no other check uses.
    fn set_up() -> Self;

    /// An empty store for at most this many logs. A check calls it once.
    fn store(&self, max_logs: usize) -> impl Future<Output = Self::Store> + Send;

    /// Lets this much time pass for the store: by its clock, or by waiting.
    fn advance(&self, span: Duration) -> impl Future<Output = ()> + Send;

    /// The same store for another node. `None`, by default, if the store has only one node: then the
    /// checks of nodes that die pass.
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

/// Room for more logs than any check makes.
const ROOM: usize = 1_000;
