//! The channel between nodes: [`RedisBus`].

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use redis::RedisResult;
use redis::aio::PubSubStream;
use sse_gate_resume::backend::{Bus, Notice, Notices};
use sse_gate_resume::error::BusError;
use tokio::sync::mpsc;

use crate::copies::{Copies, with_copies};
use crate::fault::Fault;
use crate::handle::Shared;
use crate::server::Server;
use crate::{Redis, ServerErrorKind};

/// So many notices wait for one subscriber at most. If there are more, its subscription ends.
const MAX_WAITING: usize = 16 * 1024;

/// Tells all nodes what one of them has changed, over a channel of a [`Redis`] server.
///
/// ```no_run
/// use sse_gate_redis::{Redis, RedisBus, RedisOptions};
/// use sse_gate_resume::backend::{Bus, LogEpoch, Notice};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let redis = Redis::connect("redis://127.0.0.1", RedisOptions::unsealed()).await?;
/// let bus = RedisBus::new(&redis);
/// let mut notices = bus.subscribe().await?;
///
/// let notice = Notice::Stop { log: LogEpoch::from_bytes([7; 8]) };
/// bus.publish(notice).await?;
/// assert_eq!(notices.next().await, Some(notice));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # The channel
///
/// It is the prefix of the keys and `:bus`, such as `sse-gate:bus`. All databases of a server share its channels. So
/// two services on one server need different prefixes, even if their databases differ. If the server keeps an
/// access list, the user needs the channel in it, as `&sse-gate:bus`.
///
/// A notice names sessions and logs. It holds no subject, no key and no event, and it is not sealed. Someone who can
/// publish on the channel can cut the connections of sessions and stop the work behind a stream, so let only the
/// nodes do that. They open nothing with it: what counts is in the stores.
///
/// # A subscription
///
/// Each has a connection of its own, which a task reads. Call [`subscribe`](Bus::subscribe) in a tokio runtime: the
/// task belongs to that. The subscription ends
///
/// - when its connection breaks. It never connects anew by itself: what was published meanwhile would be missing;
/// - when 16,384 notices wait for its subscriber, and one more comes. Those that wait are still delivered.
///
/// Bytes that are no notice, such as one of a newer version, are skipped.
///
/// If the server hangs, or the network drops packets, a subscription is silent. Then the node's probes do not come
/// back, and the node subscribes anew. The same is true if the node's operations go to a new server while the
/// subscription is still connected to the old one.
///
/// # The order
///
/// A server delivers notices in the order in which it gets them, from nodes and from the scripts of stores. So a
/// probe comes after all that was published before it.
///
/// In a cluster that is true of each primary by itself. So there a probe is published on all primaries, and counts when
/// all of these copies have come.
#[derive(Clone, Debug)]
pub struct RedisBus {
    shared: Arc<Shared>,
}

impl RedisBus {
    /// The channel between all nodes that use the server with the same prefix.
    pub fn new(redis: &Redis) -> Self {
        Self {
            shared: Arc::clone(redis.shared()),
        }
    }

    async fn listen(&self) -> Result<PubSubStream, Fault> {
        let link = &self.shared.link;
        let patience = link.options().timeout;
        let mut connection = link.source().listen(patience).await?;
        within(patience, connection.subscribe(link.keyspace().bus())).await?;
        Ok(connection.into_on_message())
    }
}

impl Bus for RedisBus {
    async fn publish(&self, notice: Notice) -> Result<(), BusError> {
        let link = &self.shared.link;
        let publish = |server: Arc<Server>| async move {
            let mut publish = redis::cmd("PUBLISH");
            publish.arg(link.keyspace().bus());
            if !matches!(notice, Notice::Probe { .. }) || server.primaries == 1 {
                publish.arg(notice.to_bytes());
                return server.ask(publish).await.map(drop);
            }
            publish.arg(with_copies(notice, server.primaries));
            if server.ask_all(publish).await? == server.primaries {
                return Ok(());
            }
            // There are more primaries now, or fewer. The connection is begun anew, and counts them.
            server.give_up();
            Err(ServerErrorKind::Changed.into())
        };
        Ok(link.with(publish).await?)
    }

    async fn subscribe(&self) -> Result<Notices, BusError> {
        let messages = self.listen().await?;
        let (queue, mut waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(forward(messages, queue));
        Ok(Notices::new(move |cx| waiting.poll_recv(cx)))
    }
}

/// Waits for an answer of the server, no longer than this.
async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = RedisResult<T>>,
) -> Result<T, Fault> {
    let late = |late| Fault::because(ServerErrorKind::Unreachable, late);
    let answer = tokio::time::timeout(patience, answer).await;
    Ok(answer.map_err(late)??)
}

/// Moves notices from a connection to the queue of its subscriber, until the connection breaks, the queue is full,
/// or the subscriber is gone. Then it closes the connection.
///
/// The `redis` crate reads the connection into a queue of its own, which has no bound. This task empties it without
/// waiting for the subscriber, so only the bounded queue grows if the subscriber is slow.
async fn forward(messages: PubSubStream, queue: mpsc::Sender<Notice>) {
    let mut messages = pin!(messages.take_until(queue.closed()));
    let mut copies = Copies::default();
    while let Some(message) = messages.next().await {
        let Some(notice) = copies.hear(message.get_payload_bytes()) else {
            continue;
        };
        if queue.try_send(notice).is_err() {
            return;
        }
    }
}
