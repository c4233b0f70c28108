//! Work whose process has died: it has failed, or the next process starts it again.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;

use http::Request;
use http_body_util::BodyExt;
use sse_gate::admission::ResponseBody;
use sse_gate::sessions::backend::{MemoryLogStore, NodeId, SharedSessions};
use sse_gate::sessions::error::AppendError;
use sse_gate::sessions::{MemorySessions, ResumeKey};
use sse_gate::{
    Event, GateLayer, Logs, Publisher, Resumable, ResumableBody, ResumableStream, ResumeKeys,
    Sessions,
};
use support::{Body, World, get};
use tower::{Layer, ServiceExt};

/// What outlives a process.
struct Stores {
    sessions: SharedSessions,
    logs: MemoryLogStore,
}

/// One process: its node's name, and whether it starts work again.
struct Process {
    layer: GateLayer,
    logs: Logs,
}

fn node(number: u8) -> NodeId {
    NodeId::from_bytes([number; 8])
}

impl Process {
    fn start(world: &World, stores: &Stores, number: u8, restarts_work: bool) -> Self {
        let logs = Logs::default()
            .with_clock(world.clock.clone())
            .with_store(stores.logs.clone().with_node(node(number)));
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let sessions = Sessions::new(stores.sessions.clone(), keys)
            .with_clock(world.clock.clone())
            .with_logs(&logs);
        let settings = Resumable::new(&sessions);
        let settings = if restarts_work {
            settings.with_restarted_work()
        } else {
            settings
        };
        Self {
            layer: world.layer().resumable(settings),
            logs,
        }
    }

    async fn ask(&self, request: Request<Body>) -> Client {
        let service = self.layer.clone();
        let service = service.layer(tower::service_fn(async |request: Request<Body>| {
            let stream = ResumableStream::of(request.extensions()).unwrap();
            let body = stream.produce(&self.logs, answer).await.unwrap();
            Ok::<_, Infallible>(body.into_response())
        }));
        let response = service.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        Client {
            body: Box::pin(response.into_body()),
            text: String::new(),
        }
    }
}

/// A client that reads an answer.
struct Client {
    body: Pin<Box<ResponseBody<ResumableBody>>>,
    text: String,
}

impl Client {
    /// Reads on until it has this.
    async fn read_until(&mut self, what: &str) {
        while !self.text.contains(what) {
            let frame = self.body.frame().await.expect("more to come").unwrap();
            let bytes = frame.into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    fn last_id(&self) -> &str {
        let mut ids = self
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("id: "));
        ids.next_back().expect("it has an id")
    }
}

/// The first half hangs; the second one is written by whoever goes on.
async fn answer(publisher: Publisher) -> Result<(), AppendError> {
    match publisher.last() {
        0 => {
            publisher.publish(&Event::new().data("one")).await?;
            pending().await
        }
        last => {
            let text = format!("behind {last}");
            publisher.publish(&Event::new().data(text)).await?;
            publisher.finish().await
        }
    }
}

/// An answer that is cut by the death of its process, and its client that comes back to the next one.
async fn after_a_death(restarts_work: bool) -> Client {
    let world = World::new();
    let sessions = MemorySessions::default().with_clock(world.clock.clone());
    let stores = Stores {
        sessions: SharedSessions::new(sessions),
        logs: MemoryLogStore::default().with_clock(world.clock.clone()),
    };
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    let first = Process::start(&world, &stores, 1, restarts_work);
    let mut client = first.ask(get(&uri)).await;
    client.read_until("data: one\n\n").await;
    let mut request = get(&uri);
    let id = client.last_id().parse().unwrap();
    request.headers_mut().insert("last-event-id", id);
    drop(client);
    stores.logs.forget_node(node(1));

    let second = Process::start(&world, &stores, 2, restarts_work);
    second.ask(request).await
}

/// I19: by default, the client is told that the answer failed.
#[tokio::test]
async fn work_that_died_with_its_process_has_failed() {
    let mut client = after_a_death(false).await;
    client.read_until("event: sse.error").await;
    assert!(!client.text.contains("behind"), "{}", client.text);
}

/// I19: where the route says so, the work starts again, and knows how far it was.
#[tokio::test]
async fn work_is_started_again_where_the_route_says_so() {
    let mut client = after_a_death(true).await;
    client.read_until("event: sse.close").await;
    assert!(
        client.text.contains("data: behind 1\n\n"),
        "{}",
        client.text
    );
    assert!(
        !client.text.contains("data: one"),
        "it had that already: {}",
        client.text
    );
}
