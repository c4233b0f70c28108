//! The connections of resumable streams: [`Connections`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sse_gate::core::TokenKey;
use sse_gate::{ResumableBody, StopHandle};

use super::latest::Latest;
use crate::users::UserId;

/// Which connections are open, so that one can be dropped: for people who want to see their
/// browser come back.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections(Arc<Mutex<Latest<TokenKey, Connection>>>);

#[derive(Debug)]
struct Connection {
    owner: UserId,
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
        let connection = Connection {
            owner: UserId::new(lease.binding().grant.subject().as_str()),
            end: body.stop_handle(),
        };
        // Another connection of the same stream may have entered already, and have replaced this one.
        self.lock().insert(key, generation, connection);
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

    fn lock(&self) -> MutexGuard<'_, Latest<TokenKey, Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Another connection of the same stream may have entered meanwhile.
        self.connections.lock().remove(&self.key, self.generation);
    }
}
