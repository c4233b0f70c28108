//! The `EventSource` of real browsers, through the proxy of `examples/cluster`, while nodes are killed.

use serde_json::Value;
use sse_gate_tests::engines::{Board, Desk, Engine, Job, Report};
use sse_gate_tests::{eventually, in_time};

use crate::follower::TOPIC;
use crate::haproxy::{HaProxy, free_addrs};
use crate::nodes::{COUNT, Nodes};
use crate::publisher::Publisher;

/// How often a node is killed: each time the one that the page's stream comes from.
const KILLS: usize = 3;

/// How many events are published between two kills, and right after one.
const EVENTS: usize = 20;

/// What the stream is called on the board.
const NAME: &str = "feed";

/// The node that the page's stream comes from.
async fn serving(nodes: &Nodes) -> usize {
    let looking = async {
        loop {
            for index in 0..COUNT {
                if nodes.node(index).metrics().await.connections() > 0 {
                    return index;
                }
            }
        }
    };
    in_time("a node has the stream", looking).await
}

/// The numbers that the page has got.
fn numbers(board: &Board) -> Vec<u64> {
    let events = board.events(NAME);
    let messages = events.iter().filter(|event| event.name == "message");
    let number = |data: &str| {
        let data: Value = serde_json::from_str(data).expect("JSON");
        data["n"].as_u64().expect("a number")
    };
    messages.map(|event| number(&event.data)).collect()
}

async fn until_page_has(board: &Board, last: u64) {
    eventually("the page has the last number", async || {
        numbers(board).last() == Some(&last)
    })
    .await;
}

async fn loses_nothing(engine: Engine) {
    let mut nodes = Nodes::start(|setup| setup).await;
    let ticket = nodes.node(0).user("alice").join(TOPIC).await;
    let events = ["sse.open", "sse.wait", "sse.gap", "sse.close", "sse.error"];
    let job = Job {
        name: NAME.to_owned(),
        url: ticket.target.clone(),
        events: events.map(str::to_owned).into(),
    };
    let desk = Desk::start(&[job]).await;
    let board = desk.board();
    let [addr] = free_addrs();
    let _browser = engine.open(&Board::url(addr));
    let addrs = nodes.addrs();
    let _proxy = desk.show_page(addr, || HaProxy::start(addr, addrs)).await;
    board.until_events(NAME, 1).await;

    let mut publisher = Publisher::new(&addrs);
    for _ in 0..KILLS {
        until_page_has(board, publisher.publish(EVENTS).await).await;
        let index = serving(&nodes).await;
        nodes.kill(index);
        // It goes on before that node is back.
        until_page_has(board, publisher.publish(EVENTS).await).await;
        nodes.start_again(index).await;
    }
    until_page_has(board, publisher.publish(EVENTS).await).await;
    publisher.assert_all_in(&numbers(board));
    let reports = board.reports(NAME);
    assert!(!reports.contains(&Report::CLOSED), "{reports:?}");
    let breaks = reports.iter().filter(|it| **it == Report::RECONNECTING);
    assert!(breaks.count() >= KILLS);
    for event in board.events(NAME) {
        let is_good = matches!(&*event.name, "message" | "sse.open" | "sse.wait");
        assert!(is_good, "{event:?}");
    }
}

/// E12, I19: Chromium's, over each kill of the node that it gets its stream from.
#[tokio::test]
async fn chromium_loses_nothing_when_its_node_is_killed() {
    loses_nothing(Engine::Chromium).await;
}

/// E12, I19: Firefox's, over each kill of the node that it gets its stream from.
#[tokio::test]
async fn firefox_loses_nothing_when_its_node_is_killed() {
    loses_nothing(Engine::Firefox).await;
}
