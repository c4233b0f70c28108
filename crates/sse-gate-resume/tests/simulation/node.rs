//! One node: a process with its sessions, logs and handlers: [`Node`].

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::task::Poll;
use std::time::Duration;

use bytes::BytesMut;
use sse_gate_codec::Event;
use sse_gate_core::{Clock, Grant, ManualClock, SteadyTime, Subject, Timestamp, TokenKey};
use sse_gate_resume::backend::{LogEnd, LogEpoch, NodeId, SubscriptionEnd, Written};
use sse_gate_resume::error::{AppendErrorKind, ResumeError};
use sse_gate_resume::{
    Log, Logs, Opening, Publisher, ResumePolicy, Sessions, Start, Subscription, Topics,
};

use crate::ledger::Ledger;
use crate::network::{Response, Status};
use crate::plan::{Chance, Plan};
use crate::support::Executor;

/// So many events has an answer.
pub(crate) const EVENTS: u64 = 8;

/// A node that runs, or ran. Clones are the same node.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) name: NodeId,
    /// The group of its tasks.
    pub(crate) group: u64,
    pub(crate) is_alive: Arc<AtomicBool>,
    pub(crate) clock: NodeClock,
    pub(crate) sessions: Sessions,
    pub(crate) logs: Logs,
    pub(crate) topics: Topics,
    pub(crate) executor: Executor,
    pub(crate) chance: Chance,
    pub(crate) plan: Plan,
    pub(crate) ledger: Ledger,
}

/// What a client asks for.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) subject: u64,
    pub(crate) token: TokenKey,
    pub(crate) grant: Grant,
    /// The `Last-Event-ID`.
    pub(crate) id: Option<String>,
}

/// The clock of one node: its steady time begins anywhere, and its wall can be set.
#[derive(Clone, Debug)]
pub(crate) struct NodeClock {
    pub(crate) base: ManualClock,
    pub(crate) offset: Duration,
    /// In milliseconds.
    pub(crate) skew: Arc<AtomicI64>,
}

impl Clock for NodeClock {
    fn now(&self) -> Timestamp {
        let now = self.base.now().as_unix_millis();
        Timestamp::from_unix_millis(now.saturating_add_signed(self.skew.load(Ordering::Relaxed)))
    }

    fn steady(&self) -> SteadyTime {
        self.base.steady().saturating_add(self.offset)
    }
}

pub(crate) fn subject(number: u64) -> Subject {
    Subject::new(format!("user {number}")).unwrap()
}

impl Node {
    /// Answers a request, in a task of the node.
    pub(crate) fn serve(&self, request: Request, response: Response) {
        let node = self.clone();
        self.executor.spawn(
            self.group,
            async move { node.answer(request, response).await },
        );
    }

    async fn answer(&self, request: Request, response: Response) {
        let answered = match &request.id {
            Some(id) => self.resume(&request, id).await,
            None => self.open(&request).await,
        };
        match answered {
            Ok(subscription) => {
                let epoch = subscription.binding().log_epoch;
                response.0.answer(Status::Stream(epoch));
                self.stream(subscription, &response).await;
            }
            Err(status) => response.0.answer(status),
        }
    }

    async fn open(&self, request: &Request) -> Result<Subscription, Status> {
        let arrival = self.sessions.arrival().await.map_err(|_| Status::Later)?;
        let arrived_at = self.executor.clock.steady();
        // The handler takes its time.
        self.executor.sleep(self.chance.millis(200)).await;
        let log = if self.plan.is_feed {
            self.topics
                .log("room", None)
                .await
                .map_err(|_| Status::Refused)
        } else {
            let owner = subject(request.subject);
            self.logs
                .create_for(&owner)
                .await
                .map_err(|_| Status::Refused)
        }?;
        let opening = Opening::new(arrival, &request.grant, request.token, log.clone());
        let opening = opening.with_policy(ResumePolicy::default());
        let opening = if self.plan.is_feed {
            opening.on_shared_log().with_start(Start::Now)
        } else {
            opening
        };
        // Its token is spent, whatever comes of it.
        let opened = self.sessions.open(opening).await;
        let subscription = opened.map_err(|_| Status::Refused)?;
        let session = subscription.lease().session();
        self.ledger.opened(request.token, session);
        self.ledger
            .admitted(session, 1, self.group, request.subject, arrived_at);
        if !self.plan.is_feed {
            self.work(log.epoch(), Publisher::new(log));
        }
        Ok(subscription)
    }

