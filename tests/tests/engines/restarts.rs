//! Servers with `--data` that are killed and started again at the same address, while an
//! `EventSource` that nobody helps follows a topic.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use sse_gate_tests::engines::{Board, Desk, Dispatched, Engine, Job, Random, Report};
use sse_gate_tests::{
    Connection, Request, Response, Server, Setup, Ticket, eventually, in_time, jwt,
};

/// How often each server is killed while the page follows its topic.
const KILLS: usize = 3;

/// How many events are published after each start, while the page is still away or just comes back.
const AWAY: usize = 50;

/// How many events are published after that, up to the one that the server is killed over.
const LIVE: usize = 20;

/// The longest time from when a publish request is sent until the server is killed, in microseconds.
const LONGEST: usize = 3_000;

const TOPIC: &str = "news";

/// What the stream is called on the board.
const NAME: &str = "feed";

/// Numbers that are published one after the other.
struct Publisher {
    next: u64,
    acknowledged: BTreeSet<u64>,
    random: Random,
}

impl Publisher {
    fn new(seed: u64) -> Self {
        Self {
            next: 1,
            acknowledged: BTreeSet::new(),
            random: Random::new(seed),
        }
    }

    /// Publishes until the server has acknowledged this many numbers more.
    async fn publish(&mut self, server: &Server, count: usize) {
        let mut connection = server.connect().await;
        let enough = self.acknowledged.len() + count;
        while self.acknowledged.len() < enough {
            let number = self.send(&mut connection).await;
            let response = connection.response(&request(number)).await;
            self.take(number, &response);
        }
    }

    /// Sends one number more, and kills the server at a random moment of its work.
    async fn publish_and_kill(&mut self, server: Server) {
        let mut connection = server.connect().await;
        let number = self.send(&mut connection).await;
        let moment = self.random.below(LONGEST).try_into().unwrap();
        // No wait for a condition: any moment will do, and a timer's millisecond is too long.
        thread::sleep(Duration::from_micros(moment));
        server.kill();
        if let Some(response) = connection.try_response(&request(number)).await {
            self.take(number, &response);
        }
    }

    /// The last number that is acknowledged.
    fn last(&self) -> u64 {
        *self.acknowledged.last().unwrap()
    }

    async fn send(&mut self, connection: &mut Connection) -> u64 {
        let number = self.next;
        self.next += 1;
        connection.send(&request(number).bytes()).await;
        number
    }

    /// Takes the answer to a number. Where the disk is slow it may be 503: the store was too late,
    /// and the number may be published or not.
    fn take(&mut self, number: u64, response: &Response) {
        if response.status != 503 {
            assert_eq!(response.status, 202, "{response:?}");
            self.acknowledged.insert(number);
        }
    }
}

fn request(number: u64) -> Request {
    Request::post(format!("/topics/{TOPIC}/publish"), "")
        .json(&json!({ "n": number }))
        .bearer(&jwt::of("alice"))
}

fn number(event: &Dispatched) -> u64 {
    let data: Value = serde_json::from_str(&event.data).unwrap();
    data["n"].as_u64().unwrap()
}

/// The numbers that the page has got.
fn numbers(board: &Board) -> Vec<u64> {
    let events = board.events(NAME);
    let messages = events.iter().filter(|event| event.name == "message");
    messages.map(number).collect()
}

/// How often the page has lost its connection or got none.
fn failures(board: &Board) -> usize {
    let reports = board.reports(NAME);
    let failures = reports.iter().filter(|it| **it == Report::RECONNECTING);
    failures.count()
}

async fn until_page_has(board: &Board, last: u64) {
    eventually("the page has the last number", async || {
        numbers(board).last() == Some(&last)
    })
    .await;
}

fn job(ticket: &Ticket) -> Job {
    let events = ["sse.open", "sse.wait", "sse.gap", "sse.close", "sse.error"];
    Job {
        name: NAME.to_owned(),
        url: ticket.target.clone(),
        events: events.map(str::to_owned).into(),
    }
}

/// That the page has got all that was acknowledged, once and in order, and was told of no gap and no
/// end.
fn all_is_there(board: &Board, acknowledged: &BTreeSet<u64>) {
    let got = numbers(board);
    assert!(got.is_sorted_by(|a, b| a < b), "{got:?}");
    let got = got.into_iter().collect();
    let lost: Vec<_> = acknowledged.difference(&got).collect();
    assert!(lost.is_empty(), "{lost:?} were acknowledged and lost");

    assert!(!board.reports(NAME).contains(&Report::CLOSED));
    for event in board.events(NAME) {
        match &*event.name {
            "message" | "sse.wait" => {}
            // Only the last line counts: see
            // `a_first_block_with_name_and_id_takes_up_what_webkit_goes_on_with`.
            "sse.open" => {
                let data = event.data.lines().last();
                assert_eq!(data, Some(r#"{"v":1,"gap":null}"#));
            }
            _ => panic!("{event:?}"),
        }
    }
}

/// A page follows a topic of a server that is killed over and over. Its token was issued before the first
/// start that it sees.
async fn a_page_loses_nothing(engine: Engine, program: &'static str) {
    // An address of each test's own: while its server is down, its port is given to nobody else.
    let host = Ipv4Addr::new(127, 0, 0, 2 + engine as u8);
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::new(program, "memory").data(folder.path());
    let setup = setup
        .arg("retry", 20)
        .arg("addr", SocketAddr::from((host, 0)));
    let server = setup.start();
    let addr = server.addr();
    let setup = setup.arg("addr", addr);
    let ticket = server.user("alice").join(TOPIC).await;
    server.kill();

    let desk = Desk::start(&[job(&ticket)]).await;
    let board = desk.board();
    let _browser = engine.open(&Board::url(addr));
    let mut server = desk.show_page(addr, || setup.start()).await;
    board.until_events(NAME, 1).await;
    let mut publisher = Publisher::new(engine as u64);
    for _ in 0..KILLS {
        in_time("all is acknowledged", publisher.publish(&server, AWAY)).await;
        until_page_has(board, publisher.last()).await;
        in_time("all is acknowledged", publisher.publish(&server, LIVE)).await;
        let before = failures(board);
        publisher.publish_and_kill(server).await;
        // Its connection is gone, and another one is refused.
        eventually("the page finds the server down", async || {
            failures(board) >= before + 2
        })
        .await;
        server = setup.start();
    }
    in_time("all is acknowledged", publisher.publish(&server, AWAY)).await;
    until_page_has(board, publisher.last()).await;
    all_is_there(board, &publisher.acknowledged);
}

/// E12, I19: the axum example's.
#[tokio::test]
async fn chromium_loses_nothing_when_the_server_is_killed() {
    a_page_loses_nothing(Engine::Chromium, env!("CARGO_BIN_EXE_server-axum")).await;
}

/// E12, I19: the hyper example's.
#[tokio::test]
async fn firefox_loses_nothing_when_the_server_is_killed() {
    a_page_loses_nothing(Engine::Firefox, env!("CARGO_BIN_EXE_server-hyper")).await;
}

/// E12, I19: the warp example's.
#[tokio::test]
async fn webkit_loses_nothing_when_the_server_is_killed() {
    a_page_loses_nothing(Engine::WebKit, env!("CARGO_BIN_EXE_server-warp")).await;
}
