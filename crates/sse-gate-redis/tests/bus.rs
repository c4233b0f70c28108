//! What a bus does when its connection, its server or its subscriber fails.

use std::error::Error;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use sse_gate_redis::{RedisBus, ServerError, ServerErrorKind};
use sse_gate_redis_server::RedisServer;
use sse_gate_resume::backend::{Bus, LogEpoch, NodeId, Notice, Notices};
use sse_gate_resume::error::BusError;

mod support;
use support::{Check, SERVER, wait_until};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(20);

fn stop(number: u8) -> Notice {
    let log = LogEpoch::from_bytes([number; 8]);
    Notice::Stop { log }
}

async fn hear(notices: &mut Notices) -> Option<Notice> {
    let next = tokio::time::timeout(PATIENCE, notices.next()).await;
    next.expect("a notice comes, or the subscription ends")
}

/// Publishes each number as the notice to stop its log, and expects to hear it.
async fn expect_heard(bus: &RedisBus, notices: &mut Notices, number: u8) {
    let told = bus.publish(stop(number)).await;
    told.expect("the bus can publish");
    assert_eq!(hear(notices).await, Some(stop(number)));
}

fn channel(check: &Check) -> String {
    format!("{}:bus", check.prefix())
}

/// How many connections listen on the channel.
fn listeners(check: &Check) -> String {
    let answer = SERVER.cli(&["PUBSUB", "NUMSUB", &channel(check)]);
    answer.lines().last().unwrap_or_default().to_owned()
}

async fn wait_for_listeners(check: &Check, number: &str) {
    let counted = || async { listeners(check) == number };
    wait_until("another number of connections listens", counted).await;
}

fn kind(error: &BusError) -> Option<ServerErrorKind> {
    let source = error.source()?.downcast_ref::<ServerError>();
    source.map(ServerError::kind)
}

/// Covers I19. The connection of the subscription is closed, and no other.
#[test]
fn a_subscription_ends_with_its_connection_and_the_next_one_hears() {
    let (check, server) = (Check::new(), RedisServer::start());
    check.block_on(async {
        let redis = check.node_at(&server.url()).await;
        let bus = RedisBus::new(&redis);
        for round in 0..3 {
            let mut notices = bus.subscribe().await.unwrap();
            expect_heard(&bus, &mut notices, round).await;
            assert_eq!(server.cli(&["CLIENT", "KILL", "TYPE", "pubsub"]), "1");
            assert_eq!(hear(&mut notices).await, None, "in round {round}");
            bus.publish(stop(100)).await.unwrap();
        }
    });
}

/// Covers I19.
#[test]
fn a_restart_of_the_server_ends_the_subscription() {
    let (check, mut server) = (Check::new(), RedisServer::start());
    check.block_on(async {
        let redis = check.node_at(&server.url()).await;
        let bus = RedisBus::new(&redis);
        let mut notices = bus.subscribe().await.unwrap();
        expect_heard(&bus, &mut notices, 1).await;
        server.restart();
        assert_eq!(hear(&mut notices).await, None);
        let mut notices = bus.subscribe().await.unwrap();
        let published = || async { bus.publish(stop(2)).await.is_ok() };
        wait_until("the node is connected again", published).await;
        assert_eq!(hear(&mut notices).await, Some(stop(2)));
    });
}