    async fn resume(&self, request: &Request, id: &str) -> Result<Subscription, Status> {
        let arrived_at = self.executor.clock.steady();
        let resumed = self.sessions.resume(id, request.token).await;
        let resumed = resumed.map_err(|error| match error {
            ResumeError::Gone(_) => Status::Gone,
            ResumeError::Refused(_) => Status::Refused,
            _ => Status::Later,
        })?;
        let (session, generation) = (resumed.lease().session(), resumed.lease().generation());
        self.ledger
            .admitted(session, generation, self.group, request.subject, arrived_at);
        let log = resumed.log().clone();
        if log.is_orphaned() {
            if !self.plan.restarts_work {
                log.end_later(LogEnd::Failed);
            } else if log.claim().await.unwrap_or(false) {
                self.ledger.tally(|tally| tally.takeovers += 1);
                self.work(log.epoch(), Publisher::new(Log::clone(&log)));
            }
        }
        Ok(resumed.subscribe())
    }

    /// Streams until there is nothing more, or the server sees that the client has gone.
    async fn stream(&self, mut subscription: Subscription, response: &Response) {
        let (pipe, executor, chance) = (&response.0, &self.executor, &self.chance);
        let (session, generation) = {
            let lease = subscription.lease();
            (lease.session(), lease.generation())
        };
        let mut gone = Box::pin(async {
            pipe.client_gone().await;
            executor.sleep(chance.millis(3_000)).await;
        });
        loop {
            let mut buffer = BytesMut::new();
            let written = poll_fn(|cx| {
                if gone.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(None);
                }
                subscription.poll_write(cx, &mut buffer).map(Some)
            });
            let Some(written) = written.await else {
                return;
            };
            if !buffer.is_empty() {
                // A farewell tells nothing of the stream.
                if !matches!(subscription.end(), Some(SubscriptionEnd::Closed(_))) {
                    self.ledger.emitted(session, generation, self.group);
                }
                pipe.send(buffer.to_vec());
                subscription.confirm();
            }
            if written == Written::Last {
                return;
            }
            // A socket takes what it gets bit by bit.
            executor.sleep(chance.millis(5)).await;
        }
    }

    /// Writes an answer, or goes on with one.
    fn work(&self, log: LogEpoch, publisher: Publisher) {
        let node = self.clone();
        self.executor.spawn(self.group, async move {
            for number in publisher.last() + 1..=EVENTS {
                node.executor.sleep(node.chance.millis(600)).await;
                let data = number.to_string();
                match publisher.publish(&Event::new().data(data.as_str())).await {
                    Ok(seq) => {
                        assert_eq!(seq, number, "one writer writes an answer");
                        node.ledger.acknowledged(log, seq, &data);
                    }
                    // Whether it is kept is not known. So the work fails.
                    Err(_) => return,
                }
            }
            let _ = publisher.finish().await;
        });
    }

    /// Writes to the feed from time to time.
    pub(crate) fn write(&self, number: u64) {
        let node = self.clone();
        self.executor.spawn(self.group, async move {
            for count in 0..20 {
                node.executor.sleep(node.chance.millis(3_000)).await;
                let Ok(log) = node.topics.log("room", None).await else {
                    continue;
                };
                let data = format!("{number}/{count}");
                match log.append(&Event::new().data(data.as_str())).await {
                    Ok(seq) => node.ledger.acknowledged(log.epoch(), seq, &data),
                    Err(error) if error.kind() == AppendErrorKind::Unavailable => {}
                    Err(error) => panic!("a feed takes events: {error}"),
                }
            }
        });
    }
}
