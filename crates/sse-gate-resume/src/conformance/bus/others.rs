//! Laws of subscriptions that come and go.

use super::BusBackend;
use super::samples::{numbered, publish, subscribe};
use crate::conformance::heard::{Heard, hear_until};

const ROUNDS: u64 = 200;

/// Subscriptions that were dropped end no other, and publishing goes on.
pub fn a_dropped_subscription_ends_no_other<B: BusBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.bus().await;
        let two = backend.other_node(&one).await;
        let mut stay = [subscribe(&one).await, subscribe(&two).await];
        for round in 0..ROUNDS {
            let (of_one, of_two) = (subscribe(&one).await, subscribe(&two).await);
            if round % 2 == 0 {
                drop((of_one, of_two));
                publish(&two, numbered(round)).await;
            } else {
                publish(&two, numbered(round)).await;
                drop((of_one, of_two));
            }
            for notices in &mut stay {
                let heard = hear_until(notices, numbered(round), backend.patience()).await;
                assert_eq!(
                    heard.1,
                    Heard::Notice(numbered(round)),
                    "in round {round}, a subscription was ended by the end of another one"
                );
            }
        }
    });
}
