//! The laws of [`StreamLimiter`], each as a check.

mod caps;
mod ends;
mod free;
mod generations;
mod operations;
mod renew;

use std::time::Duration;

pub use caps::{
    a_full_limiter_refuses_the_newcomer, a_full_subject_refuses_only_its_own,
    a_place_counts_once_however_often_it_is_claimed, nodes_count_together,
    racing_claims_never_pass_a_cap, racing_claims_of_one_place_count_once,
    room_is_what_claims_find,
};
pub use ends::{
    a_claim_that_is_repeated_renews, a_place_lasts_for_its_time, a_place_that_is_not_renewed_ends,
};
pub use free::{a_place_that_is_freed_is_free, freeing_what_is_gone_is_ignored};
pub use generations::{
    a_later_connection_takes_the_place_over, an_earlier_connection_changes_nothing,
    the_last_of_racing_connections_has_the_place,
};
pub use renew::{
    a_place_that_is_renewed_lasts, many_places_are_renewed_at_once, renewing_brings_nothing_back,
    renewing_tells_what_became_of_each,
};

use crate::StreamLimits;
use crate::store::StreamLimiter;

/// How the checks make limiters of one kind, and move their time.
///
/// ```
/// use std::time::Duration;
/// use sse_gate_core::ManualClock;
/// use sse_gate_resume::StreamLimits;
/// use sse_gate_resume::backend::MemoryLimiter;
/// use sse_gate_resume::conformance::LimiterBackend;
///
/// struct Memory(ManualClock);
///
/// impl LimiterBackend for Memory {
///     type Limiter = MemoryLimiter;
///
///     fn set_up() -> Self {
///         Self(ManualClock::default())
///     }
///
///     async fn limiter(&self, limits: StreamLimits) -> MemoryLimiter {
///         MemoryLimiter::new(limits).with_clock(self.0.clone())
///     }
///
///     async fn advance(&self, span: Duration) {
///         self.0.advance(span);
///     }
///
///     async fn other_node(&self, limiter: &MemoryLimiter) -> MemoryLimiter {
///         limiter.clone()
///     }
/// }
///
/// sse_gate_resume::stream_limiter_conformance!(limiter_in_memory: Memory);
/// ```
pub trait LimiterBackend: Send + Sync + 'static {
    /// The kind of limiter.
    type Limiter: StreamLimiter;

    /// Makes what one check needs: a clock, a connection, a name space that no other check uses.
    fn set_up() -> Self;

    /// A limiter without places, with these limits. A check calls it once.
    fn limiter(&self, limits: StreamLimits) -> impl Future<Output = Self::Limiter> + Send;

    /// The same limiter for another node.
    fn other_node(&self, limiter: &Self::Limiter) -> impl Future<Output = Self::Limiter> + Send;

    /// Lets this much time pass for the limiter: by its clock, or by waiting.
    fn advance(&self, span: Duration) -> impl Future<Output = ()> + Send;

    /// Runs a future to its end. Override it for a limiter that needs an async runtime.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        pollster::block_on(future)
    }

    /// How exactly the limiter keeps time: one millisecond by default. A check of an end looks this much
    /// before it, and at it.
    fn precision(&self) -> Duration {
        Duration::from_millis(1)
    }
}

/// How long a place lasts in the checks of its end.
fn ttl<B: LimiterBackend>(backend: &B) -> Duration {
    backend.precision() * 60
}

/// Limits for checks that are not about the end of places.
const LONG: Duration = Duration::from_secs(3600);
