//! Times at both ends of what can be set.

use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{GrantRequest, Limits, MemoryStore, Resource, Subject, TokenGate};

/// E10, C8: no time that can be set on a gate or a grant makes it panic: a life is cut to what a
/// token may have, and a stream's end to what a date can say.
#[test]
fn any_time_can_be_set_on_a_gate_and_a_grant() {
    let ends = [
        Duration::MAX,
        Duration::from_secs(u64::MAX / 2),
        Duration::ZERO,
    ];
    for span in ends {
        let builder = TokenGate::builder(MemoryStore::new(Limits::default())).with_max_stream(span);
        let gate = builder.build();
        assert!(
            TokenGate::builder(MemoryStore::default())
                .with_ttl(span)
                .is_err()
        );
        for ttl in ends {
            let resource = Resource::new(["chat"]).unwrap();
            let grant = GrantRequest::new(Subject::new("alice").unwrap(), resource).with_ttl(ttl);
            if let Ok(issued) = block_on(gate.issue(grant)) {
                assert!(issued.ttl() <= Duration::from_secs(60 * 60), "{ttl:?}");
            }
        }
    }
}
