//! How much memory an open stream takes, type by type. A type that grows costs each of many streams.

use std::mem::size_of;

use sse_gate_resume::Subscription;
use sse_gate_resume::backend::{Binding, Lease, Record};

use crate::ResumableBody;
use crate::admission::guard::StreamGuard;
use crate::slots::{Pulse, Slot};
use crate::stream::Heartbeat;

/// The sizes are those of 64-bit machines, in bytes. The guard has a timer of tokio's, of 112.
#[test]
#[cfg(target_pointer_width = "64")]
fn what_a_stream_has_is_small() {
    for (name, size, most) in [
        ("the body", size_of::<ResumableBody>(), 320),
        ("in it, the subscription", size_of::<Subscription>(), 240),
        ("in that, the lease", size_of::<Lease>(), 72),
        ("in the body, the heartbeat", size_of::<Heartbeat>(), 48),
        ("around the body, the guard", size_of::<StreamGuard>(), 232),
        ("its pulse", size_of::<Pulse>(), 48),
        ("its slot", size_of::<Slot>(), 8),
        ("the record of its session", size_of::<Record>(), 104),
        ("what that is bound to", size_of::<Binding>(), 232),
    ] {
        assert!(
            size <= most,
            "{name} has {size} bytes, and {most} were enough"
        );
    }
}
