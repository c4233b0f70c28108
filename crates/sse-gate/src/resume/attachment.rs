//! What a stream is attached to: [`Attachment`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sse_gate_core::TokenKey;
use sse_gate_resume::{Arrival, Resumed};

use crate::slots::Slot;

/// What a stream holds until the handler attaches it. The slot is the most important part.
///
/// The stream and its guard share this for as long as the stream is open, so what is gone then is in a box of its own.
pub(crate) struct Unattached(pub(super) Arc<Mutex<Option<Box<Attachment>>>>);

impl Unattached {
    /// Whether the handler has attached the stream.
    pub(crate) fn is_over(&self) -> bool {
        let attachment = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        attachment.is_none()
    }
}

/// What the handler attaches a log to.
pub(super) enum Attachment {
    /// A new session.
    New(NewSession),
    /// A session that the client continues.
    Resumed(Resumed),
}

/// The slot of a client that has come back. The session keeps it until the connection is cut or over.
///
/// Only an attached body sees that it was cut. A body that the handler has made without its stream is ended
/// from here.
pub(super) struct ResumedSlot {
    pub(super) slot: Slot,
    pub(super) is_attached: Arc<AtomicBool>,
}

impl Drop for ResumedSlot {
    fn drop(&mut self) {
        if !self.is_attached.load(Ordering::Acquire) {
            self.slot.pulse().expire();
        }
    }
}

/// What is needed to open a session.
pub(crate) struct NewSession {
    /// The key of the token, or a random one for a caller without a token.
    pub(crate) token: TokenKey,
    /// What was read from the sessions before the token was taken.
    pub(crate) arrival: Arrival,
    /// The slot of the connection.
    pub(crate) slot: Slot,
    /// The last event that a caller with its own credential has.
    pub(crate) cursor: Option<u64>,
}
