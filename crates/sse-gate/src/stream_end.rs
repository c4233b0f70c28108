//! How a body tells the gate around it how it ends: [`report`], and [`heard`].
//!
//! Between the two stand boxes, layers and frameworks that know nothing of it, so it can't go by
//! types. It goes by the call: a body is polled by the body around it, on the same thread. A body
//! that is polled elsewhere, in a task of its own behind a channel, is not heard.

use std::cell::Cell;

use sse_gate_core::StreamEnd;

thread_local! {
    static REPORTED: Cell<Option<StreamEnd>> = const { Cell::new(None) };
}

/// The body that is being polled ends so, whatever its last frame looks like.
pub(crate) fn report(end: StreamEnd) {
    REPORTED.set(Some(end));
}

/// Polls a body, or a handler. If it reports its end, `end` is that; if it panics, `end` is left as
/// failed.
pub(crate) fn heard<T>(end: &mut StreamEnd, poll: impl FnOnce() -> T) -> T {
    let before = std::mem::replace(end, StreamEnd::Failed);
    REPORTED.set(None);
    let polled = poll();
    // It stays reported, for a gate around this one.
    *end = REPORTED.get().unwrap_or(before);
    polled
}
