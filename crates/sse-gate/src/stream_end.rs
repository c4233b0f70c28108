//! How a body tells the gate around it how it ends: [`report`] and [`heard`].
//!
//! Between the two bodies are boxes, layers and frameworks that know nothing of this, so it can't use
//! types. It uses the call: a body is polled by the body around it, on the same thread. A body that is
//! polled elsewhere, as in a task behind a channel, can't report.

use std::cell::Cell;

use sse_gate_core::StreamEnd;

thread_local! {
    static REPORTED: Cell<Option<StreamEnd>> = const { Cell::new(None) };
}

/// Reports how the body ends that is being polled now.
pub(crate) fn report(end: StreamEnd) {
    REPORTED.set(Some(end));
}

/// Polls a body or a handler. If it reports its end, `end` is set to that. If it panics, `end` stays set to
/// failed.
pub(crate) fn heard<T>(end: &mut StreamEnd, poll: impl FnOnce() -> T) -> T {
    let before = std::mem::replace(end, StreamEnd::Failed);
    REPORTED.set(None);
    let polled = poll();
    // The report stays, for another gate around this one.
    *end = REPORTED.get().unwrap_or(before);
    polled
}
