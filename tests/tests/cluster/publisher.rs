//! Numbers that are published to a topic, at any node: [`Publisher`].

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;
use sse_gate_tests::engines::Random;
use sse_gate_tests::{Connection, Request, jwt};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::task::yield_now;

use crate::follower::TOPIC;

/// How far it may be ahead of the slowest follower: less than a topic holds.
const LEAD: u64 = 300;

/// Publishes one number after the other, each at a random node, and knows which were acknowledged.
pub(crate) struct Publisher {
    nodes: Vec<SocketAddr>,
    jwt: String,
    random: Random,
    /// The first number that was never sent: one without an answer may have been published, so it is not
    /// sent again.
    next: u64,
    acknowledged: BTreeSet<u64>,
}

/// A publisher at work, until it is told to stop.
pub(crate) struct Publishing {
    stop: watch::Sender<bool>,
    task: JoinHandle<Publisher>,
}

impl Publisher {
    /// One that publishes at these nodes.
    pub(crate) fn new(nodes: &[SocketAddr]) -> Self {
        Self {
            nodes: nodes.to_vec(),
            jwt: jwt::of("publisher"),
            random: Random::new(7),
            next: 1,
            acknowledged: BTreeSet::new(),
        }
    }

    /// Publishes until this many numbers more are acknowledged; the last one.
    pub(crate) async fn publish(&mut self, count: usize) -> u64 {
        let enough = self.acknowledged.len() + count;
        while self.acknowledged.len() < enough {
            self.publish_one().await;
        }
        *self.acknowledged.last().expect("it has published")
    }

    /// Publishes from now on, but never far ahead of these followers.
    pub(crate) fn start(mut self, followers: Vec<Arc<AtomicU64>>) -> Publishing {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            while !*stopped.borrow() {
                let seen = followers.iter().map(|last| last.load(Ordering::Relaxed));
                if self.next < seen.min().unwrap_or_default() + LEAD {
                    self.publish_one().await;
                } else {
                    yield_now().await;
                }
            }
            self
        });
        Publishing { stop, task }
    }

    async fn publish_one(&mut self) {
        let node = self.nodes[self.random.below(self.nodes.len())];
        let Some(mut connection) = Connection::try_open(node).await else {
            // It is down, and has not seen the number.
            return yield_now().await;
        };
        let number = self.next;
        self.next += 1;
        let request = Request::post(format!("/topics/{TOPIC}/publish"), "")
            .json(&json!({ "n": number }))
            .bearer(&self.jwt);
        // Without an answer, or after 503, the number may be published or not.
        let answer = connection.exchange_if_any(&request).await;
        if let Some(response) = answer.filter(|response| response.status != 503) {
            assert_eq!(response.status, 202, "{response:?}");
            self.acknowledged.insert(number);
        }
    }

    /// That a follower has got all that was acknowledged, once and in order.
    pub(crate) fn assert_all_in(&self, got: &[u64]) {
        let unique: BTreeSet<_> = got.iter().copied().collect();
        assert_eq!(unique.len(), got.len(), "an event came twice: {got:?}");
        let known = |number: &&u64| self.acknowledged.contains(number);
        let in_order: Vec<_> = got.iter().filter(known).collect();
        assert!(in_order.is_sorted(), "{in_order:?}");
        let lost: Vec<_> = self.acknowledged.difference(&unique).collect();
        assert!(lost.is_empty(), "{lost:?} were acknowledged and lost");
        assert!(!self.acknowledged.is_empty(), "nothing was published");
    }

    /// How many numbers were acknowledged.
    pub(crate) fn count(&self) -> usize {
        self.acknowledged.len()
    }
}

impl Publishing {
    /// Stops it.
    pub(crate) async fn stop(self) -> Publisher {
        self.stop.send_replace(true);
        self.task.await.expect("it publishes")
    }
}
