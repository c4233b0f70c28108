//! The Rust client with servers of others, which speak of events as the HTML standard does, and no more.
//!
//! Each has nine events, three to a connection, and then 204. What works is compared with `rust` in the server's row of
//! `tests/clients/table.json`, which the guide shows. The rows themselves are made by `js/test/foreign-servers.test.ts`,
//! with the same servers and the same cuts.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::{Request, Response};
use serde_json::Value;
use sse_gate_client::{
    Direct, End, Event, EventSource, HyperTransport, ReqwestTransport, Settings, State, Transport,
    Update,
};
use sse_gate_tests::engines::{Board, Plan, Process, Proxy, Way, program};
use sse_gate_tests::{eventually, in_time};

/// Where the servers are, and what `scripts/test` has installed for them.
const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

/// The reconnection time of the servers.
const RETRY: Duration = Duration::from_millis(200);

/// A transport that notes the last event id of each request.
#[derive(Clone)]
struct Noting<T> {
    transport: T,
    ids: Arc<Mutex<Vec<Option<String>>>>,
}

impl<T: Transport> Transport for Noting<T> {
    type Body = T::Body;
    type Error = T::Error;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<T::Body>, T::Error> {
        let id = request.headers().get("last-event-id");
        let id = id.map(|it| it.to_str().expect("it is a number").to_owned());
        self.ids.lock().expect("no panic").push(id);
        self.transport.send(request).await
    }
}

/// What the client has told.
#[derive(Debug, Default)]
struct Told {
    events: Vec<Event>,
    waits: Vec<Duration>,
    end: Option<End>,
}

impl Told {
    /// Notes what comes until there are so many events, or until the end.
    async fn read(&mut self, source: &mut EventSource, count: usize) {
        while self.events.len() < count {
            let update = in_time("an update", source.next()).await;
            match update {
                Some(Ok(Update::Event(event))) => self.events.push(event),
                Some(Ok(Update::State(State::Waiting(wait)))) => self.waits.push(wait.delay()),
                Some(Ok(Update::State(State::Closed(end)))) => self.end = Some(end),
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("{error}: {self:?}"),
                None => return,
            }
        }
    }
}

/// Follows a server up to its 204, through a cut, an end and another cut; what has worked.
async fn followed(origin: &str, transport: impl Transport) -> Vec<&'static str> {
    let addr = origin.trim_start_matches("http://");
    let addr = addr.parse().expect("it is an address");
    let proxy = Proxy::start(addr, Plan::none(), Board::default()).await;
    let ids = Arc::<Mutex<Vec<_>>>::default();
    let transport = Noting {
        transport,
        ids: Arc::clone(&ids),
    };
    let moment = Duration::from_millis(1);
    let settings = Settings::new().with_retry(moment).with_retry_floor(moment);
    let direct = Direct::new(&proxy.url("/events")).expect("it is a URL");
    let mut source = EventSource::with_settings(transport, direct, settings);
    let mut told = Told::default();
    for (count, way) in [(3, Way::Close), (6, Way::End), (9, Way::Close)] {
        told.read(&mut source, count).await;
        proxy.cut_all(way);
    }
    told.read(&mut source, usize::MAX).await;
    let asked = ids.lock().expect("no panic").clone();
    works(&told, &asked)
}

/// What has worked, of what the table has.
fn works(told: &Told, asked: &[Option<String>]) -> Vec<&'static str> {
    let text = |n: usize| format!("{n}\nzwölf");
    let each = |holds: &dyn Fn(&Event, usize) -> bool| {
        let mut events = told.events.iter().zip(1..);
        told.events.len() == 9 && events.all(|(event, n)| holds(event, n))
    };
    let json = |n| Value::from(text(n)).to_string();
    let name = |n: usize| {
        if n.is_multiple_of(3) {
            "tick"
        } else {
            "message"
        }
    };
    let shown = |at: usize, id| asked.get(at).is_some_and(|it| it.as_deref() == Some(id));
    let checks = [
        (
            "each event once",
            each(&|event, n| event.data() == text(n) || event.data() == json(n)),
        ),
        ("names", each(&|event, n| event.name() == name(n))),
        ("several lines", each(&|event, n| event.data() == text(n))),
        ("ids", each(&|event, n| event.id() == n.to_string())),
        (
            "`Last-Event-ID` after a cut",
            shown(1, "3") && shown(3, "9"),
        ),
        ("`Last-Event-ID` after an end", shown(2, "6")),
        (
            "`retry`",
            told.waits.len() == 3 && told.waits.iter().all(|wait| *wait >= RETRY),
        ),
        (
            "an end by 204",
            told.end == Some(End::NoContent) && asked.len() == 4,
        ),
    ];
    let works = checks.into_iter().filter(|(_, works)| *works);
    works.map(|(check, _)| check).collect()
}

/// Starts a server, follows it over both transports, and compares what works with the row of this test.
async fn compare(mut command: Command, test: &str) {
    let mut server = Process::start(command.current_dir(CLIENTS).stdout(Stdio::piped()));
    let said = server.output();
    let first = || said.text().lines().next().map(str::to_owned);
    let whole = async || said.text().contains('\n');
    eventually("the server says where it listens", whole).await;
    let origin = first().expect("there is a line");

    let table = std::fs::read_to_string(Path::new(CLIENTS).join("table.json"));
    let table: Value = serde_json::from_str(&table.expect("it is there")).expect("it is JSON");
    let rows = table["servers"].as_array().expect("it has rows");
    let row = rows.iter().find(|row| row["test"] == test);
    let row = row.unwrap_or_else(|| panic!("no row of {test:?}"));

    let hyper = HyperTransport::new().expect("there are roots");
    let reqwest = ReqwestTransport::new().expect("TLS can be set up");
    for works in [
        followed(&origin, hyper).await,
        followed(&origin, reqwest).await,
    ] {
        assert_eq!(row["rust"], Value::from(works), "{test}");
    }
}

#[tokio::test]
async fn follows_better_sse() {
    let mut node = Command::new(program(&["node"], "nodejs"));
    node.arg("serve.mjs");
    compare(node, "follows better-sse").await;
}

#[tokio::test]
async fn follows_sse_starlette() {
    let mut python = Command::new("python/venv/bin/python");
    python.arg("python/serve.py");
    compare(python, "follows sse-starlette").await;
}

#[tokio::test]
async fn follows_the_sse_of_axum() {
    let axum = Command::new(env!("CARGO_BIN_EXE_axum-sse"));
    compare(axum, "follows axum's Sse").await;
}
