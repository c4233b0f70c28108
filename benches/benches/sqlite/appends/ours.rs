//! Our store: writers are tasks of a runtime with two threads.

use sse_gate::sessions::{Log, Logs};
use sse_gate_benches::Contestant;
use sse_gate_codec::Event;
use sse_gate_sqlite::{DatabaseOptions, SqliteLogs};
use tempfile::TempDir;

use super::{Appends, DATA, Setup};
use crate::file::{database, folder, runtime, unsealed};

pub(super) fn contestant(
    name: &'static str,
    options: DatabaseOptions,
    setup: Setup,
) -> Contestant<Appends> {
    let folder = folder();
    let database = database(&folder, options.with_durability(setup.durability));
    let runtime = runtime();
    let logs = Logs::default().with_store(SqliteLogs::new(&database));
    let logs = runtime.block_on(create(&logs, setup.logs));
    Contestant::new(name, move |appends| {
        let _kept = &folder;
        runtime.block_on(async {
            let writers = (0..setup.writers).map(|writer| {
                let log = logs[setup.log_of(writer)].clone();
                tokio::spawn(append(log, appends))
            });
            for writer in writers.collect::<Vec<_>>() {
                writer.await.expect("no panic");
            }
        });
    })
}

async fn append(log: Log, appends: Appends) {
    let data = "x".repeat(DATA);
    let event = Event::new().data(&data);
    for _ in 0..appends {
        log.append(&event).await.expect("there is room");
    }
}

/// A file with empty logs, made by our store and closed.
pub(super) fn filled(logs: usize) -> TempDir {
    let folder = folder();
    let database = database(&folder, unsealed());
    let store = Logs::default().with_store(SqliteLogs::new(&database));
    let logs = runtime().block_on(create(&store, logs));
    database.close().expect("all is written");
    drop(logs);
    folder
}

async fn create(store: &Logs, logs: usize) -> Vec<Log> {
    let mut created = Vec::new();
    for _ in 0..logs {
        created.push(store.create().await.expect("there is room"));
    }
    created
}
