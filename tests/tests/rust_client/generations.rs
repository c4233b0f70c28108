//! Flow A: a token for each attempt.

use sse_gate_client::{EventSource, HyperTransport, MintEachTime};
use sse_gate_tests::{Setup, User};

use crate::cutting::Cutting;
use crate::reading::{bearer, hasty, next, url};

/// G10, H8: over three cuts each record comes once, in order, and no JWT is in any URL.
pub(crate) async fn a_generation_is_read_once_and_in_order_over_three_cuts(setup: Setup) {
    let server = setup.arg("pace", 20).arg("retry", 10).start();
    let alice = server.user("alice");
    let id = alice.start().await;
    let mint = MintEachTime::new(&url(&server, &User::mint_path(&id))).expect("it is a URL");
    let transport = HyperTransport::new().expect("there are roots");
    let (transport, record) = Cutting::new(transport, &[3, 2, 1]);
    let source = mint.with_bearer(bearer(&alice));
    let mut events = EventSource::with_settings(transport, source, hasty()).events();

    let mut ids = Vec::new();
    loop {
        let event = next(&mut events).await;
        ids.push(event.id().parse::<u64>().expect("ids are numbers"));
        let state: serde_json::Value = event.json().expect("it is JSON");
        if state["status"] == "completed" {
            break;
        }
    }
    let first = ids[0];
    let expected: Vec<_> = (first..first + ids.len() as u64).collect();
    assert_eq!(ids, expected);
    assert_eq!(record.count("GET"), 4, "{record:?}");
    assert_eq!(record.count("POST"), 4, "{record:?}");
    assert_eq!(record.count(&alice.jwt), 0, "{record:?}");
    assert!(first <= 1, "from the beginning");
}
