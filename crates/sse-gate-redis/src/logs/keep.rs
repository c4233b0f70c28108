//! Keeping the logs that are in use, though nothing is appended to them.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::join_all;
use sse_gate_resume::backend::LogId;
use sse_gate_seal::Tag;

use super::count;
use super::key::LogKey;
use crate::fault::Fault;
use crate::handle::Shared;
use crate::reply::{millis, number};
use crate::server::{Script, Server};

static KEEP: Script = Script::new(concat!(include_str!("log.lua"), include_str!("keep.lua")));

/// A log that is not used lives so much longer than its events.
const LONGER: Duration = Duration::from_secs(65 * 60);

/// Logs in use are renewed so often: many times before they would end.
const EVERY: Duration = Duration::from_secs(4 * 60);

/// So many logs are renewed at a time.
const AT_A_TIME: usize = 64;

/// How long a log lives after its last use, in milliseconds.
pub(super) fn life(max_age: Duration) -> u64 {
    millis(max_age.saturating_add(LONGER))
}

/// Renews the logs in use, again and again, until the last store of this node is dropped.
pub(crate) async fn keep_those_in_use(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(shared) = shared.upgrade() else {
            return;
        };
        renew(&shared).await;
    }
}

/// Renews the logs that this node has a window on. Those that can't be reached are renewed the next time.
async fn renew(shared: &Shared) {
    for logs in shared.windows.in_use().chunks(AT_A_TIME) {
        let renew = |server: Arc<Server>| async move {
            let renewed = join_all(logs.iter().map(|log| renew_one(&server, shared, log))).await;
            let renewed: Vec<_> = renewed.into_iter().flatten().collect();
            count::keep(&server, shared.link.keyspace(), &renewed).await;
            Ok(())
        };
        let _ = shared.link.with(renew).await;
    }
}

async fn renew_one(server: &Server, shared: &Shared, log: &LogId) -> Result<(Tag, u64), Fault> {
    let key = LogKey::of(server, log);
    let keep = key.call(&KEEP, shared.link.keyspace());
    Ok((key.name, number(server.run(keep).await?)?))
}

#[cfg(test)]
mod tests {
    use sse_gate_redis_server::RedisServer;
    use sse_gate_resume::Logs;

    use super::*;
    use crate::{Redis, RedisLogs, RedisOptions};

    /// What the server says, as a number.
    fn ask(server: &RedisServer, command: &[&str]) -> i64 {
        server.cli(command).parse().unwrap_or(-1)
    }

    /// A log that a node has a handle of is renewed, and is counted again if it was not. One without handles is not.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_log_in_use_lives_on() {
        let server = RedisServer::start();
        let options = RedisOptions::unsealed().with_timeout(Duration::from_secs(5));
        let redis = Redis::connect(&server.url(), options).await.unwrap();
        let logs = Logs::default().with_store(RedisLogs::new(&redis));
        let topics = sse_gate_resume::Topics::new(logs);
        let event = sse_gate_codec::Event::new().data("hello");
        topics.publish("news", None, &event).await.unwrap();
        let keys = ["m", "e"].map(|part| server.cli(&["KEYS", &format!("*:{part}")]));
        let is_short = |key: &String| ask(&server, &["PTTL", key]) < 1_000_000;

        for key in &keys {
            assert!(!is_short(key));
            assert_eq!(ask(&server, &["PEXPIRE", key, "900000"]), 1);
        }
        assert_eq!(ask(&server, &["DEL", "{sse-gate}:l:all"]), 1);
        renew(redis.shared()).await;
        assert!(!keys.iter().any(is_short));
        assert_eq!(ask(&server, &["ZCARD", "{sse-gate}:l:all"]), 1);

        drop(topics);
        for key in &keys {
            assert_eq!(ask(&server, &["PEXPIRE", key, "900000"]), 1);
        }
        renew(redis.shared()).await;
        assert!(keys.iter().all(is_short));
    }

    /// A log that is gone is not made or counted.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_log_that_is_gone_is_not_renewed() {
        let server = RedisServer::start();
        let options = RedisOptions::unsealed().with_timeout(Duration::from_secs(5));
        let redis = Redis::connect(&server.url(), options).await.unwrap();
        let logs = Logs::default().with_store(RedisLogs::new(&redis));
        let log = logs.create().await.unwrap();
        let key = server.cli(&["KEYS", "*:m"]);
        assert_eq!(ask(&server, &["DEL", &key, "{sse-gate}:l:all"]), 2);
        renew(redis.shared()).await;
        assert_eq!(server.cli(&["KEYS", "*:m"]), "");
        assert_eq!(ask(&server, &["EXISTS", "{sse-gate}:l:all"]), 0);
        drop(log);
    }
}
