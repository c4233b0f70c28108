//! Laws of channels that break.

use super::BusBackend;
use super::samples::{numbered, probe, publish, subscribe};
use crate::conformance::heard::{Heard, hear, hear_until};
use crate::store::Bus;

/// A subscription whose channel broke ends, or nothing comes any more, no probe either. It never goes on
/// behind a hole, even if the channel is mended: its node would take it that nothing is missing.
pub fn a_broken_subscription_has_no_hole<B: BusBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.bus().await;
        let two = backend.other_node(&one).await;
        let (mut broken, mut whole) = (subscribe(&one).await, subscribe(&two).await);
        publish(&two, numbered(0)).await;
        assert_eq!(hear(&mut broken, backend.patience()).await, Heard::Notice(numbered(0)));
        if !backend.break_channel(&one).await {
            return;
        }
        let mut published = Vec::new();
        for number in 1..=10 {
            for notice in [numbered(number), probe(number)] {
                publish(&two, notice).await;
                published.push(notice);
            }
        }
        backend.mend_channel(&one).await;
        for number in 11..=20 {
            for notice in [numbered(number), probe(number)] {
                publish(&two, notice).await;
                published.push(notice);
            }
        }
        let last = probe(20);
        let (came, heard) = hear_until(&mut broken, last, backend.patience()).await;
        for (place, notice) in published.iter().enumerate().filter(|(_, it)| came.contains(it)) {
            let missing = published[..place].iter().find(|it| !came.contains(it));
            assert_eq!(
                missing, None,
                "a subscription whose channel broke has delivered {notice:?} without what came before it \
                 ({heard:?})"
            );
        }
        let (_, heard) = hear_until(&mut whole, last, backend.patience()).await;
        assert_eq!(heard, Heard::Notice(last), "another node's channel broke, too");
    });
}

/// When the channel is mended, the node can subscribe and publish again.
pub fn a_new_subscription_hears_again_after_a_break<B: BusBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.bus().await;
        let two = backend.other_node(&one).await;
        for round in 0..3 {
            let broken = subscribe(&one).await;
            if !backend.break_channel(&one).await {
                return;
            }
            // It may fail, or not come.
            let _ = one.publish(numbered(round * 10)).await;
            backend.mend_channel(&one).await;
            drop(broken);
            let mut notices = subscribe(&one).await;
            for (number, bus) in [(1, &one), (2, &two)] {
                let notice = numbered(round * 10 + number);
                publish(bus, notice).await;
                let (_, heard) = hear_until(&mut notices, notice, backend.patience()).await;
                assert_eq!(
                    heard,
                    Heard::Notice(notice),
                    "in round {round}, a new subscription does not hear after a break"
                );
            }
        }
    });
}
