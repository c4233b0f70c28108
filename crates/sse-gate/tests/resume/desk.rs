//! The handler of the tests: [`Desk`].

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use sse_gate::{
    AttachError, Event, Log, Logs, Problem, Publisher, ResumableBody, ResumableStream, Sessions,
    SseBody, Subject, WorkOutput,
};
use tokio::sync::watch;

use crate::support::Body;

/// The body of its responses.
pub(crate) type DeskBody = UnsyncBoxBody<Bytes, Infallible>;

/// What it does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// Streams work of the session's own, and leaves its publisher to the test.
    Produce,
    /// Streams this work: see [`Task::work`].
    Work(Work),
    /// Streams this log.
    Follow(Log),
    /// Streams work, with a named heartbeat after this much silence.
    Beat(Duration),
    /// Refuses.
    Refuse,
    /// Answers with a body of its own that never ends, and attaches nothing.
    Ignore,
    /// Attaches the stream, and then once more.
    AttachTwice,
    /// Never answers.
    Hang,
    /// Attaches the stream, and never answers.
    AttachAndHang,
    /// Closes all of the subject's sessions, and only then attaches the stream.
    RevokeFirst(Sessions),
    /// Takes this long before it attaches the stream.
    TakeTime(Duration),
}

/// Attaches a stream to work of the test's.
#[derive(Clone)]
pub(crate) struct Work(Arc<Attach>);

type Attach = dyn Fn(ResumableStream, Logs) -> Attached + Send + Sync;

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Work")
    }
}

type Attached = Pin<Box<dyn Future<Output = Result<ResumableBody, AttachError>> + Send>>;

impl Task {
    /// Streams this work.
    pub(crate) fn work<W, F>(work: W) -> Self
    where
        W: Fn(Publisher) -> F + Clone + Send + Sync + 'static,
        F: Future<Output: WorkOutput> + Send + 'static,
    {
        Self::Work(Work(Arc::new(
            move |stream: ResumableStream, logs: Logs| {
                let work = work.clone();
                Box::pin(async move { stream.produce(&logs, work).await })
            },
        )))
    }
}

/// A handler that does as the test says. Clones are the same.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Inner>);

struct Inner {
    logs: Logs,
    task: Mutex<Task>,
    publishers: Mutex<VecDeque<Publisher>>,
    works: AtomicUsize,
    seen: Mutex<Vec<String>>,
    shutdown: watch::Sender<bool>,
}

impl Desk {
    pub(crate) fn new(logs: Logs) -> Self {
        Self(Arc::new(Inner {
            logs,
            task: Mutex::new(Task::Produce),
            publishers: Mutex::default(),
            works: AtomicUsize::new(0),
            seen: Mutex::default(),
            shutdown: watch::Sender::new(false),
        }))
    }

    pub(crate) fn is_to(&self, task: Task) {
        *self.0.task.lock().unwrap() = task;
    }

    /// The publisher of the oldest work that nobody has asked for.
    pub(crate) fn publisher(&self) -> Publisher {
        let publisher = self.0.publishers.lock().unwrap().pop_front();
        publisher.expect("work was begun")
    }

    /// How often work was begun.
    pub(crate) fn works(&self) -> usize {
        self.0.works.load(Ordering::SeqCst)
    }

    /// What each request looked like, with its extensions.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.0.seen.lock().unwrap().clone()
    }

    pub(crate) fn shut_down(&self) {
        self.0.shutdown.send_replace(true);
    }

    pub(crate) async fn handle(
        self,
        request: Request<Body>,
    ) -> Result<Response<DeskBody>, Infallible> {
        let seen = format!("{request:?} {:?}", request.extensions());
        self.0.seen.lock().unwrap().push(seen);
        let stream = request.extensions().get::<ResumableStream>().cloned();
        drop(request);
        let answer = self.answer(stream).await;
        Ok(answer.unwrap_or_else(|problem| problem.into_response().map(BodyExt::boxed_unsync)))
    }

    async fn answer(&self, found: Option<ResumableStream>) -> Result<Response<DeskBody>, Problem> {
        let task = self.0.task.lock().unwrap().clone();
        let Some(stream) = found else {
            return Ok(Response::new(Full::from("strict").boxed_unsync()));
        };
        match task {
            Task::Produce => {}
            Task::Work(work) => {
                let attached = (work.0)(stream, self.0.logs.clone()).await;
                return Ok(self.respond(attached?));
            }
            Task::Follow(log) => return Ok(self.respond(stream.follow(&log).await?)),
            Task::Beat(silence) => {
                let body = self.attach(&stream).await?;
                return Ok(self.respond(body.with_heartbeat(silence).with_named_heartbeat()));
            }
            Task::Refuse => return Err(Problem::new(StatusCode::FORBIDDEN, "Not now.")),
            Task::Ignore => {
                let events = futures_util::stream::pending::<Result<Event<'static>, Infallible>>();
                return Ok(Response::new(SseBody::new(events).boxed_unsync()));
            }
            Task::AttachTwice => {
                let _first = self.attach(&stream).await?;
            }
            Task::Hang => pending().await,
            Task::AttachAndHang => {
                let _body = self.attach(&stream).await?;
                return pending().await;
            }
            Task::RevokeFirst(sessions) => {
                let subject = Subject::new("alice").unwrap();
                sessions.revoke(&subject).await.unwrap();
            }
            Task::TakeTime(span) => tokio::time::sleep(span).await,
        }
        Ok(self.respond(self.attach(&stream).await?))
    }

    async fn attach(&self, stream: &ResumableStream) -> Result<ResumableBody, Problem> {
        let body = stream.produce(&self.0.logs, |publisher| {
            self.0.works.fetch_add(1, Ordering::SeqCst);
            self.0.publishers.lock().unwrap().push_back(publisher);
            std::future::ready(())
        });
        Ok(body.await?)
    }

    fn respond(&self, body: ResumableBody) -> Response<DeskBody> {
        let mut shutdown = self.0.shutdown.subscribe();
        let body = body.until(async move {
            let _ = shutdown.wait_for(|is_down| *is_down).await;
        });
        body.into_response().map(BodyExt::boxed_unsync)
    }
}
