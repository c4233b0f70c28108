//! A Redis Cluster: [`Cluster`], and a connection to all of its servers: [`ClusterLink`].
//!
//! All that scripts need together is in the slot of the prefix, so on one server: tokens, sessions, counts. Each log has
//! a slot of its own. If the slot of the prefix moves to another server, or that server's replica is promoted, the
//! connection follows by itself. So here the scripts that issue and redeem tokens ask the server which run it is.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionLike, PubSub};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{
    MultipleNodeRoutingInfo, Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr,
};
use redis::{Client, Cmd, ConnectionInfo, ErrorKind, RedisError, ServerErrorKind as Reply, Value};

use super::source;
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::{RedisOptions, ServerErrorKind};

/// How often a command is sent again that was not run, because its slot is on the move.
const MOVES: usize = 8;

/// How long to wait before that.
const MOVING: Duration = Duration::from_millis(10);

/// The servers of a cluster, as they were given.
pub(crate) struct Cluster {
    client: ClusterClient,
    /// One for each given address: each of them hears what is published anywhere.
    listeners: Vec<Client>,
    /// A key of the slot that counts.
    counts: Arc<[u8]>,
}

impl Cluster {
    pub(super) fn new(servers: Vec<ConnectionInfo>, options: &RedisOptions) -> Result<Self, Fault> {
        let listeners = servers
            .iter()
            .map(|info| source::client(info.clone(), options));
        let listeners = listeners.collect::<Result<_, _>>()?;
        let builder = ClusterClientBuilder::new(servers)
            // A command whose answer was lost may have been run: an event would come twice.
            .retries(0)
            .connection_timeout(options.timeout)
            .response_timeout(options.timeout);
        // It also connects to servers that only the cluster names.
        #[cfg(feature = "tls")]
        let builder = match source::certificates(options) {
            Some(certificates) => builder.certs(certificates),
            None => builder,
        };
        let unusable = |error| Fault::because(ServerErrorKind::Address, error);
        Ok(Self {
            client: builder.build().map_err(unusable)?,
            listeners,
            counts: Keyspace::new(&options.prefix).shared("state").into(),
        })
    }

    pub(super) async fn connect(&self, options: &RedisOptions) -> Result<ClusterLink, Fault> {
        let connecting = self.client.get_async_connection();
        let late = |late| Fault::because(ServerErrorKind::Unreachable, late);
        // It asks several servers, one after the other.
        let patience = options.timeout * 4;
        let connection = tokio::time::timeout(patience, connecting)
            .await
            .map_err(late)?;
        Ok(ClusterLink {
            connection: connection?,
            counts: Arc::clone(&self.counts),
        })
    }

    pub(super) async fn listen(&self, patience: Duration) -> Result<PubSub, Fault> {
        let mut last = Fault::from(ServerErrorKind::Unreachable);
        for client in &self.listeners {
            match source::listen_to(client, patience).await {
                Ok(connection) => return Ok(connection),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }
}

/// A connection to all servers of a cluster.
#[derive(Clone)]
pub(super) struct ClusterLink {
    connection: ClusterConnection,
    counts: Arc<[u8]>,
}

impl ClusterLink {
    /// Sends a command to the server that has its keys. What was not run, because its slot is on the move, is sent
    /// again.
    pub(super) async fn send(&self, command: &Cmd) -> Result<Value, RedisError> {
        let mut left = MOVES;
        loop {
            let mut connection = self.connection.clone();
            match connection.req_packed_command(command).await {
                Err(error) if left > 0 && has_moved(&error) => left -= 1,
                answer => return answer,
            }
            tokio::time::sleep(MOVING).await;
        }
    }

    /// Sends a command to each primary. Returns how many there are.
    pub(super) async fn send_to_all(&self, command: &Cmd) -> Result<usize, RedisError> {
        let routing = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
        let mut connection = self.connection.clone();
        Ok(
            match connection.route_command(command.clone(), routing).await? {
                Value::Map(answers) => answers.len(),
                _ => 1,
            },
        )
    }

    /// What the server says of itself that has the slot that counts.
    pub(super) async fn info(&self) -> Result<String, Fault> {
        let counts = Route::with_key(&self.counts, SlotAddr::Master);
        let routing = RoutingInfo::SingleNode(SingleNodeRoutingInfo::SpecificNode(counts));
        let mut connection = self.connection.clone();
        let info = connection.route_command(redis::cmd("INFO"), routing);
        crate::reply::word(info.await?)
    }

    /// The same, and what each primary says of itself.
    pub(super) async fn infos(&self) -> Result<Vec<String>, Fault> {
        let mut infos = vec![self.info().await?];
        let all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
        let mut connection = self.connection.clone();
        if let Value::Map(others) = connection.route_command(redis::cmd("INFO"), all).await? {
            for (_, info) in others {
                infos.push(crate::reply::word(info)?);
            }
        }
        Ok(infos)
    }
}

/// Whether the command was not run, because its slot is at another server, or on the way there.
fn has_moved(error: &RedisError) -> bool {
    use Reply::{Ask, ClusterDown, Moved, TryAgain};
    matches!(
        error.kind(),
        ErrorKind::Server(Moved | Ask | TryAgain | ClusterDown)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any other command may have been run, though its answer says that it failed, or was lost.
    #[test]
    fn only_what_was_not_run_is_sent_again() {
        for (kind, is_sent_again) in [
            (ErrorKind::Server(Reply::Moved), true),
            (ErrorKind::Server(Reply::Ask), true),
            (ErrorKind::Server(Reply::TryAgain), true),
            (ErrorKind::Server(Reply::ClusterDown), true),
            (ErrorKind::Server(Reply::ResponseError), false),
            (ErrorKind::Server(Reply::MasterDown), false),
            (ErrorKind::Io, false),
        ] {
            let error = RedisError::from((kind, "a test"));
            assert_eq!(has_moved(&error), is_sent_again, "{kind:?}");
        }
    }
}
