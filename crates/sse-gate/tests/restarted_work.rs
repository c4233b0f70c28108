//! Work whose process has died: it has failed, or the next process starts it again.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::future::pending;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use sse_gate::admission::ResponseBody;
use sse_gate::sessions::backend::{
    LogEnd, LogId, LogName, LogStore, LogWindows, MemoryLogStore, NewLog, NodeId, SharedSessions,
    StoredEvents, StoredLog,
};
use sse_gate::sessions::error::{AppendError, LogError};
use sse_gate::sessions::{MemorySessions, ResumeKey};
use sse_gate::{
    AttachError, Event, GateLayer, GrantRequest, Logs, Publisher, Resumable, ResumableBody,
    ResumableStream, ResumeKeys, Sessions, Subject, WorkSlots,
};
use support::{Body, World, get};
use tokio::sync::Notify;
use tokio::time::timeout;
use tower::{Layer, ServiceExt};

/// What outlives a process.
struct Stores {
    sessions: SharedSessions,
    logs: FaultyLogs,
}

/// A store of logs that has a fault when it is asked for new logs or for orphaned ones.
#[derive(Clone, Debug, Default)]
struct FaultyLogs {
    inner: MemoryLogStore,
    fault: Arc<Mutex<Fault>>,
    /// Lets it answer those that wait.
    answers: Arc<Notify>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Fault {
    #[default]
    None,
    /// It answers later.
    Hangs,
    /// It can't be asked.
    Fails,
    /// It does what it is asked, and its answer is lost.
    LosesAnswers,
}

impl FaultyLogs {
    fn on_node(&self, number: u8) -> Self {
        Self {
            inner: self.inner.clone().with_node(node(number)),
            ..self.clone()
        }
    }

    fn has(&self, fault: Fault) -> bool {
        *self.fault.lock().unwrap() == fault
    }

    /// From now on.
    fn is_to_have(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
        // Those that waited are answered, late.
        self.answers.notify_waiters();
    }

    async fn check(&self) -> Result<(), LogError> {
        if self.has(Fault::Hangs) {
            self.answers.notified().await;
        }
        if self.has(Fault::Fails) {
            return Err(LogError::unavailable("the test breaks it"));
        }
        Ok(())
    }
}

impl LogStore for FaultyLogs {
    fn windows(&self) -> &LogWindows {
        self.inner.windows()
    }

    async fn create(&self, log: NewLog) -> Result<(), LogError> {
        self.check().await?;
        self.inner.create(log).await
    }

    async fn open(&self, name: LogName) -> Result<Option<StoredLog>, LogError> {
        self.inner.open(name).await
    }

    async fn claim(&self, log: LogId) -> Result<bool, LogError> {
        self.check().await?;
        let claimed = self.inner.claim(log).await?;
        if self.has(Fault::LosesAnswers) {
            return Err(LogError::unavailable("the answer is lost"));
        }
        Ok(claimed)
    }

    async fn append(&self, log: LogId, event: Bytes) -> Result<u64, AppendError> {
        self.inner.append(log, event).await
    }

    async fn read(
        &self,
        log: LogId,
        after: u64,
        max_bytes: usize,
    ) -> Result<Option<StoredEvents>, LogError> {
        self.inner.read(log, after, max_bytes).await
    }

    async fn end(&self, log: LogId, how: LogEnd) -> Result<(), AppendError> {
        self.inner.end(log, how).await
    }

