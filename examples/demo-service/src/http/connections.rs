//! The connections of resumable streams: [`Connections`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sse_gate::core::TokenKey;
use sse_gate::{ResumableBody, StopHandle};

use crate::users::UserId;

/// Which connections are open, so that one can be dropped: for people who want to see their
/// browser come back.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections(Arc<Mutex<HashMap<TokenKey, Connection>>>);

#[derive(Debug)]
struct Connection {
    owner: UserId,
    /// Which one of its stream it is.
    generation: u64,
    end: StopHandle,
}

/// Kept while the connection is open. That it is over is no reason to end its body: the body may
/// have a last word to say.
struct Entry {
    connections: Connections,
    key: TokenKey,
    generation: u64,
}

impl Connections {
    /// Enters the connection of a body, which ends when it is [dropped](Self::cut).
    pub(super) fn enter(&self, body: &ResumableBody) {
        let lease = body.lease();
        let (key, generation) = (lease.binding().token, lease.generation());
        self.insert(
            key,
            Connection {
                owner: UserId::new(lease.binding().grant.subject().as_str()),
                generation,
                end: body.stop_handle(),
            },
        );
        lease.hold(Entry {
            connections: self.clone(),
            key,
            generation,
        });
    }

    /// Ends the connection of the stream with this key, if there is one and it is the user's.
    pub(super) fn cut(&self, key: &TokenKey, user: &UserId) -> bool {
        let end = {
            let connections = self.lock();
            let connection = connections.get(key);
            let connection = connection.filter(|connection| connection.owner == *user);
            connection.map(|connection| connection.end.clone())
        };
        // A connection that was told before is over.
        end.is_some_and(|end| end.stop())
    }

    /// Another connection of the same stream may have entered already, and have replaced this one.
    fn insert(&self, key: TokenKey, connection: Connection) {
        let mut connections = self.lock();
        let entered = connections.get(&key).map(|it| it.generation);
        if entered < Some(connection.generation) {
            connections.insert(key, connection);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenKey, Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Another connection of the same stream may have entered meanwhile.
        let mut connections = self.connections.lock();
        let entered = connections.get(&self.key).map(|it| it.generation);
        if entered == Some(self.generation) {
            connections.remove(&self.key);
        }
    }
}
