//! Servers with `--data` that are killed at any moment, or end as they should, and are started again: E12, I19.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use serde_json::json;
use sse_gate_tests::{Connection, EventStream, Request, Server, Setup, Ticket, in_time};
use tokio::sync::Notify;

/// How often each server is killed; `SSE_GATE_KILLS` sets another number.
const KILLS: usize = 4;

fn kills() -> usize {
    let given = std::env::var("SSE_GATE_KILLS").ok();
    given.map_or(KILLS, |given| given.parse().expect("a number"))
}

fn setup(program: &'static str, folder: &std::path::Path) -> Setup {
    Setup::new(program, "memory").data(folder).arg("retry", 10)
}

/// Opens a stream, also where the disk is slow. `None` if the token was spent and the answer was too late.
async fn open(server: &Server, request: &Request) -> Option<EventStream> {
    EventStream::open_in_time(server.addr(), request).await
}

/// A page that follows a topic, whatever becomes of the server.
struct Follower {
    ticket: Ticket,
    last_id: Option<String>,
    /// The numbers in the events that it has got.
    got: Vec<u64>,
}

impl Follower {
    /// Connects, or comes back with what it has.
    async fn connect(&self, server: &Server) -> EventStream {
        let request = match &self.last_id {
            Some(id) => self.ticket.resume(id),
            None => self.ticket.request(),
        };
        open(server, &request).await.expect("a stream")
    }

    fn take(&mut self, events: Vec<sse_gate_tests::Event>) {
        for event in events {
            if event.id.is_some() {
                self.last_id.clone_from(&event.id);
            }
            if event.event.is_none() {
                self.got.push(event.json()["n"].as_u64().expect("a number"));
            }
            assert_ne!(
                event.event.as_deref(),
                Some("sse.gap"),
                "events are missing"
            );
        }
    }
}

/// Publishes numbers one after the other until the server is gone, and adds those that were
/// acknowledged. `next` is always the first number that was never sent: one without an answer may
/// have been published, so it must not be sent again. Tells when the first one is acknowledged.
async fn publish(
    mut connection: Connection,
    jwt: &str,
    next: &mut u64,
    acknowledged: &mut BTreeSet<u64>,
    is_acknowledged: &Notify,
) {
    loop {
        let number = *next;
        *next += 1;
        let body = json!({ "n": number });
        let request = Request::post("/topics/news/publish", "")
            .json(&body)
            .bearer(jwt);
        let Some(response) = connection.exchange_if_any(&request).await else {
            return;
        };
        // The store was too late: it may have published the number or not.
        if response.status != 503 {
            assert_eq!(response.status, 202, "{response:?}");
            acknowledged.insert(number);
            is_acknowledged.notify_one();
        }
    }
}

/// The same client goes on after each kill: no event that was acknowledged is lost, none comes twice, and
/// a token that waited opens one stream.
async fn nothing_is_lost(program: &'static str) {
    let folder = tempfile::tempdir().expect("a folder");
    let setup = setup(program, folder.path());
    let mut server = setup.start();
    let jwt = server.user("alice").jwt;
    let mut follower = Follower {
        ticket: server.user("alice").join("news").await,
        last_id: None,
        got: Vec::new(),
    };
    let (mut acknowledged, mut next) = (BTreeSet::new(), 1);
    for _ in 0..kills() {
        let mut stream = follower.connect(&server).await;
        // It has an id before anything else.
        let opened = stream.next().await.expect("sse.open");
        follower.take(vec![opened]);
        let waiting = server.user("bob").join("news").await;
        let moment = Duration::from_millis(1 + RandomState::new().hash_one(0) % 150);
        {
            let connection = server.connect().await;
            let begun = Notify::new();
            let publishing = publish(connection, &jwt, &mut next, &mut acknowledged, &begun);
            let mut publishing = std::pin::pin!(publishing);
            let killing = async {
                in_time("a number is acknowledged", begun.notified()).await;
                tokio::time::sleep(moment).await;
            };
            tokio::select! {
                () = &mut publishing => unreachable!("the server is there"),
                () = killing => server.kill(),
            }
            // What was answered before the kill is acknowledged.
            publishing.await;
        }
        let (events, _) = stream.rest().await;
        follower.take(events);

        server = setup.start();
        if let Some(mut stream) = open(&server, &waiting.request()).await {
            assert!(stream.next().await.is_some(), "a token that waited is good");
        }
    }
    let mut stream = follower.connect(&server).await;
    let seq = server
        .user("alice")
        .publish("news", &json!({ "n": next }))
        .await;
    assert!(seq >= acknowledged.len() as u64);
    while follower.got.last() != Some(&next) {
        let event = stream.next().await.expect("more events");
        follower.take(vec![event]);
    }
    let got: BTreeSet<_> = follower.got.iter().copied().collect();
    assert_eq!(
        got.len(),
        follower.got.len(),
        "an event came twice: {:?}",
        follower.got
    );
    assert!(follower.got.is_sorted(), "{:?}", follower.got);
    let lost: Vec<_> = acknowledged.difference(&got).collect();
    assert!(lost.is_empty(), "{lost:?} were acknowledged and lost");
    assert!(!acknowledged.is_empty(), "nothing was published");
}

