//! Work that nobody can read any more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;
use sse_gate::sessions::error::AppendErrorKind;
use sse_gate::sessions::{LogLimits, SessionLimits};
use sse_gate::{Event, Publisher, Resumable, Subject, WorkError, WorkSlots};
use tokio::time::{Instant, sleep};

use crate::desk::Task;
use crate::scene::{Scene, publish};

/// Counts the works that run at once.
#[derive(Clone, Default)]
struct Running(Arc<[AtomicUsize; 2]>);

impl Running {
    fn now(&self) -> usize {
        self.0[0].load(Ordering::SeqCst)
    }

    fn most(&self) -> usize {
        self.0[1].load(Ordering::SeqCst)
    }

    fn start(&self) -> impl Drop + Send + use<> {
        struct Ended(Running);
        impl Drop for Ended {
            fn drop(&mut self) {
                self.0.0[0].fetch_sub(1, Ordering::SeqCst);
            }
        }
        let now = self.0[0].fetch_add(1, Ordering::SeqCst) + 1;
        self.0[1].fetch_max(now, Ordering::SeqCst);
        Ended(self.clone())
    }
}

/// Work without an end of its own, which stops when it is told that nobody reads it.
fn endless(running: &Running) -> Task {
    let running = running.clone();
    Task::work(move |publisher: Publisher| {
        let running = running.clone();
        async move {
            let _running = running.start();
            loop {
                let event = Event::new().data("x".repeat(1_000));
                if let Err(error) = publisher.publish(&event).await {
                    assert_eq!(error.kind(), AppendErrorKind::Closed);
                    return;
                }
                sleep(Duration::from_millis(50)).await;
            }
        }
    })
}

/// Work that looks at nothing that it is told.
fn stubborn(running: &Running) -> Task {
    let running = running.clone();
    Task::work(move |publisher: Publisher| {
        let running = running.clone();
        async move {
            let _running = running.start();
            loop {
                let _ = publisher.publish(&Event::new().data("x")).await;
                sleep(Duration::from_secs(1)).await;
            }
        }
    })
}

/// G17: an endless job of one subject, opened a hundred times, runs as often at once as the subject
/// may have work, and no more. Who abandons a stream for a new one is not refused: the abandoned
/// work stops. Other subjects' streams go on, and when all sessions are over, so is all work.
#[tokio::test(start_paused = true)]
async fn endless_work_runs_no_more_often_than_its_cap_and_stops_with_its_session() {
    let scene = Scene::new();
    let (mut bob, his) = scene.streaming_to("bob").await;
    let running = Running::default();
    scene.desk.is_to(endless(&running));
    for round in 0..100 {
        let mut client = scene.client("alice").await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK, "{round}");
        client.read();
        client.disconnect();
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!((running.now(), running.most()), (16, 16));
    publish(&his, &["one"]).await;
    assert_eq!(bob.read_data(), ["one"]);
    assert_eq!(scene.revoke("alice").await.unwrap(), 16);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(running.now(), 0, "work goes on for nobody");
    publish(&his, &["two"]).await;
    assert_eq!(bob.read_data(), ["two"]);
}

/// G17: work that does not stop still counts after its session is over, so that its subject gets no
/// more of it: 429. That costs nobody else anything.
#[tokio::test(start_paused = true)]
async fn work_that_does_not_stop_still_counts() {
    let slots = WorkSlots::new(100, 3);
    let scene = Scene::with(|settings| settings.with_work_slots(slots.clone()));
    let running = Running::default();
    scene.desk.is_to(stubborn(&running));
    for _ in 0..20 {
        let mut client = scene.client("alice").await;
        client.connect(&scene).await;
        client.disconnect();
        scene.revoke("alice").await.unwrap();
        scene.wait(Duration::from_millis(1)).await;
    }
    assert_eq!((running.now(), running.most()), (3, 3));
    let alice = Subject::new("alice").unwrap();
    assert_eq!((slots.running(), slots.running_for(&alice)), (3, 3));
    let (status, text) = scene
        .ask_for_all(scene.client("alice").await.request())
        .await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        text.contains("retry-after") && text.contains("too much work"),
        "{text}"
    );
    let mut bob = scene.client("bob").await;
    assert_eq!(bob.connect(&scene).await, StatusCode::OK);
    assert!(scene.slots.open() == 1, "a refused stream keeps no place");
}

/// G17: the cap of all work counts all subjects' together: 503.
#[tokio::test(start_paused = true)]
async fn there_is_a_cap_on_all_work() {
    let slots = WorkSlots::new(2, 16);
    let scene = Scene::with(|settings| settings.with_work_slots(slots.clone()));
    let (_alice, _hers) = scene.streaming_to("alice").await;
    let (_bob, his) = scene.streaming_to("bob").await;
    let mut carol = scene.client("carol").await;
    assert_eq!(carol.connect(&scene).await, StatusCode::SERVICE_UNAVAILABLE);
    drop(his);
    scene.until("the end", |_| slots.running() == 1).await;
    let mut carol = scene.client("carol").await;
    assert_eq!(carol.connect(&scene).await, StatusCode::OK);
}

