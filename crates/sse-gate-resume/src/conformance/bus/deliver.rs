//! Laws of what a subscription delivers.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::BusBackend;
use super::samples::{every_kind, numbered, probe, publish, subscribe};
use crate::conformance::check::race;
use crate::conformance::heard::{Heard, hear, hear_until};
use crate::store::Notice;

const ROUNDS: u64 = 50;

/// Every kind of notice comes back as it was.
pub fn each_notice_comes_back_as_it_was<B: BusBackend>(backend: &B) {
    backend.block_on(async {
        let bus = backend.bus().await;
        let other = backend.other_node(&bus).await;
        let mut notices = subscribe(&other).await;
        for notice in every_kind() {
            publish(&bus, notice).await;
            // One of before may come twice.
            let (came, last) = hear_until(&mut notices, notice, backend.patience()).await;
            assert_eq!(
                last,
                Heard::Notice(notice),
                "a notice came back as another one, or did not: {came:?}"
            );
        }
    });
}

/// Each notice comes to all subscriptions of all nodes, to those of its publisher, too.
pub fn all_subscribers_are_told<B: BusBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.bus().await;
        let two = backend.other_node(&one).await;
        let mut all = Vec::new();
        for bus in [&one, &one, &two, &two] {
            all.push(subscribe(bus).await);
        }
        for (number, bus) in [(1, &one), (2, &two)] {
            publish(bus, numbered(number)).await;
        }
        for (place, notices) in all.iter_mut().enumerate() {
            let mut missing = HashSet::from([numbered(1), numbered(2)].map(|it| it.to_bytes()));
            while !missing.is_empty() {
                match hear(notices, backend.patience()).await {
                    Heard::Notice(notice) => missing.remove(&notice.to_bytes()),
                    heard => panic!("subscription {place} of 4 was not told of all: {heard:?}"),
                };
            }
        }
    });
}

/// When a probe comes back, all that was published before it has come, whichever node has published it. A
/// node that hears its probes depends on that.
pub fn what_is_published_before_a_probe_comes_before_it<B: BusBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.bus().await;
        let two = backend.other_node(&one).await;
        let mut notices = subscribe(&one).await;
        for round in 0..ROUNDS {
            let before = [round * 4, round * 4 + 1, round * 4 + 2].map(numbered);
            for (notice, bus) in before.iter().zip([&two, &one, &two]) {
                publish(bus, *notice).await;
            }
            publish(&one, probe(round)).await;
            let (came, last) = hear_until(&mut notices, probe(round), backend.patience()).await;
            assert_eq!(
                last,
                Heard::Notice(probe(round)),
                "a probe did not come back"
            );
            for notice in before {
                assert!(
                    came.contains(&notice),
                    "in round {round}, a probe came before what was published before it"
                );
            }
        }
    });
}

/// What is published after `subscribe` has returned comes, while nodes publish all the time. What was
/// published before that need not come.
pub fn what_racing_nodes_publish_after_a_subscription_began_comes<B: BusBackend>(backend: &B) {
    const PUBLISHERS: usize = 4;
    let one = backend.block_on(backend.bus());
    let two = backend.block_on(backend.other_node(&one));
    for round in 0..10_u64 {
        let stage = Stage::default();
        let subscription = Mutex::new(None);
        let counted = race(PUBLISHERS + 1, |racer| {
            if racer == PUBLISHERS {
                (0..round).for_each(|_| thread::yield_now());
                stage.is_subscribing.store(true, Ordering::SeqCst);
                let notices = backend.block_on(subscribe(&one));
                stage.has_begun.store(true, Ordering::SeqCst);
                *subscription.lock().expect("no check holds it") = Some(notices);
                return Vec::new();
            }
            let bus = if racer % 2 == 0 { &one } else { &two };
            stage.publish_around(|number| {
                let notice = numbered(((round << 32) + number) * PUBLISHERS as u64 + racer as u64);
                backend.block_on(publish(bus, notice));
                notice
            })
        });
        let notices = subscription.into_inner().expect("no check holds it");
        let mut notices = notices.expect("one thread has subscribed");
        let counted: Vec<_> = counted.into_iter().flatten().collect();
        let mut missing: HashSet<_> = counted.iter().map(Notice::to_bytes).collect();
        while !missing.is_empty() {
            match backend.block_on(hear(&mut notices, backend.patience())) {
                Heard::Notice(notice) => missing.remove(&notice.to_bytes()),
                heard => panic!(
                    "in round {round}, {} notices are missing that were published after a subscription \
                     had begun: {heard:?}",
                    missing.len()
                ),
            };
        }
    }
}

/// How far a subscription is that others race with.
#[derive(Default)]
struct Stage {
    is_subscribing: AtomicBool,
    has_begun: AtomicBool,
}

impl Stage {
    /// Publishes numbered notices, before and while the subscription begins and after that. Returns those
    /// that count: they were published when it had begun.
    ///
    /// While it begins, only a few are published. A subscription that is not read may end if too many wait
    /// for it, and the thread that subscribes may have to wait for a processor.
    fn publish_around(&self, publish: impl Fn(u64) -> Notice) -> Vec<Notice> {
        const COUNTED: usize = 20;
        const UNCOUNTED: usize = 100;
        let (mut counted, mut uncounted) = (Vec::new(), 0);
        for number in 0.. {
            while uncounted == UNCOUNTED && !self.has_begun.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            let may_wait = self.is_subscribing.load(Ordering::SeqCst);
            let counts = self.has_begun.load(Ordering::SeqCst);
            let notice = publish(number);
            if counts {
                counted.push(notice);
            } else if may_wait {
                uncounted += 1;
            }
            if counted.len() == COUNTED {
                break;
            }
        }
        counted
    }
}
