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
