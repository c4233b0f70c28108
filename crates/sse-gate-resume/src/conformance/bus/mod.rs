//! The laws of [`Bus`], each as a check.

mod breaks;
mod deliver;
mod others;
mod samples;
mod slow;

use std::time::Duration;

pub use breaks::{a_broken_subscription_has_no_hole, a_new_subscription_hears_again_after_a_break};
pub use deliver::{
    all_subscribers_are_told, each_notice_comes_back_as_it_was,
    what_is_published_before_a_probe_comes_before_it,
    what_racing_nodes_publish_after_a_subscription_began_comes,
};
pub use others::a_dropped_subscription_ends_no_other;
pub use slow::{
    a_subscriber_that_does_not_read_holds_up_no_other, no_notice_is_dropped_in_silence,
};

use super::heard::PATIENCE;
use crate::store::Bus;

/// How the checks make buses of one kind, and break them.
///
/// ```
/// use sse_gate_resume::backend::MemoryBus;
/// use sse_gate_resume::conformance::BusBackend;
///
/// struct Memory;
///
/// impl BusBackend for Memory {
///     type Bus = MemoryBus;
///
///     fn set_up() -> Self {
///         Self
///     }
///
///     async fn bus(&self) -> MemoryBus {
///         MemoryBus::default()
///     }
///
///     async fn other_node(&self, bus: &MemoryBus) -> MemoryBus {
///         bus.clone()
///     }
/// }
///
/// sse_gate_resume::bus_conformance!(bus_in_memory: Memory);
/// ```
///
/// A bus over a network can lose its connection. Its backend says how:
/// [`break_channel`](Self::break_channel) and [`mend_channel`](Self::mend_channel).
pub trait BusBackend: Send + Sync + 'static {
    /// The kind of bus.
    type Bus: Bus;

    /// Makes what one check needs: a connection, a channel that no other check uses.
    fn set_up() -> Self;

    /// The bus of the first node. A check calls it once.
    fn bus(&self) -> impl Future<Output = Self::Bus> + Send;

    /// The same bus for another node, with a connection of its own.
    fn other_node(&self, bus: &Self::Bus) -> impl Future<Output = Self::Bus> + Send;

    /// Cuts this node's connection under its subscriptions, and keeps it cut. Returns whether it did:
    /// `false`, by default, if the channel can't break. Then the checks of a channel that breaks pass.
    fn break_channel(&self, bus: &Self::Bus) -> impl Future<Output = bool> + Send {
        let _ = bus;
        async { false }
    }

    /// Lets this node connect again. By default it does nothing.
    fn mend_channel(&self, bus: &Self::Bus) -> impl Future<Output = ()> + Send {
        let _ = bus;
        async {}
    }

    /// How long a notice may be on its way: 5 seconds by default. After a longer silence, a check takes it
    /// as lost.
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// Runs a future to its end. Override it for a bus that needs an async runtime.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        pollster::block_on(future)
    }
}
