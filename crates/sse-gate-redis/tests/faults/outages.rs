//! The server is not there, does not answer, or is slow.

use std::time::{Duration, Instant};

use sse_gate_core::{IssueErrorKind, TokenGate};
use sse_gate_redis::{Redis, RedisOptions, RedisTokens};
use sse_gate_redis_server::RedisServer;

use crate::proxy::Proxy;
use crate::stage::{
    IN_TIME, PATIENCE, gate, hasty_gate, issue, keys, limits, redeem, until_it_works,
};

/// E1: while the server is down, each operation fails at once or within the time limit. When it is back, so are
/// the nodes, soon.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_is_told_in_time_and_found_again() {
    let mut server = RedisServer::start();
    let gate = hasty_gate(&server).await;
    until_it_works(&gate).await;
    for _ in 0..3 {
        server.kill();
        for _ in 0..20 {
            let begun = Instant::now();
            let error = issue(&gate).await.expect_err("there is no server");
            assert_eq!(error.kind(), IssueErrorKind::StoreUnavailable);
            assert!(begun.elapsed() < IN_TIME, "{:?}", begun.elapsed());
        }
        server.restart();
        let took = until_it_works(&gate).await;
        assert!(took < IN_TIME, "it took {took:?}");
    }
}

/// E1: a server that is stopped keeps its connections, and answers nothing. When it goes on, a token that was shown
/// meanwhile counts as used, if it was taken, and others still work.
#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_is_told_in_time_and_found_again() {
    let server = RedisServer::start();
    let (gate, hasty) = (gate(&server).await, hasty_gate(&server).await);
    let (shown, kept) = (issue(&gate).await.unwrap(), issue(&gate).await.unwrap());
    until_it_works(&hasty).await;
    let pid = server.pid();
    server.signal_pid("STOP", &pid);
    for _ in 0..3 {
        let begun = Instant::now();
        assert!(redeem(&hasty, &shown).await.is_err());
        assert!(begun.elapsed() < IN_TIME, "{:?}", begun.elapsed());
    }
    server.signal_pid("CONT", &pid);
    let took = until_it_works(&hasty).await;
    assert!(took < IN_TIME, "it took {took:?}");
    until_it_works(&gate).await;
    redeem(&gate, &kept).await.expect("nobody has shown it");
    assert!(redeem(&gate, &kept).await.is_err());
}

/// E2: a token is taken, and the answer is lost. The token is used, and the take is not repeated.
#[tokio::test(flavor = "multi_thread")]
async fn a_take_whose_answer_is_lost_counts() {
    let server = RedisServer::start();
    let proxy = Proxy::to(server.port()).await;
    // The time that is lost with the answer, and long for all the other answers.
    let options = RedisOptions::sealed(keys()).with_timeout(Duration::from_secs(2));
    let redis = Redis::connect(&proxy.url(), options).await;
    let gate = TokenGate::new(RedisTokens::new(&redis.expect("it is fit"), limits()));
    // The server learns the script.
    let first = issue(&gate).await.expect("it works");
    redeem(&gate, &first).await.expect("it is fresh");
    let issued = issue(&gate).await.expect("it works");
    proxy.swallow_answers(true);
    let lost = redeem(&gate, &issued)
        .await
        .expect_err("its answer is lost");
    assert!(lost.is_unavailable());
    proxy.swallow_answers(false);
    until_it_works(&gate).await;
    let used = redeem(&gate, &issued).await.expect_err("it was taken");
    assert!(!used.is_unavailable());
}

/// E1: a server that is busy for longer than the time limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_server_is_told_in_time() {
    let server = RedisServer::start_with(&["--save", "", "--enable-debug-command", "yes"]);
    let gate = hasty_gate(&server).await;
    let port = server.port().to_string();
    // Longer than an operation may take.
    let mut sleeping = std::process::Command::new("redis-cli")
        .args(["-p", &port, "DEBUG", "SLEEP", "8"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("redis-cli is installed");
    let started = Instant::now();
    let (error, took) = loop {
        assert!(
            started.elapsed() < PATIENCE,
            "the server has not begun to sleep"
        );
        let begun = Instant::now();
        if let Err(error) = issue(&gate).await {
            break (error, begun.elapsed());
        }
    };
    assert_eq!(error.kind(), IssueErrorKind::StoreUnavailable, "{error:?}");
    assert!(took < IN_TIME, "{took:?}");
    until_it_works(&gate).await;
    sleeping.wait().expect("it has ended");
}

/// E1: operations that wait for a server that says nothing are bounded. One more is refused at once.
#[tokio::test(flavor = "multi_thread")]
async fn operations_under_way_are_bounded() {
    let server = RedisServer::start();
    let options = RedisOptions::sealed(keys())
        .with_operations(4)
        .with_timeout(Duration::from_secs(2));
    let redis = Redis::connect(&server.url(), options)
        .await
        .expect("it is fit");
    let gate = TokenGate::new(RedisTokens::new(&redis, limits()));
    let pid = server.pid();
    server.signal_pid("STOP", &pid);
    let waiting: Vec<_> = (0..64)
        .map(|_| {
            let gate = gate.clone();
            tokio::spawn(async move {
                let begun = Instant::now();
                let error = issue(&gate).await.expect_err("the server is stopped");
                (error, begun.elapsed())
            })
        })
        .collect();
    let mut refused_at_once = 0;
    for task in waiting {
        let (error, took) = task.await.expect("it does not panic");
        refused_at_once += usize::from(took < Duration::from_millis(500));
        assert_eq!(error.kind(), IssueErrorKind::StoreUnavailable);
    }
    server.signal_pid("CONT", &pid);
    assert!(
        refused_at_once >= 50,
        "only {refused_at_once} were refused at once"
    );
}
