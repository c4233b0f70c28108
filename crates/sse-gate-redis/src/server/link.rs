//! The way to the server: [`Link`], and one connection to it: [`Server`].

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use redis::{Cmd, ErrorKind, RedisError, Value};
use tokio::sync::Semaphore;

use super::attach::{attach, run_of};
use super::call::{Call, Script};
use super::run::RunId;
use super::source::{Connection, Source};
use super::state::{Known, StateKeys};
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::{RedisOptions, ServerErrorKind};

/// After a failure to connect, there is no attempt for this time. So a server that is back is found soon, and one that
/// is down is asked a few times a second.
const PAUSE: Duration = Duration::from_millis(200);

/// How often an operation is begun anew because the state was lost, or another server answers.
const ATTEMPTS: usize = 2;

/// Hands out the present [`Server`], and bounds how many operations are under way.
#[derive(Debug)]
pub(crate) struct Link {
    inner: Arc<Inner>,
    operations: Semaphore,
}

#[derive(Debug)]
struct Inner {
    source: Source,
    keyspace: Keyspace,
    options: RedisOptions,
    attempt: Mutex<Option<Attempt>>,
    /// What the last connection led to.
    known: Mutex<Option<Known>>,
}

impl Inner {
    async fn attach(&self) -> Attached {
        let known = *lock(&self.known);
        let server = attach(&self.source, &self.keyspace, &self.options, known).await?;
        *lock(&self.known) = Some(Known {
            run: server.run,
            state: server.keys.id,
        });
        Ok(Arc::new(server))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Attached = Result<Arc<Server>, Fault>;

/// The last attempt to connect. It may be under way.
#[derive(Debug)]
struct Attempt {
    server: Shared<BoxFuture<'static, Attached>>,
    begun_at: Instant,
}

impl Attempt {
    /// Whether it is of use: it is under way, has led to a connection that works, or has failed just now.
    fn is_of_use(&self) -> bool {
        match self.server.peek() {
            None => true,
            Some(Ok(server)) => !server.is_broken(),
            Some(Err(_)) => self.begun_at.elapsed() < PAUSE,
        }
    }
}

impl Link {
    pub(crate) fn new(source: Source, options: RedisOptions) -> Self {
        Self {
            operations: Semaphore::new(options.operations),
            inner: Arc::new(Inner {
                source,
                keyspace: Keyspace::new(&options.prefix),
                options,
                attempt: Mutex::default(),
                known: Mutex::default(),
            }),
        }
    }

    pub(crate) fn keyspace(&self) -> &Keyspace {
        &self.inner.keyspace
    }

    pub(crate) fn options(&self) -> &RedisOptions {
        &self.inner.options
    }

    pub(crate) fn source(&self) -> &Source {
        &self.inner.source
    }

    /// The present server. All that ask while it is being connected to wait for the same attempt, which goes on
    /// if they stop waiting.
    pub(crate) async fn server(&self) -> Attached {
        self.attempt().await
    }

    fn attempt(&self) -> Shared<BoxFuture<'static, Attached>> {
        let mut last = lock(&self.inner.attempt);
        if let Some(attempt) = &*last
            && attempt.is_of_use()
        {
            return attempt.server.clone();
        }
        last.insert(self.begin()).server.clone()
    }

    fn begin(&self) -> Attempt {
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move { inner.attach().await });
        let joined = |joined: Result<Attached, _>| {
            joined.unwrap_or_else(|error| Err(Fault::because(ServerErrorKind::Failed, error)))
        };
        Attempt {
            server: task.map(joined).boxed().shared(),
            begun_at: Instant::now(),
        }
    }

    /// Does an operation, within the bound. If the state was lost meanwhile, the operation is begun anew: then
    /// it has done nothing.
    pub(crate) async fn with<T, O, F>(&self, mut operation: O) -> Result<T, Fault>
    where
        O: FnMut(Arc<Server>) -> F,
        F: Future<Output = Result<T, Fault>>,
    {
        let _permit = self
            .operations
            .try_acquire()
            .map_err(|_| ServerErrorKind::Busy)?;
        let mut left = ATTEMPTS;
        loop {
            left -= 1;
            match operation(self.server().await?).await {
                Err(fault) if fault.kind() == ServerErrorKind::Changed && left > 0 => {}
                done => return done,
            }
        }
    }
}

/// One connection to one run of a server. `K` is what its state is sealed with: nothing, until that is loaded.
#[derive(Debug)]
pub(crate) struct Server<K = StateKeys> {
    connection: Connection,
    pub(crate) run: RunId,
    /// How many servers take writes.
    pub(crate) primaries: usize,
    pub(crate) keys: K,
    is_broken: AtomicBool,
}

impl Server<()> {
    pub(super) fn with_keys<K>(self, keys: K) -> Server<K> {
        Server::new(self.connection, self.run, self.primaries, keys)
    }
}

impl Server {
    /// A call of a script of the shared slot, which first compares the state's id.
    pub(crate) fn call(&self, script: &'static Script, keys: &Keyspace) -> Call {
        let call = script.call().key(keys.shared("state"));
        call.bytes(self.keys.id.as_bytes())
    }
}

impl<K> Server<K> {
    pub(super) fn new(connection: Connection, run: RunId, primaries: usize, keys: K) -> Self {
        Self {
            connection,
            run,
            primaries,
            keys,
            is_broken: AtomicBool::new(false),
        }
    }

    fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Acquire)
    }

    /// Gives the connection up. The next operation begins another one.
    pub(crate) fn give_up(&self) {
        self.is_broken.store(true, Ordering::Release);
    }

    /// Runs a script, and returns its answer. A script that the server does not know is sent whole.
    pub(crate) async fn run(&self, call: Call) -> Result<Value, Fault> {
        let answer = match self.connection.send(&call.by_digest()).await {
            Err(error) if is_unknown(&error) => self.connection.send(&call.whole()).await,
            answer => answer,
        };
        self.noted(answer)
    }

    /// Runs a command, and returns its answer.
    pub(crate) async fn ask(&self, command: Cmd) -> Result<Value, Fault> {
        self.noted(self.connection.send(&command).await)
    }

    /// Runs a command on each server that takes writes. Returns how many there are.
    pub(crate) async fn ask_all(&self, command: Cmd) -> Result<usize, Fault> {
        self.noted(self.connection.send_to_all(&command).await)
    }

    /// Gives the connection up if the server that counts is not fit any more, or is another run of a primary than when
    /// the connection was begun: it may have been a replica in between.
    pub(crate) async fn check_run(&self) -> Result<(), Fault> {
        let info = self.connection.info().await;
        let info = info.inspect_err(|fault| self.note(fault))?;
        let fault = match run_of(&info) {
            Ok(run) if run == self.run => return Ok(()),
            Ok(_) => ServerErrorKind::Changed.into(),
            Err(unfit) => unfit,
        };
        self.give_up();
        Err(fault)
    }

    /// The run in which scripts run, if it can be known from the connection.
    pub(crate) fn known_run(&self) -> &[u8] {
        if self.connection.may_move() {
            &[]
        } else {
            self.run.as_bytes()
        }
    }

    /// The run that a script must find, if it can't be known from the connection.
    pub(crate) fn run_to_check(&self) -> &[u8] {
        if self.connection.may_move() {
            self.run.as_bytes()
        } else {
            &[]
        }
    }

    /// Gives the connection up if the error says that it is of no use.
    fn noted<T>(&self, result: Result<T, RedisError>) -> Result<T, Fault> {
        let result = result.map_err(Fault::from);
        result.inspect_err(|fault| self.note(fault))
    }

    fn note(&self, fault: &Fault) {
        if fault.breaks_connection() {
            self.give_up();
        }
    }
}

/// Whether the server does not know the script.
fn is_unknown(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(redis::ServerErrorKind::NoScript)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use sse_gate_redis_server::{RedisServer, free_port};

    use super::*;

    fn link(address: &str) -> Link {
        let options = RedisOptions::unsealed().with_timeout(Duration::from_secs(5));
        let source = Source::server(address, &options).unwrap();
        Link::new(source, options)
    }

    /// Anything else may have been done before it failed.
    #[tokio::test]
    async fn an_operation_is_begun_anew_only_if_the_state_was_lost() {
        use ServerErrorKind::{Changed, Failed, Unreachable};

        let server = RedisServer::start();
        let link = link(&server.url());
        for (kind, times) in [(Changed, ATTEMPTS), (Failed, 1), (Unreachable, 1)] {
            let mut begun = 0;
            let failed: Result<(), Fault> = link
                .with(|_| {
                    begun += 1;
                    async move { Err(kind.into()) }
                })
                .await;
            assert_eq!(failed.unwrap_err().kind(), kind);
            assert_eq!(begun, times, "{kind:?}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_down_is_asked_a_few_times_a_second() {
        let link = link(&format!("redis://127.0.0.1:{}", free_port()));
        let begun = Instant::now();
        let mut attempts = HashSet::new();
        while attempts.len() < 3 {
            assert!(begun.elapsed() < PAUSE * 100, "it is never asked again");
            assert!(link.server().await.is_err());
            attempts.insert(lock(&link.inner.attempt).as_ref().unwrap().begun_at);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(begun.elapsed() >= PAUSE * 2, "{:?}", begun.elapsed());
    }

    /// A node that goes on with such a connection gives no sign of life where its sessions are.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_fails_a_check_is_given_up() {
        use ServerErrorKind::{Evicts, Replica, Unreachable};

        let (mut server, other) = (RedisServer::start(), RedisServer::start());
        let link = link(&server.url());
        let attached = async || link.server().await.expect("it is fit");
        let failed = async |connected: Arc<Server>| {
            let failed = connected.check_run().await.unwrap_err();
            (failed.kind(), connected.is_broken())
        };
        let connected = attached().await;
        server.cli(&["CONFIG", "SET", "maxmemory", "1gb"]);
        assert!(connected.check_run().await.is_ok());
        assert!(!connected.is_broken());
        server.cli(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
        assert_eq!(failed(connected).await, (Evicts, true));

        server.cli(&["CONFIG", "SET", "maxmemory", "0"]);
        let connected = attached().await;
        let port = other.port().to_string();
        server.cli(&["REPLICAOF", "127.0.0.1", &port]);
        assert_eq!(failed(connected).await, (Replica, true));

        server.cli(&["REPLICAOF", "NO", "ONE"]);
        let connected = attached().await;
        server.kill();
        assert_eq!(failed(connected).await, (Unreachable, true));
    }
}
