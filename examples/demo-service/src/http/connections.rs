//! The connections of resumable streams: [`Connections`].

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use sse_gate::ResumableBody;
use sse_gate::core::TokenKey;
use tokio::sync::oneshot;

use crate::users::UserId;

/// The body of a resumable stream: it ends with its session, with the server, or when its user
/// drops its connection.
pub type ResumableStreamBody = ResumableBody<Dropped>;

/// Ready when the connection is [dropped](Connections::cut).
#[derive(Debug)]
pub struct Dropped(Option<oneshot::Receiver<()>>);

/// Which connections are open, so that one can be dropped: for people who want to see their
/// browser come back.
#[derive(Debug, Clone, Default)]
pub(super) struct Connections(Arc<Mutex<HashMap<TokenKey, Connection>>>);

#[derive(Debug)]
struct Connection {
    owner: UserId,
    /// Which one of its stream it is.
    generation: u64,
    /// Gone when it was dropped.
    end: Option<oneshot::Sender<()>>,
}

/// Kept while the connection is open. That it is over is no reason to end its body: the body may
/// have a last word to say.
struct Entry {
    connections: Connections,
    key: TokenKey,
    generation: u64,
}

impl Connections {
    /// Has a body end when its connection is [dropped](Self::cut).
    pub(super) fn enter(&self, body: ResumableBody) -> ResumableStreamBody {
        let (end, dropped) = oneshot::channel();
        let lease = body.lease();
        let (key, generation) = (lease.binding().token, lease.generation());
        self.insert(
            key,
            Connection {
                owner: UserId::new(lease.binding().grant.subject().as_str()),
                generation,
                end: Some(end),
            },
        );
        lease.hold(Entry {
            connections: self.clone(),
            key,
            generation,
        });
        body.until(Dropped(Some(dropped)))
    }

    /// Ends the connection of the stream with this key, if there is one and it is the user's.
    pub(super) fn cut(&self, key: &TokenKey, user: &UserId) -> bool {
        let mut connections = self.lock();
        let connection = connections.get_mut(key);
        let connection = connection.filter(|connection| connection.owner == *user);
        // A connection that was told before is over, and so is one whose body is gone.
        let end = connection.and_then(|connection| connection.end.take());
        end.is_some_and(|end| end.send(()).is_ok())
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

impl Future for Dropped {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(told) = &mut self.0 else {
            return Poll::Pending;
        };
        let told = std::task::ready!(Pin::new(told).poll(cx));
        // Another connection has taken its place in the list: it goes on.
        self.0 = None;
        if told.is_ok() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
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
