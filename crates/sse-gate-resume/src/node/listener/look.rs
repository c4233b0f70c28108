//! A look into the store at all that is alive on this node: [`look`].

use std::sync::Weak;

use crate::log::LogWindows;
use crate::node::{Connections, Work, join};
use crate::session::SessionError;
use crate::store::{SessionKey, SessionStore, SharedSessions, StoredSession};

/// So many sessions are loaded at a time.
const LOADS_AT_A_TIME: usize = 64;

type Loaded = Result<Option<StoredSession>, SessionError>;

/// Looks into the store at all sessions and logs that are alive here.
pub(super) fn look(
    store: SharedSessions,
    connections: Weak<Connections>,
    windows: Option<LogWindows>,
) -> Work<Result<(), SessionError>> {
    Box::pin(async move {
        let local = connections
            .upgrade()
            .map(|connections| connections.sessions());
        for ids in local.unwrap_or_default().chunks(LOADS_AT_A_TIME) {
            let loads = ids.iter().map(|(id, _)| {
                let (store, key) = (store.clone(), SessionKey::Id(*id));
                Box::pin(async move { store.load(key).await }) as Work<Loaded>
            });
            for ((id, was_admitted), loaded) in ids.iter().zip(join(loads.collect()).await) {
                let Some(connections) = connections.upgrade() else {
                    return Ok(());
                };
                match loaded?.map(|stored| stored.record) {
                    None if *was_admitted => connections.lose(*id),
                    // It is not made yet.
                    None => {}
                    Some(record) => match record.closed() {
                        Some(reason) => {
                            connections.close(*id, record.generation(), reason);
                        }
                        None => connections.replace(*id, record.generation()),
                    },
                }
            }
        }
        match windows {
            Some(windows) if !windows.refresh().await => {
                Err(SessionError::unavailable("logs can't be read"))
            }
            _ => Ok(()),
        }
    })
}
