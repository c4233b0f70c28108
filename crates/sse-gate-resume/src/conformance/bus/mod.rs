//! The laws of [`Bus`], each as a check.
//!
//! | law | what breaks it |
//! |---|---|
//! | [`each_notice_comes_back_as_it_was`] | numbers of 64 bits that travel as JSON |
//! | [`all_subscribers_are_told`] | a queue, where each notice goes to one of those who listen |
//! | [`what_is_published_before_a_probe_comes_before_it`] | several channels, or priorities |
//! | [`what_racing_nodes_publish_after_a_subscription_began_comes`] | a `subscribe` that does not wait for the server's answer |
//! | [`no_notice_is_dropped_in_silence`] | a buffer that drops what does not fit |
//! | [`a_subscriber_that_does_not_read_holds_up_no_other`] | one buffer for all subscriptions |
//! | [`a_dropped_subscription_ends_no_other`] | an `UNSUBSCRIBE` on a connection that subscriptions share |
//! | [`a_broken_subscription_has_no_hole`] | a client that reconnects by itself |
//! | [`a_new_subscription_hears_again_after_a_break`] | a client that does not reconnect |
//!
//! A notice may come twice. What was published before a subscription began may come, and need not.

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
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::task::Poll;
/// use sse_gate_resume::backend::{Bus, MemoryBus, Notice, Notices};
/// use sse_gate_resume::conformance::BusBackend;
/// use sse_gate_resume::error::BusError;
///
/// /// One node's connection. It is up while the number of its breaks is even.
/// #[derive(Debug)]
/// struct Connection {
///     inner: MemoryBus,
///     breaks: Arc<AtomicU64>,
/// }
///
/// impl Bus for Connection {
///     async fn publish(&self, notice: Notice) -> Result<(), BusError> {
///         match self.breaks.load(Ordering::SeqCst) % 2 {
///             0 => self.inner.publish(notice).await,
///             _ => Err(BusError::new("the connection is down")),
///         }
///     }
///
///     async fn subscribe(&self) -> Result<Notices, BusError> {
///         let (breaks, before) = (Arc::clone(&self.breaks), self.breaks.load(Ordering::SeqCst));
///         if before % 2 == 1 {
///             return Err(BusError::new("the connection is down"));
///         }
///         let mut inner = self.inner.subscribe().await?;
///         Ok(Notices::new(move |cx| {
///             // It was down since: something may be missing.
///             match breaks.load(Ordering::SeqCst) == before {
///                 true => inner.poll_next(cx),
///                 false => Poll::Ready(None),
///             }
///         }))
///     }
/// }
///
/// struct Network;
///
/// impl BusBackend for Network {
///     type Bus = Connection;
///
///     fn set_up() -> Self {
///         Self
///     }
///
///     async fn bus(&self) -> Connection {
///         Connection { inner: MemoryBus::default(), breaks: Arc::default() }
///     }
///
///     async fn other_node(&self, bus: &Connection) -> Connection {
///         Connection { inner: bus.inner.clone(), breaks: Arc::default() }
///     }
///
///     async fn break_channel(&self, bus: &Connection) -> bool {
///         bus.breaks.fetch_add(1, Ordering::SeqCst);
///         true
///     }
///
///     async fn mend_channel(&self, bus: &Connection) {
///         bus.breaks.fetch_add(1, Ordering::SeqCst);
///     }
/// }
///
/// # use sse_gate_resume::conformance::bus;
/// # bus::a_broken_subscription_has_no_hole(&Network);
/// # bus::a_new_subscription_hears_again_after_a_break(&Network);
/// sse_gate_resume::bus_conformance!(bus_over_a_network: Network);
/// ```
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
