//! What the tests share: two logs on a server, and a client that changes what is there.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use redis::{Commands, Connection, FromRedisValue};
use sse_gate_redis::{Redis, RedisLogs, RedisOptions, SealingKey, SealingKeys};
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::{LogEpoch, LogId, LogName, LogStore, NewLog, StoredEvents};
use sse_gate_resume::error::{AppendErrorKind, LogErrorKind};
use tokio::runtime::Runtime;

static SERVER: LazyLock<RedisServer> = LazyLock::new(RedisServer::start);

/// An event as it is on the server: its id and its value. So is a field: its name and its value.
pub(crate) type Raw = (String, Vec<u8>);

/// A prefix with two logs, `news` and `sport`, of four events each.
pub(crate) struct Scene {
    runtime: Runtime,
    url: String,
    prefix: String,
    pub(crate) store: RedisLogs,
    raw: Connection,
}

pub(crate) fn log(name: &str) -> LogId {
    LogId {
        name: LogName::new(format!("topic/{name}")).unwrap(),
        epoch: LogEpoch::from_bytes([name.as_bytes()[0]; 8]),
    }
}

pub(crate) fn sealed() -> RedisOptions {
    RedisOptions::sealed(SealingKeys::new(SealingKey::new([7; 32])))
}

impl Scene {
    pub(crate) fn new() -> Self {
        let mut scene = Self::empty(&SERVER, sealed());
        for name in ["news", "sport"] {
            scene.create(name, LogLimits::default()).unwrap();
            for seq in 1..=4 {
                assert_eq!(scene.append(name, &format!("{name} {seq}")), Ok(seq));
            }
        }
        assert_eq!(scene.events("news").len(), 4);
        scene
    }

    /// A prefix without logs, on the server that all tests share.
    pub(crate) fn unsealed() -> Self {
        Self::with(RedisOptions::unsealed())
    }

    /// The same, with these options.
    pub(crate) fn with(options: RedisOptions) -> Self {
        Self::empty(&SERVER, options)
    }

    /// A prefix without logs.
    pub(crate) fn empty(server: &RedisServer, options: RedisOptions) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let prefix = format!("scene-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let runtime = Runtime::new().unwrap();
        let options = options
            .with_prefix(&prefix)
            .with_timeout(Duration::from_secs(5));
        let redis = runtime.block_on(Redis::connect(&server.url(), options));
        Self {
            store: RedisLogs::new(&redis.unwrap()),
            runtime,
            url: server.url(),
            prefix,
            raw: raw(server),
        }
    }

    /// Another node of the same service.
    pub(crate) fn other_node(&self) -> RedisLogs {
        let options = sealed()
            .with_prefix(&self.prefix)
            .with_timeout(Duration::from_secs(5));
        RedisLogs::new(&self.block_on(Redis::connect(&self.url, options)).unwrap())
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    pub(crate) fn create(&self, name: &str, limits: LogLimits) -> Result<(), LogErrorKind> {
        self.create_new(NewLog::new(log(name), limits, None))
    }

    pub(crate) fn create_new(&self, log: NewLog) -> Result<(), LogErrorKind> {
        let created = self.block_on(self.store.create(log));
        created.map_err(|error| error.kind())
    }

    pub(crate) fn append(&self, name: &str, event: &str) -> Result<u64, AppendErrorKind> {
        self.append_on(&self.store, name, event)
    }

    pub(crate) fn append_on(
        &self,
        node: &RedisLogs,
        name: &str,
        event: &str,
    ) -> Result<u64, AppendErrorKind> {
        let event = event.to_owned().into_bytes().into();
        let appended = self.block_on(node.append(log(name), event));
        appended.map_err(|error| error.kind())
    }

    /// Reads a log as a reader does, some bytes at a time. `None` if there is no such log.
    pub(crate) fn read(&self, log: &LogId) -> Option<Vec<(u64, String)>> {
        let (mut read, mut after) = (Vec::new(), 0);
        for _ in 0..20 {
            let stored = self.block_on(self.store.read(log.clone(), after, 13));
            let StoredEvents {
                bounds,
                first,
                events,
            } = stored.unwrap()?;
            assert!(bounds.first <= bounds.last + 1, "{bounds:?}");
            if after + 1 < bounds.first {
                after = bounds.first - 1;
            } else if after >= bounds.last {
                return Some(read);
            } else {
                assert_eq!(first, after + 1, "{bounds:?} {events:?}");
                assert!(!events.is_empty(), "{bounds:?}, behind {after}");
                for event in events {
                    after += 1;
                    read.push((after, String::from_utf8(event.to_vec()).unwrap()));
                }
            }
        }
        panic!("the reader never has all")
    }

    /// What a reader gets is what was appended under that number. Returns the numbers.
    pub(crate) fn read_right(&self, name: &str) -> Option<Vec<u64>> {
        let read = self.read(&log(name))?;
        for (seq, event) in &read {
            assert_eq!(*event, format!("{name} {seq}"));
        }
        Some(read.iter().map(|(seq, _)| *seq).collect())
    }

    /// Runs a command, as somebody who has the server's password.
    pub(crate) fn command<T: FromRedisValue>(&mut self, name: &str, args: &[&[u8]]) -> T {
        redis::cmd(name).arg(args).query(&mut self.raw).unwrap()
    }

    /// The name of a key that is not a log's.
    pub(crate) fn shared_key(&self, name: &str) -> Vec<u8> {
        format!("{{{}}}:{name}", self.prefix).into_bytes()
    }

    /// All keys of the service.
    pub(crate) fn keys(&mut self) -> Vec<Vec<u8>> {
        let pattern = format!("*{}*", self.prefix);
        let keys: Vec<Vec<u8>> = self.raw.keys(pattern).unwrap();
        let own = [format!("{}:", self.prefix), format!("{{{}}}:", self.prefix)];
        let is_own = |key: &Vec<u8>| own.iter().any(|own| key.starts_with(own.as_bytes()));
        keys.into_iter().filter(is_own).collect()
    }

    /// A key of a log: `m` for its numbers, `e` for its events.
    pub(crate) fn key(&mut self, name: &str, part: &str) -> Vec<u8> {
        let epoch = log(name).epoch.to_bytes();
        for key in self.keys() {
            if !key.ends_with(b":m") {
                continue;
            }
            let found: Option<Vec<u8>> = self.command("HGET", &[&key, b"epoch"]);
            if found.as_deref() == Some(&epoch[..]) {
                return [&key[..key.len() - 1], part.as_bytes()].concat();
            }
        }
        panic!("there is no log `{name}`")
    }

    /// The events of a log, sealed.
    pub(crate) fn events(&mut self, name: &str) -> Vec<Raw> {
        let key = self.key(name, "e");
        let found: Vec<(String, Vec<Raw>)> = self.command("XRANGE", &[&key, b"-", b"+"]);
        let event = |(id, mut fields): (String, Vec<Raw>)| (id, fields.remove(0).1);
        found.into_iter().map(event).collect()
    }

    /// Replaces the events of a log.
    pub(crate) fn set_events(&mut self, name: &str, events: &[Raw]) {
        let key = self.key(name, "e");
        let _: () = self.command("DEL", &[&key]);
        for (id, value) in events {
            let _: String = self.command("XADD", &[&key, id.as_bytes(), b"v", value]);
        }
    }

    pub(crate) fn set_number(&mut self, name: &str, field: &str, value: &[u8]) {
        let key = self.key(name, "m");
        let _: i64 = self.command("HSET", &[&key, field.as_bytes(), value]);
    }
}

/// A connection past the store.
fn raw(server: &RedisServer) -> Connection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_connection().unwrap()
}
