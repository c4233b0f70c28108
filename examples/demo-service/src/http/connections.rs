//! The connections of resumable streams: [`Connections`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sse_gate::ResumableBody;
use sse_gate::core::TokenKey;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::users::UserId;

/// The body of a resumable stream: it ends with its session, with the server, or when somebody
/// drops its connection.
pub type ResumableStreamBody = ResumableBody<WaitForCancellationFutureOwned>;

/// Which connections are open, so that one can be dropped: for people who want to see their
/// browser come back.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections(Arc<Mutex<HashMap<TokenKey, Connection>>>);

#[derive(Debug)]
struct Connection {
    owner: UserId,
    end: CancellationToken,
}

/// Kept while the connection is open.
struct Entry {
    connections: Connections,
    key: TokenKey,
    end: CancellationToken,
}

impl Connections {
    /// Has a body end with `shutdown`, or when its connection is [dropped](Self::cut).
    pub(super) fn enter(
        &self,
        body: ResumableBody,
        shutdown: &CancellationToken,
    ) -> ResumableStreamBody {
        let end = shutdown.child_token();
        let (key, owner) = {
            let binding = body.lease().binding();
            (binding.token, UserId::new(binding.subject.as_str()))
        };
        let connection = Connection {
            owner,
            end: end.clone(),
        };
        self.lock().insert(key, connection);
        body.lease().hold(Entry {
            connections: self.clone(),
            key,
            end: end.clone(),
        });
        body.until(end.cancelled_owned())
    }

    /// Ends the connection of the stream with this key, if there is one and it is the user's.
    pub(super) fn cut(&self, key: &TokenKey, user: &UserId) -> bool {
        let connections = self.lock();
        let connection = connections.get(key);
        let connection = connection.filter(|connection| connection.owner == *user);
        connection.inspect(|found| found.end.cancel()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenKey, Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Another connection of the same stream may have entered meanwhile.
        self.end.cancel();
        let mut connections = self.connections.lock();
        let entered = connections.get(&self.key);
        if entered.is_some_and(|connection| connection.end.is_cancelled()) {
            connections.remove(&self.key);
        }
    }
}
