//! One session as the table keeps it: [`SessionEntry`].

use std::sync::Arc;

use sse_gate_core::SteadyTime;

use super::super::deferred::Deferred;
use super::by_subject::Listing;
use crate::log::{Bounds, ReadLog};
use crate::node::{CutReason, Fence};
use crate::session::Record;
use crate::store::Found;

/// A session, open or remembered.
pub(super) struct SessionEntry {
    pub(super) record: Record,
    pub(super) ends_at: SteadyTime,
    /// When it was closed, as a number that is larger for a later one.
    pub(super) closed_as: Option<u64>,
    /// What an open session has.
    pub(super) live: Option<Live>,
}

/// What an open session has beside its record.
pub(super) struct Live {
    pub(super) log: Arc<dyn ReadLog>,
    pub(super) owns_log: bool,
    pub(super) fence: Fence,
    pub(super) listing: Listing,
}

impl SessionEntry {
    /// The bounds of its log. A closed session has none, so they are those of an empty log.
    pub(super) fn bounds(&self) -> Bounds {
        self.live.as_ref().map_or(
            Bounds {
                first: 1,
                last: 0,
                end: None,
            },
            |live| live.log.bounds(),
        )
    }

    /// Puts a new connection in the place of the one before, which is cut.
    pub(super) fn replace(&mut self, deferred: &mut Deferred) -> Option<Found> {
        let live = self.live.as_mut()?;
        deferred.cut(&live.fence, CutReason::Replaced);
        live.fence = Fence::new();
        Some(Found {
            binding: Arc::clone(self.record.binding()),
            log: Arc::clone(&live.log),
            fence: live.fence.clone(),
        })
    }
}
