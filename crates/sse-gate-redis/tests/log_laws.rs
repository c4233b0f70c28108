//! Every law of `LogStore`, on a real server.

use std::time::Duration;

use futures_util::Stream;
use redis::Client;
use sse_gate_redis::RedisLogs;
use sse_gate_resume::backend::{Notice, Notices};
use sse_gate_resume::conformance::LogBackend;

mod support;
use support::{Check, NODE_TTL, PRECISION, SERVER};

impl LogBackend for Check {
    type Store = RedisLogs;

    fn set_up() -> Self {
        Self::new()
    }

    async fn store(&self, max_logs: usize) -> RedisLogs {
        RedisLogs::new(&self.node().await).with_max_logs(max_logs)
    }

    async fn advance(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }

    async fn other_node(&self, _: &RedisLogs) -> Option<RedisLogs> {
        Some(RedisLogs::new(&self.node().await))
    }

    async fn kill(&self, node: RedisLogs) {
        drop(node);
        tokio::time::sleep(NODE_TTL + PRECISION).await;
    }

    async fn subscribe(&self, _: &RedisLogs) -> Option<Notices> {
        Some(subscribe(&format!("{}:bus", self.prefix())).await)
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.block_on(future)
    }

    fn precision(&self) -> Duration {
        PRECISION
    }
}

/// What is published on this channel from now on.
async fn subscribe(channel: &str) -> Notices {
    let client = Client::open(SERVER.url()).expect("the address is one");
    let subscription = client.get_async_pubsub().await;
    let mut subscription = subscription.expect("the server is up");
    let subscribed = subscription.subscribe(channel).await;
    subscribed.expect("the server is up");
    let mut messages = Box::pin(subscription.into_on_message());
    Notices::new(move |cx| {
        messages.as_mut().poll_next(cx).map(|message| {
            let notice = Notice::from_bytes(message?.get_payload_bytes());
            Some(notice.expect("what a store publishes is a notice"))
        })
    })
}

sse_gate_resume::log_store_conformance!(logs: Check);
