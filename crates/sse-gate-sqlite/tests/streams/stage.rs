//! A process with a database: [`Process`].

use std::path::{Path, PathBuf};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use pollster::block_on;
use rusqlite::Connection;
use sse_gate_codec::Event;
use sse_gate_core::{
    Grant, GrantRequest, ManualClock, MemoryStore, Resource, Subject, TokenGate, TokenKey,
};
use sse_gate_resume::backend::{Chore, Written};
use sse_gate_resume::error::{OpenError, ResumeError};
use sse_gate_resume::{
    Log, LogBudget, LogLimits, Logs, Opening, ResumeKey, ResumeKeys, SessionLimits, Sessions,
    Subscription,
};
use sse_gate_sqlite::{
    Database, DatabaseOptions, SealingKey, SealingKeys, SqliteLogs, SqliteSessions,
};

/// What a service has, from its start to its end.
pub(crate) struct Process {
    pub(crate) database: Database,
    pub(crate) sessions: Sessions,
    pub(crate) logs: Logs,
    clock: ManualClock,
}

/// Runs a chore in a thread.
fn in_a_thread(chore: Chore) -> Option<Chore> {
    thread::spawn(move || block_on(chore));
    None
}

pub(crate) fn token(number: u64) -> TokenKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    TokenKey::from_bytes(bytes)
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

pub(crate) fn options(clock: &ManualClock) -> DatabaseOptions {
    let keys = SealingKeys::new(SealingKey::new([5; 32]));
    DatabaseOptions::sealed(keys).with_clock(clock.clone())
}

impl Process {
    /// Starts it on the file in this folder.
    pub(crate) fn start(folder: &Path, clock: &ManualClock) -> Self {
        Self::start_with(folder, clock, LogLimits::default(), LogBudget::default())
    }

    pub(crate) fn start_with(
        folder: &Path,
        clock: &ManualClock,
        limits: LogLimits,
        window: LogBudget,
    ) -> Self {
        let database = Database::open(folder.join("a.db"), options(clock)).unwrap();
        Self::on(database, clock, (limits, window), SessionLimits::default())
    }

    /// Starts it on a file that is open.
    pub(crate) fn on(
        database: Database,
        clock: &ManualClock,
        (limits, window): (LogLimits, LogBudget),
        sessions: SessionLimits,
    ) -> Self {
        let logs = Logs::new(limits, window)
            .with_store(SqliteLogs::new(&database))
            .with_spawn(in_a_thread)
            .with_clock(clock.clone());
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let store = SqliteSessions::new(&database, sessions);
        let sessions = Sessions::new(store, keys)
            .with_clock(clock.clone())
            .with_logs(&logs)
            .with_spawn(in_a_thread);
        Self {
            database,
            sessions,
            logs,
            clock: clock.clone(),
        }
    }

    /// Ends it in order.
    pub(crate) fn stop(self) {
        self.database.close().unwrap();
    }

    pub(crate) fn grant(&self, name: &str) -> Grant {
        let gate = TokenGate::builder(MemoryStore::default()).with_clock(self.clock.clone());
        let request = GrantRequest::new(subject(name), Resource::new(["chat"]).unwrap());
        block_on(gate.build().grant(request)).unwrap()
    }

    pub(crate) fn open(&self, name: &str, number: u64, log: &Log) -> Result<Client, OpenError> {
        let arrival = block_on(self.sessions.arrival()).unwrap();
        let (grant, token) = (self.grant(name), token(number));
        let opening = Opening::new(arrival, &grant, token, log.clone());
        let subscription = block_on(self.sessions.open(opening))?;
        Ok(Client {
            token,
            connection: Some(subscription),
            id: String::new(),
            data: Vec::new(),
        })
    }
}

/// Another program that writes to the file while it is open.
pub(crate) struct Stranger(PathBuf);

impl Stranger {
    pub(crate) fn of(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn connect(&self) -> Connection {
        let connection = Connection::open(&self.0).unwrap();
        connection.busy_timeout(Duration::from_secs(30)).unwrap();
        connection
    }

    /// Changes the session of token 1. In the text, `?2` is token 2.
    pub(crate) fn change(&self, change: &str) {
        let sql = format!("UPDATE sessions SET {change} WHERE token = ?1 AND ?2 = ?2");
        let (alice, mallory) = (token(1), token(2));
        let tokens = (alice.as_bytes(), mallory.as_bytes());
        assert_eq!(self.connect().execute(&sql, tokens).unwrap(), 1);
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        let number = self.connect().query_row(sql, [], |row| row.get(0));
        number.unwrap()
    }
}

/// A client that reads one stream.
pub(crate) struct Client {
    token: TokenKey,
    connection: Option<Subscription>,
    id: String,
    pub(crate) data: Vec<String>,
}

impl Client {
    /// Comes back with what it has.
    pub(crate) fn reconnect(&mut self, process: &Process) -> Result<Log, ResumeError> {
        let resumed = self.resume(process)?;
        let log = resumed.log().clone();
        self.attach(resumed);
        Ok(log)
    }

    pub(crate) fn resume(
        &self,
        process: &Process,
    ) -> Result<sse_gate_resume::Resumed, ResumeError> {
        block_on(process.sessions.resume(&self.id, self.token))
    }

    pub(crate) fn attach(&mut self, resumed: sse_gate_resume::Resumed) {
        self.connection = Some(resumed.subscribe());
    }

    /// The process is killed, and does nothing for a connection that was open.
    pub(crate) fn vanish(&mut self) {
        std::mem::forget(self.connection.take());
    }

    pub(crate) fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Reads until it has so many pieces of data, the library's own events included by name.
    pub(crate) fn read_until(&mut self, done: impl Fn(&[String]) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        let mut buffer = BytesMut::new();
        while !done(&self.data) {
            assert!(Instant::now() < deadline, "it has {:?}", self.data);
            let connection = self.connection.as_mut().unwrap();
            let mut cx = Context::from_waker(Waker::noop());
            buffer.clear();
            match connection.poll_write(&mut cx, &mut buffer) {
                Poll::Ready(written) => {
                    self.take(std::str::from_utf8(&buffer).unwrap());
                    if written == Written::Last {
                        self.data.push("(end)".to_owned());
                    }
                }
                Poll::Pending => thread::yield_now(),
            }
        }
    }

    fn take(&mut self, text: &str) {
        let mut name = String::new();
        for line in text.lines() {
            if let Some(id) = line.strip_prefix("id: ") {
                id.clone_into(&mut self.id);
            } else if let Some(event) = line.strip_prefix("event: ") {
                event.clone_into(&mut name);
            } else if let Some(data) = line.strip_prefix("data: ") {
                match name.as_str() {
                    "" => self.data.push(data.to_owned()),
                    "sse.open" => {}
                    other => self.data.push(format!("({other})")),
                }
            } else if line.is_empty() {
                name.clear();
            }
        }
    }
}

pub(crate) fn event(data: &str) -> Event<'_> {
    Event::new().data(data)
}
