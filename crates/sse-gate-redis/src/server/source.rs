//! Where the server is: [`Source`], and a connection to it: [`Connection`].

use std::fmt;
use std::time::Duration;

use redis::aio::{MultiplexedConnection, PubSub};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, IntoConnectionInfo, RedisError, Value,
};

use crate::fault::Fault;
use crate::{RedisOptions, ServerErrorKind};

/// One server, one that sentinels name, or a cluster.
pub(crate) enum Source {
    Server(Box<Client>),
    #[cfg(feature = "sentinel")]
    Sentinel(Vec<Sentinel>),
    #[cfg(feature = "cluster")]
    Cluster(Box<super::cluster::Cluster>),
}

/// One sentinel. A client of several sentinels waits for the first one, which may hang.
#[cfg(feature = "sentinel")]
type Sentinel = tokio::sync::Mutex<redis::sentinel::SentinelClient>;

impl Source {
    /// The server at this address. It connects to nothing.
    pub(crate) fn server(address: &str, options: &RedisOptions) -> Result<Self, Fault> {
        let client = client(info(address)?, options)?;
        Ok(Self::Server(client.into()))
    }

    /// The primary that these sentinels name. It connects to nothing.
    #[cfg(feature = "sentinel")]
    pub(crate) fn sentinel(
        sentinels: &[&str],
        service: &str,
        options: &RedisOptions,
    ) -> Result<Self, Fault> {
        let trusted = |address: &&str| {
            let client = client(info(address)?, options)?;
            Ok(client.get_connection_info().clone())
        };
        let sentinels: Result<Vec<_>, Fault> = sentinels.iter().map(trusted).collect();
        let sentinels = sentinels?;
        let Some(first) = sentinels.first() else {
            return Err(ServerErrorKind::Address.into());
        };
        if sentinels.iter().any(|other| !is_alike(first, other)) {
            let why = "sentinels have the same login, and all of them TLS or none";
            return Err(Fault::because(ServerErrorKind::Address, why));
        }
        let sentinels = sentinels
            .iter()
            .map(|sentinel| Self::one_sentinel(sentinel, service, options));
        sentinels.collect::<Result<_, _>>().map(Self::Sentinel)
    }

    #[cfg(feature = "sentinel")]
    fn one_sentinel(
        sentinel: &ConnectionInfo,
        service: &str,
        options: &RedisOptions,
    ) -> Result<Sentinel, Fault> {
        use redis::sentinel::{SentinelClientBuilder, SentinelServerType::Master};

        let mut builder = SentinelClientBuilder::new([sentinel.addr().clone()], service, Master)
            .map_err(unusable)?;
        let login = sentinel.redis_settings();
        builder = builder.set_client_to_sentinel_protocol(login.protocol());
        if let Some(user) = login.username() {
            builder = builder.set_client_to_sentinel_username(user);
        }
        if let Some(password) = login.password() {
            builder = builder.set_client_to_sentinel_password(password);
        }
        if let Some(login) = &options.login {
            builder = login.give_to(builder);
        }
        // Login and data are worth more than what sentinels say.
        if has_tls(sentinel) {
            builder = builder.set_client_to_redis_tls_mode(redis::TlsMode::Secure);
        }
        #[cfg(feature = "tls")]
        if let Some(certificates) = certificates(options) {
            builder = builder.set_client_to_redis_certificates(certificates);
        }
        builder.build().map(Into::into).map_err(unusable)
    }

    /// The cluster of which these are servers. It connects to nothing.
    #[cfg(feature = "cluster")]
    pub(crate) fn cluster(servers: &[&str], options: &RedisOptions) -> Result<Self, Fault> {
        let infos = servers.iter().map(|address| info(address));
        let infos = infos.collect::<Result<Vec<_>, _>>()?;
        let cluster = super::cluster::Cluster::new(infos, options)?;
        Ok(Self::Cluster(Box::new(cluster)))
    }

    /// Begins a connection.
    pub(super) async fn connect(&self, options: &RedisOptions) -> Result<Connection, Fault> {
        match self {
            Self::Server(client) => connect_to(client, options).await,
            #[cfg(feature = "sentinel")]
            Self::Sentinel(_) => connect_to(&self.primary(options.timeout).await?, options).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(cluster) => cluster.connect(options).await.map(Connection::Cluster),
        }
    }

    /// Begins a connection that listens to channels.
    pub(crate) async fn listen(&self, patience: Duration) -> Result<PubSub, Fault> {
        match self {
            Self::Server(client) => listen_to(client, patience).await,
            #[cfg(feature = "sentinel")]
            Self::Sentinel(_) => listen_to(&self.primary(patience).await?, patience).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(cluster) => cluster.listen(patience).await,
        }
    }