/// G17: at the cap of all work a newcomer is refused at once, and nobody's session is closed for it.
#[tokio::test(start_paused = true)]
async fn at_the_cap_of_all_work_nothing_is_displaced() {
    let limits = SessionLimits::default().with_max_per_subject(1);
    let slots = WorkSlots::new(1, 16);
    let change = |settings: Resumable| settings.with_work_slots(slots.clone());
    let scene = Scene::with_limits(limits, LogLimits::default(), change);
    let running = Running::default();
    scene.desk.is_to(endless(&running));
    let mut client = scene.client("alice").await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    client.read();
    client.disconnect();
    let asked = Instant::now();
    let mut newcomer = scene.client("alice").await;
    let status = newcomer.connect(&scene).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(asked.elapsed(), Duration::ZERO);
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    assert_eq!(slots.running(), 1);
}

/// G17: work that goes on in a task of its own, and waits to be told to stop, is told, though the
/// future that began it has ended.
#[tokio::test(start_paused = true)]
async fn work_in_another_task_is_told_to_stop() {
    let slots = WorkSlots::new(100, 16);
    let scene = Scene::with(|settings| settings.with_work_slots(slots.clone()));
    scene.desk.is_to(Task::work(async |publisher: Publisher| {
        tokio::spawn(async move { publisher.stopped().await });
        // Until the other task waits.
        sleep(Duration::from_millis(1)).await;
    }));
    let mut client = scene.client("alice").await;
    assert_eq!(client.connect(&scene).await, StatusCode::OK);
    sleep(Duration::from_millis(10)).await;
    assert_eq!(slots.running(), 1, "it goes on");
    assert_eq!(scene.revoke("alice").await.unwrap(), 1);
    scene.until("the stop", |_| slots.running() == 0).await;
}

/// G17: a session whose client never comes back is over after its time, and its work is told, though
/// nobody else comes either.
#[tokio::test(start_paused = true)]
async fn work_of_an_idle_session_stops_on_a_quiet_server() {
    let scene = Scene::new();
    let running = Running::default();
    scene.desk.is_to(endless(&running));
    let mut client = scene.client("alice").await;
    client.connect(&scene).await;
    client.read();
    client.disconnect();
    scene.wait(Duration::from_secs(100)).await;
    sleep(Duration::from_secs(2)).await;
    assert_eq!(running.now(), 1, "its client may still come back");
    scene.wait(Duration::from_secs(30)).await;
    sleep(Duration::from_secs(2)).await;
    assert_eq!(running.now(), 0);
}

/// G17: at the cap of sessions, each with its work, a newcomer takes the place of one whose client
/// has gone.
#[tokio::test(start_paused = true)]
async fn a_newcomer_waits_for_the_work_that_it_displaces() {
    let limits = SessionLimits::default().with_max_per_subject(2);
    let slots = WorkSlots::new(100, 2);
    let change = |settings: Resumable| settings.with_work_slots(slots.clone());
    let scene = Scene::with_limits(limits, LogLimits::default(), change);
    let running = Running::default();
    scene.desk.is_to(endless(&running));
    for _ in 0..10 {
        let mut client = scene.client("alice").await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        client.read();
        client.disconnect();
    }
    assert_eq!(running.most(), 2);
}

/// H12, F8: the hook gets what work broke off with, and whose work it was; nothing of work that
/// finished, or whose session is over.
#[tokio::test(start_paused = true)]
async fn the_hook_gets_the_error_of_work() {
    let errors = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&errors);
    let scene = Scene::with(|settings| {
        settings.on_work_error(move |granted, error| {
            let whose = granted.subject().as_str().to_owned();
            let is_it = match &error {
                WorkError::Failed(_) => "failed",
                WorkError::Panicked(_) => "panicked",
                WorkError::Unfinished => "unfinished",
                _ => "?",
            };
            seen.lock().unwrap().push((whose, is_it, error.to_string()));
        })
    });
    let failing = Task::work(async |_publisher| Err::<(), _>("it failed"));
    let panicking = Task::work(async |_publisher| -> Result<(), String> { panic!("on purpose") });
    let finishing = Task::work(async |publisher: Publisher| publisher.finish().await);
    let closed = Task::work(async |publisher: Publisher| {
        publisher.stopped().await;
        publisher.publish(&Event::new().data("x")).await.map(|_| ())
    });
    let works = [
        ("ann", failing),
        ("ben", panicking),
        ("cleo", Task::work(async |_publisher| {})),
        ("dan", finishing),
        ("eve", closed),
    ];
    for (name, work) in works {
        scene.desk.is_to(work);
        let mut client = scene.client(name).await;
        assert_eq!(client.connect(&scene).await, StatusCode::OK);
        sleep(Duration::from_millis(1)).await;
        client.read();
    }
    scene.revoke("eve").await.unwrap();
    sleep(Duration::from_millis(1)).await;
    let errors = errors.lock().unwrap();
    let kinds = errors
        .iter()
        .map(|(whose, kind, _)| (whose.as_str(), *kind));
    let expected = [
        ("ann", "failed"),
        ("ben", "panicked"),
        ("cleo", "unfinished"),
    ];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
    assert_eq!(errors[1].2, "work behind a stream panicked: on purpose");
}
