//! Listens to the other nodes: [`Listener`].

mod look;
mod round;

use std::future::poll_fn;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use sse_gate_core::{Clock, Entropy};

use super::channel::Channel;
use super::{Connections, Work};
use crate::log::LogWindows;
use crate::session::NodeId;
use crate::store::{Notices, SharedSessions};

use round::Round;

/// Listens to the other nodes, and does here what they have done to sessions and logs of this node.
///
/// It subscribes, then looks into the store at everything that is alive here. So nothing is missed: what
/// changes later comes as a notice. From then on it sends a probe to itself, again and again. If none
/// comes back in time, or the subscription ends, it begins anew.
pub(crate) struct Listener {
    pub(crate) channel: Channel,
    pub(crate) store: SharedSessions,
    pub(crate) windows: Option<LogWindows>,
    /// Nothing is to be done when they are gone.
    pub(crate) connections: Weak<Connections>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where the names of subscriptions come from.
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) sleep: Sleep,
}

/// Returns a future that is ready after this time.
pub(crate) type Sleep = Box<dyn Fn(Duration) -> Work<()> + Send + Sync>;

impl Listener {
    /// Listens until the sessions are gone, or something else listens already.
    pub(crate) async fn run(self) {
        let Some(_listening) = self.channel.claim() else {
            return;
        };
        while self.connections.strong_count() > 0 {
            if let Ok(name) = NodeId::generate(&*self.entropy)
                && let Some(notices) = self.subscribe().await
            {
                let mut round = Round::new(&self, name, notices);
                poll_fn(|cx| round.poll(cx)).await;
            }
            (self.sleep)(self.channel.probe_every).await;
        }
    }

    /// Subscribes, if the bus answers in time.
    async fn subscribe(&self) -> Option<Notices> {
        let bus = self.channel.bus.clone();
        let mut subscribed = Box::pin(async move { bus.subscribe().await });
        let mut late = (self.sleep)(self.channel.max_silence);
        poll_fn(|cx| match subscribed.as_mut().poll(cx) {
            Poll::Ready(answer) => Poll::Ready(answer.ok()),
            Poll::Pending => late.as_mut().poll(cx).map(|()| None),
        })
        .await
    }
}