/// One server has one order of all notices. So a probe needs no copies there, and no count of them.
#[test]
fn a_notice_is_published_as_its_bytes() {
    let check = Check::new();
    let client = redis::Client::open(SERVER.url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut raw = connection.as_pubsub();
    raw.subscribe(channel(&check)).unwrap();
    let listener = NodeId::from_bytes([1; 8]);
    let bus = RedisBus::new(&check.block_on(check.node()));
    for notice in [
        stop(1),
        Notice::Probe {
            listener,
            number: 7,
        },
    ] {
        check.block_on(bus.publish(notice)).unwrap();
        let message = raw.get_message().unwrap();
        assert_eq!(message.get_payload_bytes(), notice.to_bytes());
    }
}

#[test]
fn what_is_no_notice_is_skipped() {
    let check = Check::new();
    check.block_on(async {
        let bus = RedisBus::new(&check.node().await);
        let mut notices = bus.subscribe().await.unwrap();
        for garbage in [
            "''",
            "'no notice'",
            "'\\1'",
            "'\\2\\3\\7\\7\\7\\7\\7\\7\\7\\7'",
        ] {
            let publish = format!("return redis.call('PUBLISH', ARGV[1], {garbage})");
            assert_eq!(SERVER.cli(&["EVAL", &publish, "0", &channel(&check)]), "1");
        }
        expect_heard(&bus, &mut notices, 1).await;
    });
}

/// What waits for a subscriber that does not read is bounded: its connection is closed, and no notice is left out.
#[test]
fn a_subscriber_that_falls_behind_hears_all_that_waits_and_then_the_end() {
    const MOST: usize = 16 * 1024;
    let check = Check::new();
    check.block_on(async {
        let bus = RedisBus::new(&check.node().await);
        let mut slow = bus.subscribe().await.unwrap();
        let publish = "for number = 1, ARGV[2] do
            local bytes = '\\1\\3' .. struct.pack('>I4I4', 0, number)
            redis.call('PUBLISH', ARGV[1], bytes)
        end";
        let more = (MOST + 1).to_string();
        SERVER.cli(&["EVAL", publish, "0", &channel(&check), &more]);
        wait_for_listeners(&check, "0").await;
        for number in 1..=MOST as u64 {
            let log = LogEpoch::from_bytes(number.to_be_bytes());
            assert_eq!(hear(&mut slow).await, Some(Notice::Stop { log }));
        }
        assert_eq!(hear(&mut slow).await, None);
        let mut notices = bus.subscribe().await.unwrap();
        expect_heard(&bus, &mut notices, 1).await;
    });
}

#[test]
fn a_dropped_subscription_closes_its_connection() {
    let check = Check::new();
    check.block_on(async {
        let bus = RedisBus::new(&check.node().await);
        let (kept, dropped) = (
            bus.subscribe().await.unwrap(),
            bus.subscribe().await.unwrap(),
        );
        assert_eq!(listeners(&check), "2");
        drop(dropped);
        wait_for_listeners(&check, "1").await;
        drop(kept);
        wait_for_listeners(&check, "0").await;
    });
}

#[test]
fn a_prefix_does_not_hear_another_one() {
    let (check, other) = (Check::new(), Check::new());
    check.block_on(async {
        let bus = RedisBus::new(&check.node().await);
        let other = RedisBus::new(&other.node().await);
        let mut notices = bus.subscribe().await.unwrap();
        other.publish(stop(1)).await.unwrap();
        expect_heard(&bus, &mut notices, 2).await;
        let rest = poll_fn(|cx| Poll::Ready(notices.poll_next(cx))).await;
        assert!(rest.is_pending());
    });
}

/// A server that hangs accepts connections: its kernel does. Neither operation waits for it longer than the options
/// allow.
#[test]
fn a_server_that_hangs_is_reported_in_time() {
    let (check, server) = (Check::new(), RedisServer::start());
    check.block_on(async {
        let redis = check.hasty_node_at(&server.url()).await;
        let bus = RedisBus::new(&redis);
        let pid = server.pid();
        server.signal_pid("STOP", &pid);
        let asked = async { (bus.subscribe().await, bus.publish(stop(1)).await) };
        let answers = tokio::time::timeout(PATIENCE, asked).await;
        server.signal_pid("CONT", &pid);
        let (subscribed, published) = answers.expect("the operations end");
        for error in [subscribed.unwrap_err(), published.unwrap_err()] {
            assert_eq!(
                kind(&error),
                Some(ServerErrorKind::Unreachable),
                "{error:?}"
            );
        }
    });
}

/// An access list names the channels that a user may use. Since version 7, a new user may use none.
#[test]
fn a_user_without_the_channel_is_refused() {
    let (check, server) = (Check::new(), RedisServer::start());
    check.block_on(async {
        let user = [
            "ACL",
            "SETUSER",
            "node",
            "on",
            ">secret",
            "~*",
            "+@all",
            "resetchannels",
        ];
        assert_eq!(server.cli(&user), "OK");
        let address = format!("redis://node:secret@127.0.0.1:{}", server.port());
        let bus = RedisBus::new(&check.node_at(&address).await);
        let refused = [
            bus.subscribe().await.unwrap_err(),
            bus.publish(stop(1)).await.unwrap_err(),
        ];
        for error in refused {
            assert_eq!(kind(&error), Some(ServerErrorKind::Denied), "{error:?}");
        }
        let grant = format!("&{}", channel(&check));
        assert_eq!(server.cli(&["ACL", "SETUSER", "node", &grant]), "OK");
        let mut notices = bus.subscribe().await.unwrap();
        let published = || async { bus.publish(stop(1)).await.is_ok() };
        wait_until("the node is connected again", published).await;
        assert_eq!(hear(&mut notices).await, Some(stop(1)));
    });
}