/// How a process ends.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Killed,
    /// By SIGTERM, as in each deployment.
    Terminated,
}

impl Ending {
    const ALL: [Self; 2] = [Self::Killed, Self::Terminated];

    async fn of(self, mut server: Server) {
        match self {
            Self::Killed => server.kill(),
            Self::Terminated => {
                server.terminate();
                let ended = server.ended(Duration::from_secs(10)).await;
                assert!(ended.is_some(), "it does not end");
            }
        }
    }
}

/// The names of all events of an answer whose process ended after its first four, and the data.
async fn answer_after(ending: Ending, setup: &Setup) -> Vec<(String, String)> {
    let server = setup.start();
    let ticket = server
        .user("alice")
        .ask_chat("What does the store see of a token?")
        .await;
    let mut stream = server.open(&ticket.request()).await;
    let mut events = stream.take(4).await;
    let last = events.last().and_then(|event| event.id.clone());
    let id = last.expect("an id");
    ending.of(server).await;

    let server = setup.start();
    let stream = open(&server, &ticket.resume(&id)).await;
    let mut stream = stream.expect("a stream");
    events.extend(stream.rest().await.0);
    // It has been told, and need not come back.
    let again = server.send(&ticket.resume(&id)).await;
    assert_ne!(again.status, 500, "{again:?}");
    let own = events.into_iter();
    own.map(|event| (event.event.unwrap_or_default(), event.data))
        .collect()
}

/// An answer whose work died with the process ends as failed, behind all that was published of it.
async fn an_answer_in_progress_fails(program: &'static str) {
    for ending in Ending::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let setup = setup(program, folder.path()).arg("pace", 40);
        let events = answer_after(ending, &setup).await;
        let (last, _) = events.last().expect("an end");
        assert_eq!(last, "sse.error", "{ending:?}: {events:?}");
    }
}

/// Where the server is told to, it goes on with the answer. The client gets all of it, once.
async fn an_answer_in_progress_goes_on(program: &'static str) {
    let folder = tempfile::tempdir().expect("a folder");
    let setup = setup(program, folder.path())
        .arg("pace", 40)
        .flag("restart-answers");
    let mut broken = Vec::new();
    for ending in Ending::ALL {
        broken.push((ending, answer_after(ending, &setup).await));
    }

    let server = setup.start();
    let ticket = server
        .user("alice")
        .ask_chat("What does the store see of a token?")
        .await;
    let mut stream = server.open(&ticket.request()).await;
    let (whole, _) = stream.rest().await;
    let whole = whole
        .into_iter()
        .map(|event| (event.event.unwrap_or_default(), event.data));
    let whole = without_openings(whole);
    for (ending, told) in broken {
        assert_eq!(without_openings(told), whole, "{ending:?}");
    }
}

/// The events but for those that begin a connection.
fn without_openings(events: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    let events = events.into_iter();
    events.filter(|(name, _)| name != "sse.open").collect()
}

macro_rules! tests {
    ($($name:ident $program:literal)*) => {$(
        mod $name {
            #[tokio::test]
            async fn nothing_is_lost() {
                super::nothing_is_lost(env!($program)).await;
            }

            #[tokio::test]
            async fn an_answer_in_progress_fails() {
                super::an_answer_in_progress_fails(env!($program)).await;
            }

            #[tokio::test]
            async fn an_answer_in_progress_goes_on() {
                super::an_answer_in_progress_goes_on(env!($program)).await;
            }
        }
    )*};
}

tests! {
    axum "CARGO_BIN_EXE_server-axum"
    hyper "CARGO_BIN_EXE_server-hyper"
    warp "CARGO_BIN_EXE_server-warp"
}
