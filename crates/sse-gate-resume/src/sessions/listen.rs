//! How sessions on one node hear of what the others do.

use std::sync::Arc;
use std::time::Duration;

use super::Sessions;
use crate::log::Logs;
use crate::node::{Channel, Listener, Sleep};
use crate::session::{Binding, SessionError};
use crate::store::{Bus, Notice, SharedBus};

impl Sessions {
    /// Connects this node to the others that share the store. It needs [`listen`](Self::listen), too:
    /// until then, no client gets in.
    ///
    /// A session that is closed or resumed on another node is then cut here as soon as the notice comes,
    /// and events that another node appends come as soon as they are announced.
    ///
    /// If the channel is down, a connection that was replaced on another node emits nothing from ten
    /// seconds on. It costs the others on this node the same: they wait until the channel is up again.
    /// Meanwhile, those who come are told to come back later.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_resume::backend::{MemoryBus, NodeId};
    /// use sse_gate_resume::{MemorySessions, ResumeKey, ResumeKeys, Sessions};
    ///
    /// let (store, bus) = (MemorySessions::default(), MemoryBus::default());
    /// let node = |name: u8| {
    ///     let store = store.clone().with_node(NodeId::from_bytes([name; 8])).with_bus(&bus);
    ///     // All nodes have the same keys.
    ///     let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
    ///     Sessions::new(store, keys).with_bus(bus.clone())
    /// };
    /// let (one, two) = (node(1), node(2));
    /// assert!(!one.is_connected());
    ///
    /// // With tokio: `tokio::spawn(one.listen(tokio::time::sleep))`.
    /// for sessions in [&one, &two] {
    ///     let listening = sessions.listen(|span| async move { std::thread::sleep(span) });
    ///     std::thread::spawn(|| pollster::block_on(listening));
    /// }
    /// while !(one.is_connected() && two.is_connected()) {
    ///     std::thread::yield_now();
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_bus(self, bus: impl Bus) -> Self {
        self.with(|parts| parts.channel = Some(Channel::new(SharedBus::new(bus))))
    }

    /// Listens to the other nodes, until the sessions are gone. Spawn it once. Without a
    /// [bus](Self::with_bus), or if something listens already, it ends at once.
    ///
    /// `sleep` is your runtime's: it returns a future that is ready after a given time.
    pub fn listen<F, S>(&self, sleep: F) -> impl Future<Output = ()> + Send + use<F, S>
    where
        F: Fn(Duration) -> S + Send + Sync + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        let parts = &*self.0;
        if let Some(windows) = parts.logs.as_ref().and_then(Logs::windows) {
            windows.set_chores(&parts.chores);
        }
        let sleep: Sleep = Box::new(move |span| Box::pin(sleep(span)));
        let listener = parts.channel.clone().map(|channel| Listener {
            channel,
            store: parts.store.clone(),
            windows: parts.logs.as_ref().and_then(Logs::windows),
            connections: Arc::downgrade(&parts.connections),
            clock: Arc::clone(&parts.clock),
            entropy: Arc::clone(&parts.entropy),
            sleep,
        });
        async move {
            if let Some(listener) = listener {
                listener.run().await;
            }
        }
    }

    /// Whether this node hears the others, so that streams go on. Without a [bus](Self::with_bus) it is
    /// alone, and always does.
    ///
    /// It belongs into what tells your load balancer that the node is ready.
    pub fn is_connected(&self) -> bool {
        self.hears()
    }

    pub(crate) fn hears(&self) -> bool {
        let Some(channel) = &self.0.channel else {
            return true;
        };
        channel.hears(self.clock())
    }

    /// No client gets in while this node may not know what the others do.
    pub(super) fn check_hearing(&self) -> Result<(), SessionError> {
        if self.hears() {
            return Ok(());
        }
        Err(SessionError::unavailable("other nodes are not heard"))
    }

    /// Asks the writer of a session's own log to stop, on whichever node it is. Returns whether there is
    /// another node that may have it.
    pub(super) async fn stop_elsewhere(&self, binding: &Binding) -> Result<bool, SessionError> {
        let Some(channel) = self.0.channel.as_ref().filter(|_| binding.owns_log) else {
            return Ok(false);
        };
        let log = binding.log_epoch;
        let told = channel.bus.publish(Notice::Stop { log }).await;
        told.map_err(SessionError::unavailable)?;
        Ok(true)
    }
}
