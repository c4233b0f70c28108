//! A client like a native `EventSource`: [`Client`].

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use sse_gate_core::TokenKey;
use sse_gate_resume::backend::LogEpoch;

use crate::network::{Pipe, Response, Status};
use crate::node::Request;
use crate::support::reference::{Dispatched, decode};
use crate::support::{parts, request};
use crate::world::World;

/// What a client holds, as a thief sees it.
pub(crate) type Holdings = Arc<Mutex<Option<Request>>>;

/// A client that comes back until it has everything.
pub(crate) struct Client {
    world: World,
    subject: u64,
    /// How many tokens it has got.
    tokens: u8,
    request: Request,
    /// Whether the id that it holds was never shown.
    is_new_id: bool,
    /// Whether it has given up waiting for an answer of this session.
    has_abandoned: bool,
    log: Option<LogEpoch>,
    /// The last event that it has of this session.
    last: Option<u64>,
    pub(crate) holdings: Holdings,
}

/// What comes after a connection.
#[derive(PartialEq, Eq)]
enum Next {
    /// It comes back with what it holds.
    Back,
    /// It begins anew, with a new token.
    Anew,
    /// It has everything.
    Done,
}

impl Client {
    pub(crate) fn new(world: &World, subject: u64) -> Self {
        let mut client = Self {
            world: world.clone(),
            subject,
            tokens: 0,
            request: Request {
                subject,
                token: TokenKey::from_bytes([0; 32]),
                grant: world.grant(subject),
                id: None,
            },
            is_new_id: false,
            has_abandoned: false,
            log: None,
            last: None,
            holdings: Holdings::default(),
        };
        client.begin_anew();
        client
    }

    /// It gets a new token.
    fn begin_anew(&mut self) {
        self.tokens += 1;
        let subject = u8::try_from(self.subject).unwrap();
        let mut token = [subject; 32];
        token[0] = self.tokens;
        self.request.token = TokenKey::from_bytes(token);
        self.request.grant = self.world.grant(self.subject);
        self.request.id = None;
        self.has_abandoned = false;
        (self.log, self.last) = (None, None);
        self.world.ledger.is_at(self.subject, None);
    }

    /// Goes on until it has everything, or has tried for long enough.
    pub(crate) async fn run(mut self) {
        for _ in 0..60 {
            if self.tokens > 100 {
                return;
            }
            match self.connect().await {
                Next::Done => return,
                Next::Anew => self.begin_anew(),
                Next::Back => {}
            }
            let world = &self.world;
            world.executor.sleep(world.chance.millis(3_000)).await;
        }
        self.world.ledger.is_at(self.subject, None);
    }

    async fn connect(&mut self) -> Next {
        let Some(node) = self.world.any_node() else {
            return Next::Back;
        };
        let (pipe, is_new_id) = (Pipe::default(), self.is_new_id);
        self.is_new_id = false;
        node.serve(self.request.clone(), Response(pipe.clone()));
        let status = self.wait_for(8_000, pipe.status()).await;
        let has_id = self.request.id.is_some();
        let ledger = &self.world.ledger;
        let next = match status {
            Some(Some(Status::Stream(log))) => self.read(&pipe, log).await,
            Some(Some(Status::Later)) => {
                ledger.tally(|tally| tally.put_off += 1);
                // Nothing was consumed, unless the answer to the step was lost. Then the id is good for a
                // window, and the trouble may last longer.
                self.is_new_id = is_new_id && self.world.plan.failing == 0;
                Next::Back
            }
            Some(Some(Status::Gone)) => Next::Anew,
            Some(Some(Status::Refused)) => {
                ledger.tally(|tally| tally.refused += 1);
                let is_honest = !self.has_abandoned && !self.world.plan.has_thief;
                assert!(
                    !(has_id && is_new_id && is_honest),
                    "a new id is taken: {:?}",
                    self.request.id
                );
                Next::Anew
            }
            // The server is dead, or too slow. A token may be spent.
            None | Some(None) => {
                self.has_abandoned = true;
                if has_id { Next::Back } else { Next::Anew }
            }
        };
        pipe.leave();
        next
    }

    /// Reads until the stream ends or breaks.
    async fn read(&mut self, pipe: &Pipe, log: LogEpoch) -> Next {
        let before = self.log.replace(log);
        assert!(
            before.is_none_or(|before| before == log),
            "a session has one log"
        );
        let breaks = !self.world.is_healed() && self.world.chance.permille(400);
        let patience = if breaks {
            self.world.chance.below(4_000)
        } else {
            120_000
        };
        let until = self
            .world
            .now()
            .saturating_add(Duration::from_millis(patience));
        loop {
            let left = until.saturating_since(self.world.now());
            let left = u64::try_from(left.as_millis()).unwrap();
            match self.wait_for(left, pipe.next()).await {
                // The connection broke: what was under way is lost.
                None | Some(None) => return Next::Back,
                Some(Some(bytes)) => {
                    let delay = self.world.chance.millis(30);
                    self.world.executor.sleep(delay).await;
                    if let Some(next) = self.take(&bytes, log) {
                        return next;
                    }
                }
            }
        }
    }

    /// Takes what has come. Returns what comes next, if the stream is over.
    fn take(&mut self, bytes: &[u8], log: LogEpoch) -> Option<Next> {
        let held = self.request.id.clone().unwrap_or_default();
        let decoded = decode(bytes, &held);
        assert_eq!(decoded.incomplete, None, "blocks are whole");
        for event in &decoded.events {
            self.take_event(event, log);
        }
        let id = decoded.last_event_id;
        if !id.is_empty() && id != held {
            self.request.id = Some(id);
            self.is_new_id = true;
            *self.holdings.lock().unwrap() = Some(self.request.clone());
        }
        let last = decoded.events.last()?;
        match last.kind.as_str() {
            "sse.close" if last.data.contains("complete") => {
                self.world
                    .ledger
                    .completed(log, self.last.unwrap_or_default());
                Some(Next::Done)
            }
            "sse.close" | "sse.error" => Some(Next::Anew),
            _ => None,
        }
    }

    fn take_event(&mut self, event: &Dispatched, log: LogEpoch) {
        let seq = |event: &Dispatched| parts(&event.last_event_id).seq;
        match event.kind.as_str() {
            "sse.open" => {
                assert!(
                    event.data.contains("\"gap\":null"),
                    "no event is lost: {event:?}"
                );
                let at = seq(event);
                let last = *self.last.get_or_insert(at);
                assert_eq!(at, last, "a client goes on where it was");
            }
            "sse.gap" => panic!("no event is lost: {event:?}"),
            "message" => {
                let (seq, last) = (seq(event), self.last.expect("it was opened"));
                assert_eq!(seq, last + 1, "each event comes once, and in order");
                self.last = Some(seq);
                self.world.ledger.is_at(self.subject, Some((log, seq)));
                self.world.ledger.seen(log, seq, &event.data);
            }
            _ => {}
        }
    }

    /// Waits for so many milliseconds at most.
    async fn wait_for<T>(&self, millis: u64, what: impl Future<Output = T>) -> Option<T> {
        let mut what = Box::pin(what);
        let mut late = Box::pin(self.world.executor.sleep(Duration::from_millis(millis)));
        poll_fn(|cx| match what.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => late.as_mut().poll(cx).map(|()| None),
        })
        .await
    }
}

/// What a client is granted.
pub(crate) fn granted(world: &World, subject: u64) -> sse_gate_core::Grant {
    crate::support::granted(
        request(&format!("user {subject}")),
        world.executor.clock.clone(),
    )
}
