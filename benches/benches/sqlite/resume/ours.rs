//! Our store: sessions on one log, resumed with the id that their client had last.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use sse_gate::sessions::{
    Log, Logs, Opening, ResumeKey, ResumeKeys, ResumePolicy, SessionLimits, Sessions, Subscription,
};
use sse_gate_benches::Contestant;
use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate, TokenKey};
use sse_gate_sqlite::{Database, DatabaseOptions, Durability, SqliteLogs, SqliteSessions};
use tempfile::TempDir;
use tokio::runtime::{Handle, Runtime};

use super::{Order, SESSIONS};
use crate::file::{database, folder, runtime, unsealed};

pub(super) fn contestant(
    name: &'static str,
    options: DatabaseOptions,
    durability: Durability,
) -> Contestant<Order> {
    let folder = folder();
    let database = database(&folder, options.with_durability(durability));
    let runtime = runtime();
    let mut service = Service::start(&database, &runtime);
    Contestant::with_own_clock(name, move |order: Order| {
        let _kept = &folder;
        runtime.block_on(async { service.resume_all(order).await })
    })
}

/// A file with sessions, made by our store and closed.
pub(super) fn filled() -> TempDir {
    let folder = folder();
    let database = database(&folder, unsealed());
    let runtime = runtime();
    let service = Service::start(&database, &runtime);
    database.close().expect("all is written");
    drop(service);
    folder
}

struct Service {
    sessions: Sessions,
    clients: Vec<Client>,
}

struct Client {
    token: TokenKey,
    _connection: Subscription,
    /// The id that it had last.
    id: String,
}

impl Service {
    fn start(database: &Database, runtime: &Runtime) -> Self {
        let handle = runtime.handle().clone();
        runtime.block_on(Self::with_clients(database, handle))
    }

    async fn with_clients(database: &Database, handle: Handle) -> Self {
        let logs = Logs::default().with_store(SqliteLogs::new(database));
        let limits = SessionLimits::default();
        let key = ResumeKey::new('k', [7; 32]).expect("a good key");
        let store = SqliteSessions::new(database, limits);
        let sessions = Sessions::new(store, ResumeKeys::new(key))
            .with_logs(&logs)
            .with_spawn(move |chore| {
                handle.spawn(chore);
                None
            });
        let log = logs.create().await.expect("there is room");
        let mut service = Self {
            sessions,
            clients: Vec::new(),
        };
        for number in 0..SESSIONS {
            let client = service.open(number, &log).await;
            service.clients.push(client);
        }
        service
    }

    async fn open(&self, number: usize, log: &Log) -> Client {
        let mut token = [0; 32];
        token[..8].copy_from_slice(&number.to_be_bytes());
        let token = TokenKey::from_bytes(token);
        let subject = Subject::new(format!("{number:016}")).expect("a short name");
        let resource = Resource::new(["chat", "1"]).expect("two short parts");
        let gate = TokenGate::new(MemoryStore::default());
        let grant = gate.grant(GrantRequest::new(subject, resource)).await;
        let arrival = self.sessions.arrival().await.expect("an open file");
        let policy = ResumePolicy::default().with_takeovers(u32::MAX, Duration::from_secs(1));
        let grant = grant.expect("a good request");
        let opening = Opening::new(arrival, &grant, token, Arc::new(log.clone()))
            .on_shared_log()
            .with_policy(policy);
        let connection = self.sessions.open(opening).await.expect("there is room");
        Client::new(token, connection)
    }

    /// Resumes sessions. Returns how long their clients have waited for it.
    async fn resume_all(&mut self, order: Order) -> Duration {
        let mut waited = Duration::ZERO;
        let mut replaced = Vec::new();
        for at in order {
            let Client { token, id, .. } = &self.clients[at];
            let start = Instant::now();
            let resumed = self.sessions.resume(id, *token).await;
            waited += start.elapsed();
            let connection = resumed.expect("a good id").subscribe();
            let client = Client::new(*token, connection);
            replaced.push(std::mem::replace(&mut self.clients[at], client));
        }
        // What is noted of each of them is no part of a resume. The store answers in turn.
        drop(replaced);
        let unknown = TokenKey::from_bytes([0xff; 32]);
        let refused = self.sessions.reopen(unknown, Duration::ZERO).await;
        assert!(refused.is_err());
        waited
    }
}

impl Client {
    /// Reads the first block of a connection, and keeps its id.
    fn new(token: TokenKey, mut connection: Subscription) -> Self {
        let mut bytes = BytesMut::new();
        let mut cx = Context::from_waker(Waker::noop());
        let written = connection.poll_write(&mut cx, &mut bytes);
        assert!(matches!(written, Poll::Ready(_)), "nothing to read");
        let text = String::from_utf8_lossy(&bytes);
        let id = text.lines().find_map(|line| line.strip_prefix("id: "));
        let id = id.expect("an event with an id").to_owned();
        Self {
            token,
            _connection: connection,
            id,
        }
    }
}