    /// The primary, as the first sentinel sees it that answers.
    #[cfg(feature = "sentinel")]
    async fn primary(&self, patience: Duration) -> Result<Client, Fault> {
        let Self::Sentinel(sentinels) = self else {
            return Err(ServerErrorKind::Failed.into());
        };
        let asked = sentinels.iter().map(|sentinel| {
            let primary = async { sentinel.lock().await.async_get_client().await };
            Box::pin(async move {
                let late = |late| Fault::because(ServerErrorKind::Unreachable, late);
                let unknown = |error| Fault::because(ServerErrorKind::Unreachable, error);
                let primary = tokio::time::timeout(patience, primary).await;
                primary.map_err(late)?.map_err(unknown)
            })
        });
        let (primary, _) = futures_util::future::select_ok(asked).await?;
        Ok(primary)
    }
}

/// Begins a connection that listens, within this time.
pub(super) async fn listen_to(client: &Client, patience: Duration) -> Result<PubSub, Fault> {
    let late = |late| Fault::because(ServerErrorKind::Unreachable, late);
    let connecting = tokio::time::timeout(patience, client.get_async_pubsub());
    Ok(connecting.await.map_err(late)??)
}

fn unusable(error: RedisError) -> Fault {
    Fault::because(ServerErrorKind::Address, error)
}

fn info(address: &str) -> Result<ConnectionInfo, Fault> {
    address.into_connection_info().map_err(unusable)
}

/// Whether one builder can make the connections to both sentinels.
#[cfg(feature = "sentinel")]
fn is_alike(one: &ConnectionInfo, other: &ConnectionInfo) -> bool {
    let (login, others) = (one.redis_settings(), other.redis_settings());
    login.username() == others.username()
        && login.password() == others.password()
        && has_tls(one) == has_tls(other)
}

#[cfg(feature = "sentinel")]
fn has_tls(info: &ConnectionInfo) -> bool {
    matches!(info.addr(), redis::ConnectionAddr::TcpTls { .. })
}

/// A client of one server, which trusts the options' certificates.
pub(super) fn client(info: ConnectionInfo, options: &RedisOptions) -> Result<Client, Fault> {
    #[cfg(feature = "tls")]
    if let Some(certificates) = certificates(options) {
        return Client::build_with_tls(info, certificates).map_err(unusable);
    }
    let _ = options;
    Client::open(info).map_err(unusable)
}

/// The options' certificates, for any connection.
#[cfg(feature = "tls")]
pub(super) fn certificates(options: &RedisOptions) -> Option<redis::TlsCertificates> {
    let root_cert = Some(options.certificates.clone()?);
    Some(redis::TlsCertificates {
        client_tls: None,
        root_cert,
    })
}

async fn connect_to(client: &Client, options: &RedisOptions) -> Result<Connection, Fault> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(options.timeout))
        .set_response_timeout(Some(options.timeout));
    let connection = client.get_multiplexed_async_connection_with_config(&config);
    Ok(Connection::Server(connection.await?))
}

/// A connection over which many operations are under way at a time.
#[derive(Clone)]
pub(super) enum Connection {
    Server(MultiplexedConnection),
    #[cfg(feature = "cluster")]
    Cluster(super::cluster::ClusterLink),
}

impl Connection {
    /// Sends a command, and returns its answer.
    pub(super) async fn send(&self, command: &Cmd) -> Result<Value, RedisError> {
        let answer = match self {
            Self::Server(connection) => connection.clone().send_packed_command(command).await?,
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.send(command).await?,
        };
        match answer {
            Value::ServerError(error) => Err(error.into()),
            answer => Ok(answer),
        }
    }

    /// Sends a command to each server that takes writes. Returns how many there are.
    pub(super) async fn send_to_all(&self, command: &Cmd) -> Result<usize, RedisError> {
        match self {
            Self::Server(_) => self.send(command).await.map(|_| 1),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.send_to_all(command).await,
        }
    }

    /// What the server that counts says of itself.
    pub(super) async fn info(&self) -> Result<String, Fault> {
        match self {
            Self::Server(_) => crate::reply::word(self.send(&redis::cmd("INFO")).await?),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.info().await,
        }
    }

    /// What each server says of itself. The first one is that which counts.
    pub(super) async fn infos(&self) -> Result<Vec<String>, Fault> {
        match self {
            Self::Server(_) => Ok(vec![self.info().await?]),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.infos().await,
        }
    }

    /// Whether another server may answer the next command, without this connection being broken.
    pub(super) const fn may_move(&self) -> bool {
        match self {
            Self::Server(_) => false,
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => true,
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Addresses hold passwords.
        f.debug_struct("Source").finish_non_exhaustive()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_named() {
        for address in ["", "http://127.0.0.1", "redis://127.0.0.1:port"] {
            let fault = Source::server(address, &RedisOptions::unsealed()).unwrap_err();
            assert_eq!(fault.kind(), ServerErrorKind::Address, "{address}");
        }
    }
}
