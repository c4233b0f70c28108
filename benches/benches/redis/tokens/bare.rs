//! Bare redis-rs: the very same scripts with the same keys and values, or plain commands that count nothing. It makes no
//! tag, seals nothing and checks nothing but that there was a value.

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue};
use sse_gate_benches::Contestant;
use sse_gate_core::Entry;

use super::Shares;
use super::ours::TTL;
use crate::scene::{Scene, runtime};
use crate::work::in_tasks;

const INSERT: &str = concat!(
    include_str!("../../../../crates/sse-gate-redis/src/server/shared.lua"),
    include_str!("../../../../crates/sse-gate-redis/src/tokens/token.lua"),
    include_str!("../../../../crates/sse-gate-redis/src/tokens/insert.lua")
);
const TAKE: &str = concat!(
    include_str!("../../../../crates/sse-gate-redis/src/server/shared.lua"),
    include_str!("../../../../crates/sse-gate-redis/src/tokens/token.lua"),
    include_str!("../../../../crates/sse-gate-redis/src/tokens/take.lua")
);

/// What it sends.
#[derive(Clone, Copy)]
pub(crate) enum Commands {
    Scripts,
    Plain,
}

pub(super) fn contestant(
    name: &'static str,
    scene: &Scene,
    commands: Commands,
) -> Contestant<Shares> {
    let runtime = runtime();
    let bare = runtime.block_on(Bare::connect(scene, commands));
    Contestant::new(name, move |shares: Shares| {
        runtime.block_on(in_tasks(shares, |share| {
            let bare = bare.clone();
            async move {
                for entry in share {
                    bare.insert_and_take(&entry).await;
                }
            }
        }));
    })
}

/// A connection, and what the scripts need to know.
#[derive(Clone)]
pub(crate) struct Bare {
    connection: MultiplexedConnection,
    commands: Commands,
    state: Vec<u8>,
    insert: String,
    take: String,
}

impl Bare {
    pub(crate) async fn connect(scene: &Scene, commands: Commands) -> Self {
        // It makes the state that the scripts look for.
        let _state = scene.connect(Scene::quiet(false, "bare")).await;
        let mut bare = Self {
            connection: scene.bare().await,
            commands,
            state: Vec::new(),
            insert: String::new(),
            take: String::new(),
        };
        let state = redis::cmd("HGET").arg("{bare}:state").arg("id").clone();
        bare.state = bare.ask(&state).await;
        bare.insert = bare.ask(redis::cmd("SCRIPT").arg("LOAD").arg(INSERT)).await;
        bare.take = bare.ask(redis::cmd("SCRIPT").arg("LOAD").arg(TAKE)).await;
        bare
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> T {
        let mut connection = self.connection.clone();
        command
            .query_async(&mut connection)
            .await
            .expect("an answer")
    }

    pub(crate) async fn insert_and_take(&self, entry: &Entry) {
        let key = entry.key();
        // The run of the server, how it is sealed, and the entry.
        let value = [&[0; 33], entry.as_bytes()].concat();
        let name = [b"{bare}:t:e:", &key.as_bytes()[..]].concat();
        let (digest, subject) = (key.as_bytes(), entry.subject_bytes());
        let taken: Option<Vec<u8>> = match self.commands {
            Commands::Plain => {
                self.ask::<()>(&set(&name, &value)).await;
                self.ask(redis::cmd("GETDEL").arg(&name)).await
            }
            Commands::Scripts => {
                let insert = self.insert(digest, subject, &value);
                assert_eq!(self.ask::<[String; 1]>(&insert).await, ["entered"]);
                self.ask(&self.take(digest)).await
            }
        };
        assert!(taken.is_some());
    }

    fn insert(&self, digest: &[u8], subject: &[u8], value: &[u8]) -> Cmd {
        let mut insert = redis::cmd("EVALSHA");
        insert.arg(&self.insert).arg(1).arg("{bare}:state");
        insert.arg(&self.state).arg(digest).arg(subject);
        // The bytes of the payload, when it ends, the epoch; the caps.
        insert.arg(0).arg(TTL.as_millis().to_string()).arg(0);
        insert.arg(1_000_000).arg(16).arg(1 << 26).arg(1 << 20);
        insert.arg(value).arg("");
        insert
    }

    fn take(&self, digest: &[u8]) -> Cmd {
        let mut take = redis::cmd("EVALSHA");
        take.arg(&self.take).arg(1).arg("{bare}:state");
        take.arg(&self.state).arg(digest).arg("");
        take
    }
}

fn set(name: &[u8], value: &[u8]) -> Cmd {
    let mut set = redis::cmd("SET");
    set.arg(name).arg(value).arg("NX");
    set.arg("PX").arg(TTL.as_millis().to_string());
    set
}
