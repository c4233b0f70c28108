//! A primary, a replica, and a sentinel that promotes it. E1

use std::fs;
use std::time::Instant;

use sse_gate_redis::{Redis, ServerErrorKind};
use sse_gate_redis_server::RedisServer;
use tempfile::TempDir;

use crate::stage::{Hung, Node, PATIENCE, impatient, options, walk};

/// E1: the nodes follow the primary that the sentinel names.
#[tokio::test(flavor = "multi_thread")]
async fn the_primary_that_a_sentinel_names_is_followed() {
    let mut primary = RedisServer::start();
    let port = primary.port().to_string();
    let replica = RedisServer::start_with(&["--save", "", "--replicaof", "127.0.0.1", &port]);
    let sentinel = Sentinel::watching(&port);
    let begun = Instant::now();
    while !sentinel
        .server
        .cli(&["SENTINEL", "REPLICAS", "primary"])
        .contains("flags")
    {
        assert!(
            begun.elapsed() < PATIENCE,
            "the sentinel does not see the replica"
        );
    }
    let url = sentinel.server.url();
    let node = async || Redis::connect_sentinel(&[&url], "primary", options()).await;
    let (one, other) = (Node::new(node().await), Node::new(node().await));
    walk(&one, &other).await;
    let before = one.issue().await.expect("a token");

    primary.kill();
    one.until_it_works().await;
    other.until_it_works().await;
    assert_eq!(replica.info("role"), "master");
    assert!(one.redeem(&before).await.is_err(), "it is of another run");
    walk(&one, &other).await;

    let unknown = Redis::connect_sentinel(&[&url], "nobody", options()).await;
    assert_eq!(unknown.unwrap_err().kind(), ServerErrorKind::Unreachable);
}

/// E1: the machine of a sentinel hangs, as one does that has lost its network. The others are heard.
#[tokio::test(flavor = "multi_thread")]
async fn a_sentinel_that_hangs_holds_nobody_up() {
    let primary = RedisServer::start();
    let sentinel = Sentinel::watching(&primary.port().to_string());
    let hangs = Hung::new();
    let (hung, url) = (hangs.url(), sentinel.server.url());
    let connect =
        async |urls: [&str; 2]| Redis::connect_sentinel(&urls, "primary", impatient()).await;
    let one = Node::connected(async || connect([&hung, &url]).await).await;
    let other = Node::connected(async || connect([&url, &hung]).await).await;
    one.until_it_works().await;
    other.until_it_works().await;
    let nobody = connect([&hung, &hung]).await.unwrap_err();
    assert_eq!(nobody.kind(), ServerErrorKind::Unreachable);
}

/// D11: the login is for the primary, and not for the sentinels.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_for_the_primary() {
    let primary = RedisServer::start();
    let user = [
        "ACL", "SETUSER", "node", "on", ">secret", "~*", "&*", "+@all",
    ];
    assert_eq!(primary.cli(&user), "OK");
    let sentinel = Sentinel::watching(&primary.port().to_string());
    let url = sentinel.server.url();
    let with = async |password: &str| {
        let options = options().with_login("node", password);
        Redis::connect_sentinel(&[&url], "primary", options).await
    };
    let redis = with("secret").await.expect("the login is right");
    let clients = primary.cli(&["CLIENT", "LIST"]);
    assert!(clients.contains("user=node"), "{clients}");
    drop(redis);
    let refused = with("wrong").await.unwrap_err();
    // A primary that denies access is none to the client of the sentinels.
    assert_eq!(refused.kind(), ServerErrorKind::Unreachable);
}

/// A sentinel, with a file of settings that it rewrites.
struct Sentinel {
    server: RedisServer,
    _folder: TempDir,
}

impl Sentinel {
    fn watching(port: &str) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let file = folder.path().join("sentinel.conf");
        let settings = format!(
            "sentinel monitor primary 127.0.0.1 {port} 1\n\
             sentinel down-after-milliseconds primary 3000\n\
             sentinel failover-timeout primary 2000\n"
        );
        fs::write(&file, settings).expect("the folder can be written to");
        let file = file.to_str().expect("the path is text");
        let server = RedisServer::start_sentinel(file);
        Self {
            server,
            _folder: folder,
        }
    }
}
