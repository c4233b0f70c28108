//! Connecting: from an address to a [`Server`] that is fit to be used.

use std::collections::HashMap;

use super::link::Server;
use super::run::RunId;
use super::source::Source;
use super::state::{Known, StateKeys};
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::{RedisOptions, ServerErrorKind};

/// Connects, and checks what answers.
pub(super) async fn attach(
    source: &Source,
    keyspace: &Keyspace,
    options: &RedisOptions,
    known: Option<Known>,
) -> Result<Server, Fault> {
    let connection = source.connect(options).await?;
    let infos = connection.infos().await?;
    let run = first_run(&infos)?;
    // In a cluster, the one that counts is told of twice.
    let primaries = infos.len().saturating_sub(1).max(1);
    let server = Server::new(connection, run, primaries, ());
    let keys = StateKeys::load(&server, keyspace, options, known).await?;
    Ok(server.with_keys(keys))
}

/// Checks whether servers are fit, by what they say of themselves. Returns which run the first one is: that is the one
/// that counts.
fn first_run(infos: &[String]) -> Result<RunId, Fault> {
    let runs = infos.iter().map(|info| run_of(info));
    let runs = runs.collect::<Result<Vec<_>, _>>()?;
    let none = || Fault::from(ServerErrorKind::Failed);
    runs.first().copied().ok_or_else(none)
}

/// Checks whether a server is fit, by what it says of itself. Returns which run it is.
pub(super) fn run_of(info: &str) -> Result<RunId, Fault> {
    let fields: HashMap<&str, &str> = info
        .lines()
        .filter_map(|line| line.split_once(':'))
        .collect();
    let field = |name| fields.get(name).map_or("", |value| value.trim());
    if field("loading") == "1" {
        return Err(ServerErrorKind::Loading.into());
    }
    if version(field("redis_version")) < (6, 2) {
        return Err(ServerErrorKind::TooOld.into());
    }
    if field("role") == "slave" {
        return Err(ServerErrorKind::Replica.into());
    }
    if field("maxmemory") != "0" && field("maxmemory_policy") != "noeviction" {
        return Err(ServerErrorKind::Evicts.into());
    }
    let odd = || Fault::because(ServerErrorKind::Failed, "INFO names no run");
    RunId::from_info(field("run_id"), field("master_replid")).ok_or_else(odd)
}

/// The first two numbers of a version. What is no number counts as 0.
fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIT: &str = "# Server\r\nredis_version:6.2.0\r\nrun_id:0123456789abcdef0123\r\nmaster_replid:0123456789abcdef0123\r\nloading:0\r\n\
        role:master\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n";

    fn kind(change: (&str, &str)) -> Option<ServerErrorKind> {
        assert!(FIT.contains(change.0));
        run_of(&FIT.replace(change.0, change.1))
            .err()
            .map(|fault| fault.kind())
    }

    #[test]
    fn an_unfit_server_is_named() {
        assert_eq!(kind(("role:master", "role:master")), None);
        assert_eq!(kind(("6.2.0", "6.0.16")), Some(ServerErrorKind::TooOld));
        assert_eq!(kind(("6.2.0", "10.0")), None);
        assert_eq!(
            kind(("role:master", "role:slave")),
            Some(ServerErrorKind::Replica)
        );
        assert_eq!(
            kind(("loading:0", "loading:1")),
            Some(ServerErrorKind::Loading)
        );
        assert_eq!(kind(("run_id", "ran_id")), Some(ServerErrorKind::Failed));
    }

    #[test]
    fn a_server_that_may_evict_is_unfit() {
        let evicts = FIT.replace("policy:noeviction", "policy:allkeys-lru");
        assert!(run_of(&evicts).is_ok(), "its memory has no bound");
        let bounded = evicts.replace("maxmemory:0", "maxmemory:1000000");
        assert_eq!(
            run_of(&bounded).unwrap_err().kind(),
            ServerErrorKind::Evicts
        );
    }
}
