//! Servers with `--data` that are killed at any moment, and started again: E12, I19.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use serde_json::json;
use sse_gate_tests::{EventStream, Request, Server, Setup, Ticket};

/// How often each server is killed; `SSE_GATE_KILLS` sets another number.
const KILLS: usize = 4;

fn kills() -> usize {
    let given = std::env::var("SSE_GATE_KILLS").ok();
    given.map_or(KILLS, |given| given.parse().expect("a number"))
}

fn setup(program: &'static str, folder: &std::path::Path) -> Setup {
    Setup::new(program, "memory").data(folder).arg("retry", 10)
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
        server.open(&request).await
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

/// Publishes numbers one after the other until the server is gone. Returns the first number that it
/// did not try, and adds those that were acknowledged.
async fn publish(server: &Server, jwt: &str, first: u64, acknowledged: &mut BTreeSet<u64>) -> u64 {
    let mut connection = server.connect().await;
    let mut next = first;
    loop {
        let body = json!({ "n": next });
        let request = Request::post("/topics/news/publish", "")
            .json(&body)
            .bearer(jwt);
        let Some(response) = connection.exchange_if_any(&request).await else {
            return next + 1;
        };
        assert_eq!(response.status, 202, "{response:?}");
        acknowledged.insert(next);
        next += 1;
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
        let killed = async {
            tokio::time::sleep(moment).await;
        };
        {
            let publishing = publish(&server, &jwt, next, &mut acknowledged);
            let publishing = std::pin::pin!(publishing);
            // The rest of the exchange under way is lost with the server.
            tokio::select! {
                _ = publishing => unreachable!("the server is there"),
                () = killed => {}
            }
        }
        next = acknowledged.last().map_or(next, |last| last + 1) + 1;
        server.kill();
        let (events, _) = stream.rest().await;
        follower.take(events);

        server = setup.start();
        let mut stream = server.open(&waiting.request()).await;
        assert!(stream.next().await.is_some(), "a token that waited is good");
        drop(stream);
    }
    let mut stream = follower.connect(&server).await;
    let last = server
        .user("alice")
        .publish("news", &json!({ "n": next }))
        .await;
    assert!(last >= acknowledged.len() as u64);
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

/// An answer whose work died with the process ends as failed, behind all that was published of it.
async fn an_answer_in_progress_fails(program: &'static str) {
    let folder = tempfile::tempdir().expect("a folder");
    let setup = setup(program, folder.path()).arg("pace", 40);
    let server = setup.start();
    let ticket = server
        .user("alice")
        .ask_chat("What does the store see of a token?")
        .await;
    let mut stream = server.open(&ticket.request()).await;
    let events = stream.take(4).await;
    let id = events
        .last()
        .and_then(|event| event.id.clone())
        .expect("an id");
    server.kill();

    let server = setup.start();
    let mut stream = server.open(&ticket.resume(&id)).await;
    let (events, _) = stream.rest().await;
    let last = events.last().expect("an end");
    assert_eq!(last.event.as_deref(), Some("sse.error"), "{events:?}");
    // It has been told, and need not come back.
    let again = server.send(&ticket.resume(&id)).await;
    assert_ne!(again.status, 500, "{again:?}");
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
        }
    )*};
}

tests! {
    axum "CARGO_BIN_EXE_server-axum"
    hyper "CARGO_BIN_EXE_server-hyper"
    warp "CARGO_BIN_EXE_server-warp"
}
