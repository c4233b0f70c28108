//! A cluster of three primaries. E16

use sse_gate_redis::{Redis, RedisBus};
use sse_gate_redis_server::RedisCluster;
use sse_gate_resume::backend::{Bus, NodeId, Notice};
use sse_gate_resume::error::{AppendErrorKind, LogErrorKind};

use crate::stage::{Hung, Node, PATIENCE, impatient, options, walk};

/// So many numbers are left out when another server goes on with a log.
const LEFT_OUT: u64 = 1 << 20;

async fn node(cluster: &RedisCluster) -> Node {
    let urls = cluster.urls();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    Node::new(Redis::connect_cluster(&urls, options()).await)
}

/// E16: all works on a cluster, and logs are spread over its servers.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_serves_all_stores() {
    let cluster = RedisCluster::start();
    let (one, other) = (node(&cluster).await, node(&cluster).await);
    walk(&one, &other).await;
    let mut kept = Vec::new();
    for _ in 0..60 {
        kept.push(one.logs.create().await.expect("a log"));
    }
    for server in cluster.servers() {
        let keys = server.cli(&["DBSIZE"]);
        assert!(keys.parse::<u32>().is_ok_and(|keys| keys > 5), "{keys}");
    }
}

/// E1: the machine of one of the given addresses hangs. The others tell where the cluster is, and what it says.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_hangs_holds_nobody_up() {
    let cluster = RedisCluster::start();
    let mut urls = cluster.urls();
    let hangs = Hung::new();
    urls.insert(0, hangs.url());
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let connect = async || Redis::connect_cluster(&urls, impatient()).await;
    let one = Node::connected(connect).await;
    one.until_it_works().await;
    let notices = RedisBus::new(&one.redis).subscribe().await;
    assert!(notices.is_ok(), "{:?}", notices.err());
}

/// E16: the slot of tokens moves to another server while nodes run. Nothing is lost or doubled: a token that was issued
/// before is of another run of a server, and is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_moves_is_followed() {
    let cluster = RedisCluster::start();
    let (one, other) = (node(&cluster).await, node(&cluster).await);
    for round in 0..3 {
        let before = one.issue().await.expect("a token");
        cluster.move_slot_of("{sse-gate}:state");
        let took = one.until_it_works().await;
        assert!(took.as_secs() < 5, "round {round}: it took {took:?}");
        assert!(other.redeem(&before).await.is_err(), "it is of another run");
        walk(&one, &other).await;
    }
}

/// E16: the slot of a log moves to another server. The next append is sent there, and does not fail. That server may not
/// have had the last events, so the log goes on far behind them.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_slot_moves_is_appended_to() {
    let cluster = RedisCluster::start();
    let node = node(&cluster).await;
    let log = node.logs.create().await.expect("a log");
    let event = sse_gate_codec::Event::new().data("x");
    let mut last = log.append(&event).await.expect("an event");
    let key = key_of_a_log(&cluster);
    for _ in 0..3 {
        cluster.move_slot_of(&key);
        let next = log.append(&event).await.expect("it is sent again");
        assert_eq!(next, last + 1 + LEFT_OUT);
        last = next;
        assert_eq!(log.append(&event).await.expect("an event"), last + 1);
        last += 1;
    }
}

/// E1: a server that says that the cluster is down is asked a few times, and then the operation fails.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_down_is_told_in_time() {
    let cluster = RedisCluster::start();
    let node = node(&cluster).await;
    let log = node.logs.create().await.expect("a log");
    let event = sse_gate_codec::Event::new().data("x");
    log.append(&event).await.expect("an event");
    let owner = &cluster.servers()[cluster.owner_of(&key_of_a_log(&cluster))];
    // A slot without a server: so the others are not served, either.
    let other = (0..).map(|number| number.to_string());
    let mut other = other.filter(|key| owner.cli(&["GET", key]).is_empty());
    let slot = owner.cli(&["CLUSTER", "KEYSLOT", &other.next().expect("one of many")]);
    owner.cli(&["CLUSTER", "DELSLOTS", &slot]);
    assert!(owner.cli(&["CLUSTER", "INFO"]).contains("state:fail"));
    let appended = tokio::time::timeout(PATIENCE, log.append(&event)).await;
    let error = appended.expect("it fails in time").unwrap_err();
    assert_eq!(error.kind(), AppendErrorKind::Unavailable);
}

/// E16: the memory of one server is full. A log that would be there is refused, and does not count.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_its_server_has_no_memory_for_does_not_count() {
    let cluster = RedisCluster::start();
    let node = node(&cluster).await;
    let counts = cluster.owner_of("{sse-gate}:state");
    let full = &cluster.servers()[(counts + 1) % 3];
    full.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let (mut kept, mut refused) = (Vec::new(), 0);
    while kept.is_empty() || refused == 0 {
        match node.logs.create().await {
            Ok(log) => kept.push(log),
            Err(error) => {
                assert_eq!(error.kind(), LogErrorKind::Full);
                refused += 1;
            }
        }
    }
    let counted = cluster.servers()[counts].cli(&["ZCARD", "{sse-gate}:l:all"]);
    assert_eq!(counted, kept.len().to_string(), "{refused} were refused");
}

/// The key of the numbers of the only log.
fn key_of_a_log(cluster: &RedisCluster) -> String {
    let keys = cluster.servers().iter();
    let keys: String = keys.map(|server| server.cli(&["KEYS", "*:m"])).collect();
    keys.trim().to_owned()
}

/// I19: a probe comes after all that was published before it, on whichever server.
#[tokio::test(flavor = "multi_thread")]
async fn a_probe_overtakes_no_notice() {
    let cluster = RedisCluster::start();
    let node = node(&cluster).await;
    let bus = RedisBus::new(&node.redis);
    let mut notices = bus.subscribe().await.expect("a channel");
    let listener = NodeId::from_bytes([1; 8]);
    for number in 1..=200 {
        let mut logs = Vec::new();
        for _ in 0..3 {
            let log = node.logs.create().await.expect("a log");
            let event = sse_gate_codec::Event::new().data("x");
            log.append(&event).await.expect("an event");
            logs.push(log.epoch());
        }
        let probe = Notice::Probe { listener, number };
        bus.publish(probe).await.expect("a channel");
        loop {
            let heard = tokio::time::timeout(PATIENCE, notices.next()).await;
            match heard.expect("a notice comes").expect("it has not ended") {
                Notice::Appended { log, .. } => logs.retain(|epoch| *epoch != log),
                notice if notice == probe => break,
                _ => {}
            }
        }
        assert!(logs.is_empty(), "probe {number} has overtaken a notice");
    }
}