    async fn remove(&self, log: LogId) -> Result<(), LogError> {
        self.inner.remove(log).await
    }
}

/// One process. It has room for one piece of work.
struct Process {
    layer: GateLayer,
    logs: Logs,
}

impl Stores {
    fn new(world: &World) -> Self {
        let sessions = MemorySessions::default().with_clock(world.clock.clone());
        Self {
            sessions: SharedSessions::new(sessions),
            logs: FaultyLogs {
                inner: MemoryLogStore::default().with_clock(world.clock.clone()),
                ..FaultyLogs::default()
            },
        }
    }
}

fn node(number: u8) -> NodeId {
    NodeId::from_bytes([number; 8])
}

impl Process {
    fn start(world: &World, stores: &Stores, number: u8, restarts_work: bool) -> Self {
        let logs = Logs::default()
            .with_clock(world.clock.clone())
            .with_store(stores.logs.on_node(number));
        let keys = ResumeKeys::new(ResumeKey::new('k', [7; 32]).unwrap());
        let sessions = Sessions::new(stores.sessions.clone(), keys)
            .with_clock(world.clock.clone())
            .with_logs(&logs);
        let settings = Resumable::new(&sessions).with_work_slots(WorkSlots::new(1, 1));
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

    async fn ask(&self, request: Request<Body>) -> Result<Client, AttachError> {
        let service = self.layer.clone();
        let service = service.layer(tower::service_fn(async |request: Request<Body>| {
            let stream = ResumableStream::of(request.extensions()).unwrap();
            // Work that is started again needs what was asked for.
            let asked = stream.granted().payload::<String>().ok();
            let work = async move |publisher| answer(publisher, asked).await;
            let body = stream.produce(&self.logs, work).await?;
            Ok::<_, AttachError>(body.into_response())
        }));
        let response = service.oneshot(request).await?;
        assert_eq!(response.status(), 200);
        Ok(Client {
            body: Box::pin(response.into_body()),
            text: String::new(),
        })
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

    /// Reads all that there is, to the end of the body.
    async fn read_to_end(&mut self) {
        while let Some(frame) = self.body.frame().await {
            let bytes = frame.unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    fn ids(&self) -> Vec<String> {
        let ids = self.text.lines();
        let ids = ids.filter_map(|line| line.strip_prefix("id: "));
        ids.map(str::to_owned).collect()
    }
}

/// The first half hangs. The process that goes on writes the second half.
async fn answer(publisher: Publisher, asked: Option<String>) -> Result<(), AppendError> {
    match publisher.last() {
        0 => {
            publisher.publish(&Event::new().data("one")).await?;
            pending().await
        }
        last => {
            let text = format!("behind {last} of {}", asked.unwrap_or_default());
            publisher.publish(&Event::new().data(text)).await?;
            publisher.finish().await
        }
    }
}

/// The process that does the work has died, and its client comes back.
struct Death {
    world: World,
    stores: Stores,
    uri: String,
    /// The ids that the client has had.
    ids: Vec<String>,
}

impl Death {
    /// The process that the client comes back to.
    fn next(&self, restarts_work: bool) -> Process {
        Process::start(&self.world, &self.stores, 2, restarts_work)
    }

    /// What a client asks for that comes back with one of its ids.
    fn request(&self, id: usize) -> Request<Body> {
        self.request_with(&self.ids[id])
    }

    /// What it asks for when it comes back once more.
    fn back(&self, client: &Client) -> Request<Body> {
        let ids = client.ids();
        self.request_with(ids.last().unwrap())
    }

    /// The client comes back, gets what there is, and is sent away.
    async fn sent_away(&self, next: &Process) -> Client {
        let mut client = next.ask(self.request(0)).await.unwrap();
        let read = timeout(Duration::from_secs(10), client.read_to_end()).await;
        read.expect("its connection ends");
        assert!(client.text.ends_with("data: one\n\n"), "{}", client.text);
        client
    }

    fn request_with(&self, id: &str) -> Request<Body> {
        let mut request = get(&self.uri);
        request
            .headers_mut()
            .insert("last-event-id", id.parse().unwrap());
        request
    }
}

/// An answer that is cut by the death of its process.
async fn death(restarts_work: bool) -> Death {
    let world = World::new();
    let stores = Stores::new(&world);
    let resource = world.route.resource(["7"]).unwrap();
    let asked = GrantRequest::new(Subject::new("alice").unwrap(), resource);
    let asked = asked.with_payload(&"the question").unwrap();
    let issued = world.gate.issue(asked).await.unwrap();
    let uri = format!("/generations/7/stream?token={}", issued.token().expose());
    let first = Process::start(&world, &stores, 1, restarts_work);
    let mut client = first.ask(get(&uri)).await.unwrap();
    client.read_until("data: one\n\n").await;
    let ids = client.ids();
    drop(client);
    stores.logs.inner.forget_node(node(1));
    Death {
        world,
        stores,
        uri,
        ids,
    }
}

/// The same, and its client that has come back to the next process.
async fn after_a_death(restarts_work: bool, fault: Fault) -> Client {
    let death = death(restarts_work).await;
    death.stores.logs.is_to_have(fault);
    let next = death.next(restarts_work);
    next.ask(death.request(1)).await.unwrap()
}

/// The client gets what there is. Its work is taken over when it comes back once more.
#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_does_not_hold_up_a_client_whose_work_died() {
    let mut client = after_a_death(true, Fault::Hangs).await;
    client.read_until("event: sse.open").await;
}

/// A new client gets an answer within the budget of the store.
#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_does_not_hold_up_a_new_client() {
    let world = World::new();
    let stores = Stores::new(&world);
    let process = Process::start(&world, &stores, 1, false);
    let uri = format!("/generations/7/stream?token={}", world.token().await);
    stores.logs.is_to_have(Fault::Hangs);
    let asked = process.ask(get(&uri));
    let answer = timeout(Duration::from_secs(5), asked).await;
    let refused = answer.expect("it waits for the store no longer");
    assert!(matches!(refused, Err(AttachError::NoLog(_))));
}

/// I19: by default, the client is told that the answer failed.
#[tokio::test]
async fn work_that_died_with_its_process_has_failed() {
    let mut client = after_a_death(false, Fault::None).await;
    client.read_until("event: sse.error").await;
    assert!(!client.text.contains("behind"), "{}", client.text);
}

/// I19: where the route says so, the work starts again, and knows how far it was.
#[tokio::test]
async fn work_is_started_again_where_the_route_says_so() {
    let mut client = after_a_death(true, Fault::None).await;
    client.read_until("event: sse.close").await;
    assert!(
        client.text.contains("data: behind 1 of the question\n\n"),
        "{}",
        client.text
    );
    assert!(
        !client.text.contains("data: one"),
        "it had that already: {}",
        client.text
    );
}

/// The store says that the work is this process's now when the client no longer waits for that. The answer does not
/// hang: it has failed.
#[tokio::test(start_paused = true)]
async fn work_that_is_taken_over_for_nobody_has_failed() {
    // The budget of the store is spent, or the client is gone before that.
    for waits in [Duration::from_secs(5), Duration::from_millis(10)] {
        let death = death(true).await;
        death.stores.logs.is_to_have(Fault::Hangs);
        let next = death.next(true);
        let asked = timeout(waits, next.ask(death.request(0))).await;
        death.stores.logs.is_to_have(Fault::None);
        let mut client = if let Ok(client) = asked {
            client.unwrap()
        } else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            next.ask(death.request(0)).await.unwrap()
        };
        let read = client.read_until("event: sse.error");
        let read = timeout(Duration::from_secs(10), read).await;
        read.expect("the answer ends");
        assert!(client.text.contains("data: one"), "{}", client.text);
    }
}

/// The store can't be asked whose the work is. The client gets what there is, and comes back for the rest.
#[tokio::test(start_paused = true)]
async fn work_that_cannot_be_taken_over_is_taken_over_later() {
    let death = death(true).await;
    let next = death.next(true);
    death.stores.logs.is_to_have(Fault::Fails);
    let client = death.sent_away(&next).await;
    death.stores.logs.is_to_have(Fault::None);
    let mut client = next.ask(death.back(&client)).await.unwrap();
    client.read_until("event: sse.close").await;
    assert!(client.text.contains("data: behind 1"), "{}", client.text);
}

/// The store has made the work this process's, and its answer was lost. The client is told that it failed, although it
/// has all of it.
#[tokio::test(start_paused = true)]
async fn work_that_is_taken_over_without_an_answer_has_failed() {
    let death = death(true).await;
    let next = death.next(true);
    death.stores.logs.is_to_have(Fault::LosesAnswers);
    let client = death.sent_away(&next).await;
    death.stores.logs.is_to_have(Fault::None);
    let mut client = next.ask(death.back(&client)).await.unwrap();
    client.read_until("event: sse.error").await;
}

/// There is no room for the work on this process. The client gets what there is, and comes back to one that has room.
#[tokio::test(start_paused = true)]
async fn work_that_finds_no_room_is_taken_over_later() {
    let death = death(true).await;
    let next = death.next(true);
    let token = death.world.token().await;
    let other = get(&format!("/generations/7/stream?token={token}"));
    let mut other = next.ask(other).await.unwrap();
    other.read_until("data: one\n\n").await;
    let client = death.sent_away(&next).await;
    let roomy = Process::start(&death.world, &death.stores, 3, true);
    let mut client = roomy.ask(death.back(&client)).await.unwrap();
    client.read_until("event: sse.close").await;
    assert!(client.text.contains("data: behind 1"), "{}", client.text);
}
