//! A connection that is gone: [`Departure`].

use sse_gate_core::SteadyTime;

use crate::id::SessionId;
use crate::session::Delivered;

/// A connection that is gone, as it is noted in its session's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Departure {
    pub(crate) session: SessionId,
    pub(crate) generation: u64,
    pub(crate) delivered: Delivered,
    /// When it went, by this node's steady time.
    pub(crate) at: SteadyTime,
    /// Whether the store has not answered if it has the session. If it has not, it may have it later.
    pub(crate) may_be_early: bool,
}
