//! The way to the server: [`Link`], and one connection to it: [`Server`].

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use redis::aio::MultiplexedConnection;
use redis::{Client, ErrorKind, Pipeline, RedisError, Value};
use tokio::sync::Semaphore;

use super::attach::{attach, client};
use super::call::Step;
use super::run::RunId;
use super::state::{Known, StateKeys};
use crate::fault::Fault;
use crate::keyspace::Keyspace;
use crate::{RedisOptions, ServerErrorKind};

/// After a failure to connect, nobody tries for this time. So a server that is back is found soon, and one that
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
    client: Client,
    keyspace: Keyspace,
    options: RedisOptions,
    attempt: Mutex<Option<Attempt>>,
    /// What the last connection led to.
    known: Mutex<Option<Known>>,
}

impl Inner {
    async fn attach(&self) -> Attached {
        let known = *lock(&self.known);
        let server = attach(&self.client, &self.keyspace, &self.options, known).await?;
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
    pub(crate) fn new(address: &str, options: RedisOptions) -> Result<Self, Fault> {
        Ok(Self {
            operations: Semaphore::new(options.operations),
            inner: Arc::new(Inner {
                client: client(address)?,
                keyspace: Keyspace::new(&options.prefix),
                options,
                attempt: Mutex::default(),
                known: Mutex::default(),
            }),
        })
    }

    pub(crate) fn keyspace(&self) -> &Keyspace {
        &self.inner.keyspace
    }

    pub(crate) fn options(&self) -> &RedisOptions {
        &self.inner.options
    }

    pub(crate) fn client(&self) -> &Client {
        &self.inner.client
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
    connection: MultiplexedConnection,
    pub(crate) run: RunId,
    pub(crate) keys: K,
    is_broken: AtomicBool,
}

impl Server<()> {
    pub(super) fn with_keys<K>(self, keys: K) -> Server<K> {
        Server::new(self.connection, self.run, keys)
    }
}

impl<K> Server<K> {
    pub(super) fn new(connection: MultiplexedConnection, run: RunId, keys: K) -> Self {
        Self {
            connection,
            run,
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

    /// Sends one step, and returns the answer.
    pub(crate) async fn run(&self, step: impl Into<Step>) -> Result<Value, Fault> {
        let step = step.into();
        let mut connection = self.connection.clone();
        let answer = connection.send_packed_command(&step.command()).await;
        self.answer(&step, answer).await
    }

    /// Sends steps together, as one transaction, and returns their answers. No other client comes between two of
    /// them. One that fails does not undo those before it.
    pub(crate) async fn run_all<const N: usize>(
        &self,
        steps: [Step; N],
    ) -> Result<[Result<Value, Fault>; N], Fault> {
        let mut pipeline = Pipeline::with_capacity(N);
        pipeline.atomic();
        for step in &steps {
            pipeline.add_command(step.command());
        }
        let mut connection = self.connection.clone();
        let sent = connection.send_packed_commands(&pipeline, N + 1, 1).await;
        let answer = self.noted(sent)?.pop().unwrap_or(Value::Nil);
        let Value::Array(answers) = self.noted(told(answer))? else {
            return Err(ServerErrorKind::Failed.into());
        };
        let mut answers = answers.into_iter();
        let mut results = [const { Ok(Value::Nil) }; N];
        for (result, step) in results.iter_mut().zip(&steps) {
            *result = self
                .answer(step, Ok(answers.next().unwrap_or(Value::Nil)))
                .await;
        }
        Ok(results)
    }

    /// The answer to a step. A script that the server did not know is sent whole.
    async fn answer(&self, step: &Step, answer: Result<Value, RedisError>) -> Result<Value, Fault> {
        let answer = match (answer.and_then(told), step) {
            (Err(error), Step::Call(call)) if is_unknown(&error) => {
                let mut connection = self.connection.clone();
                let answer = connection.send_packed_command(&call.whole()).await;
                answer.and_then(told)
            }
            (answer, _) => answer,
        };
        self.noted(answer)
    }

    /// Gives the connection up if the error says that it is of no use.
    fn noted<T>(&self, result: Result<T, RedisError>) -> Result<T, Fault> {
        result.map_err(|error| {
            let fault = Fault::from(error);
            if fault.breaks_connection() {
                self.give_up();
            }
            fault
        })
    }
}

/// An answer, unless it is an error of the server.
fn told(answer: Value) -> Result<Value, RedisError> {
    match answer {
        Value::ServerError(error) => Err(error.into()),
        answer => Ok(answer),
    }
}

/// Whether the server does not know the script.
fn is_unknown(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(redis::ServerErrorKind::NoScript)
}
