//! Laws of subscribers that don't read.

use std::collections::BTreeSet;

use super::BusBackend;
use super::samples::{numbered, publish, subscribe};
use crate::conformance::heard::{Heard, hear, hear_until};
use crate::store::Notice;

/// More notices than a node lets wait.
const MANY: u64 = 20_000;

/// A subscriber that does not read for long gets all notices later, or its subscription ends. It never goes
/// on behind a hole.
pub fn no_notice_is_dropped_in_silence<B: BusBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.bus().await;
        let two = backend.other_node(&one).await;
        let mut notices = subscribe(&one).await;
        for number in 0..MANY {
            publish(&two, numbered(number)).await;
        }
        let mut missing: BTreeSet<_> = (0..MANY).collect();
        while missing.contains(&(MANY - 1)) {
            match hear(&mut notices, backend.patience()).await {
                Heard::End => return,
                Heard::Silence => panic!("a subscription neither delivers all nor ends"),
                Heard::Notice(Notice::Replaced { generation, .. }) => missing.remove(&generation),
                Heard::Notice(notice) => panic!("{notice:?} was never published"),
            };
        }
        assert!(
            missing.is_empty(),
            "{} of {MANY} notices were dropped in silence",
            missing.len()
        );
    });
}

/// A subscriber that does not read holds up no other.
pub fn a_subscriber_that_does_not_read_holds_up_no_other<B: BusBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.bus().await;
        let two = backend.other_node(&one).await;
        let _idle = [subscribe(&one).await, subscribe(&two).await];
        let mut reading = [subscribe(&one).await, subscribe(&two).await];
        for number in 0..MANY {
            publish(&two, numbered(number)).await;
            if number % 100 == 99 {
                for notices in &mut reading {
                    let heard = hear_until(notices, numbered(number), backend.patience()).await;
                    assert_eq!(
                        heard.1,
                        Heard::Notice(numbered(number)),
                        "a subscriber that reads does not get on, as another one does not read"
                    );
                }
            }
        }
    });
}
