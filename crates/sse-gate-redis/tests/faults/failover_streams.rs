//! Replicas are promoted while a feed is written and its readers come back again and again, to another node each time.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sse_gate_redis::{Redis, RedisOptions};
use sse_gate_redis_server::RedisServer;
use tokio::time::sleep;

use crate::failover::{failovers, replica_of};
use crate::node::Node;
use crate::proxy::Proxy;
use crate::reader::Reader;
use crate::stage::keys;

const READERS: usize = 6;

/// So many numbers are acknowledged between two failovers.
const CALM: usize = 200;

/// So many numbers the primary acknowledges after the replica has heard its last.
const UNHEARD: usize = 10;

/// How long a test waits for what must come, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// The numbers that the feed has acknowledged.
type Acknowledged = Arc<Mutex<BTreeSet<u64>>>;

/// Writes one number after the other to the feed. One that is not acknowledged may be there, or not.
async fn publish(nodes: [Node; 2], acknowledged: Acknowledged) {
    for number in 1.. {
        let node = &nodes[usize::from(number % 2 == 0)];
        if node.append(number).await {
            acknowledged.lock().unwrap().insert(number);
        } else {
            sleep(Duration::from_millis(5)).await;
        }
        sleep(Duration::from_millis(1)).await;
    }
}

/// Waits until so many more numbers are acknowledged.
async fn until_more(acknowledged: &Acknowledged, more: usize) {
    let begun = Instant::now();
    let count = || acknowledged.lock().unwrap().len();
    let enough = count() + more;
    while count() < enough {
        assert!(begun.elapsed() < PATIENCE, "the feed stands still");
        sleep(Duration::from_millis(1)).await;
    }
}

/// Waits until all readers have had what was written after this moment. Returns how long that took.
async fn until_all_go_on(acknowledged: &Acknowledged, readers: &[Arc<Reader>]) -> Duration {
    let begun = Instant::now();
    let last = || acknowledged.lock().unwrap().last().copied().unwrap_or(0);
    let before = last();
    while last() <= before || readers.iter().any(|reader| reader.last() <= before) {
        let behind: Vec<_> = readers.iter().map(|reader| reader.last()).collect();
        assert!(
            begun.elapsed() < PATIENCE,
            "{before} was the last, now it is {}, and the readers have {behind:?}",
            last()
        );
        sleep(Duration::from_millis(5)).await;
    }
    begun.elapsed()
}

/// E1, I19: streams go on after each failover. What comes, comes once and in order, and a reader that misses what was
/// acknowledged is told so.
#[tokio::test(flavor = "multi_thread")]
async fn streams_survive_failovers_under_load() {
    let start = ["--save", "", "--repl-diskless-sync-delay", "0"];
    let mut primary = RedisServer::start_with(&start);
    let proxy = Proxy::to(primary.port()).await;
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let redis = Redis::connect(&proxy.url(), RedisOptions::sealed(keys())).await;
        nodes.push(Node::start(&redis.expect("it is fit")).await);
    }
    let nodes: [Node; 2] = nodes.try_into().expect("two");
    let acknowledged = Acknowledged::default();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(publish(nodes.clone(), Arc::clone(&acknowledged)));
    let readers: Vec<_> = (0..READERS).map(Reader::new).map(Arc::new).collect();
    for reader in &readers {
        tasks.spawn(Arc::clone(reader).follow(nodes.clone()));
    }
    until_all_go_on(&acknowledged, &readers).await;

    let mut longest = Duration::ZERO;
    for round in 0..failovers() {
        let replica = replica_of(&primary);
        until_more(&acknowledged, CALM).await;
        if round % 2 == 0 {
            // From here on, the replica hears of nothing.
            replica.cli(&["REPLICAOF", "NO", "ONE"]);
            until_more(&acknowledged, UNHEARD).await;
        }
        primary.kill();
        replica.cli(&["REPLICAOF", "NO", "ONE"]);
        proxy.point_at(replica.port());
        let took = until_all_go_on(&acknowledged, &readers).await;
        println!("failover {round}: all went on after {took:?}");
        longest = longest.max(took);
        primary = replica;
    }
    tasks.shutdown().await;
    let acknowledged = acknowledged.lock().unwrap();
    for reader in &readers {
        reader.check(&acknowledged);
    }
    println!(
        "{} events, {} resumptions, {} sessions begun anew, {longest:?} at most",
        acknowledged.len(),
        readers.iter().map(|reader| reader.resumed()).sum::<u64>(),
        readers
            .iter()
            .map(|reader| reader.begun_anew())
            .sum::<u64>(),
    );
}
