//! The values of events: sealed, and bound to their log.
//!
//! The number of an event is given by the script that stores it, so its value is not bound to the number.

use bytes::Bytes;
use sse_gate_core::EntropyError;
use sse_gate_seal::Sealer;

use super::key::LogKey;

pub(super) fn seal(sealer: &Sealer, log: &LogKey, event: &[u8]) -> Result<Vec<u8>, EntropyError> {
    sealer.seal(&log.place(), event)
}

/// The event of a value. `None` if it was forged, changed, or moved from another log.
pub(super) fn open(sealer: &Sealer, log: &LogKey, value: &[u8]) -> Option<Bytes> {
    sealer.open(&log.place(), value).ok().map(Bytes::from)
}
