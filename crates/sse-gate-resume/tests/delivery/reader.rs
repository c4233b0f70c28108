//! A client that loses its connection at any byte, and keeps a tally of what it got: [`Reader`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::BytesMut;
use sse_gate_core::TokenKey;
use sse_gate_resume::Subscription;
use sse_gate_resume::backend::Written;

use crate::ledger::Ledger;
use crate::support::reference::{Decoded, Dispatched, decode};
use crate::support::{Dice, Stage, parts};

/// Whether the task was woken.
#[derive(Debug, Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A connection, as the model sees it.
struct Connection {
    subscription: Subscription,
    is_open: bool,
    /// The event that was written last.
    cursor: u64,
    written: Vec<u8>,
    waits: Option<Arc<Flag>>,
    is_over: bool,
}

pub(crate) struct Reader {
    token: TokenKey,
    connection: Option<Connection>,
    id: String,
    /// The event that it has dispatched last.
    pub(crate) had: u64,
    /// How many connections in a row have brought it nothing.
    lost: u32,
    pub(crate) drops: usize,
}

impl Reader {
    pub(crate) fn new(token: TokenKey, subscription: Subscription, base: u64) -> Self {
        let mut reader = Self {
            token,
            connection: None,
            id: String::new(),
            had: base,
            lost: 0,
            drops: 0,
        };
        reader.connect(subscription);
        reader
    }

    fn connect(&mut self, subscription: Subscription) {
        self.connection = Some(Connection {
            subscription,
            is_open: false,
            cursor: self.had,
            written: Vec::new(),
            waits: None,
            is_over: false,
        });
    }

    /// Looks at its connection once, which writes what the model says.
    pub(crate) fn poll(&mut self, log: &mut Ledger, now: u64) {
        if let Some(connection) = self.connection.as_mut().filter(|it| !it.is_over) {
            log.age(now);
            connection.poll(log);
        }
    }

    /// Whether it was woken, if it waits and there is something.
    pub(crate) fn is_awake(&self) -> bool {
        let waits = self.connection.as_ref().and_then(|it| it.waits.as_ref());
        waits.is_none_or(|flag| flag.0.load(Ordering::SeqCst))
    }

    /// Loses its connection after any byte.
    pub(crate) fn drop_connection(&mut self, log: &Ledger, dice: &mut Dice) {
        // Without an id it can't come back, nor with one that it has shown as often as it may.
        let needs_all = self.id.is_empty() || self.lost == 2;
        let may_drop = |it: &mut Connection| it.is_open || !needs_all;
        let Some(connection) = self.connection.take_if(may_drop) else {
            return;
        };
        self.drops += 1;
        let mut end = dice.index(connection.written.len() + 1);
        let got = decode(&connection.written[..end], &self.id);
        if got.events.is_empty() && needs_all {
            end = connection.written.len();
        }
        self.dispatch(decode(&connection.written[..end], &self.id), log);
    }

    /// Loses it when all has arrived.
    pub(crate) fn arrive(&mut self, log: &Ledger) {
        if let Some(connection) = self.connection.take() {
            self.dispatch(decode(&connection.written, &self.id), log);
        }
    }

    /// Comes back, if it has gone.
    pub(crate) fn come_back(&mut self, stage: &Stage) {
        if self.connection.is_none() && !self.id.is_empty() {
            match stage.resume(&self.id, self.token) {
                Ok(resumed) => self.connect(resumed.subscribe()),
                Err(sse_gate_resume::error::ResumeError::Gone(
                    sse_gate_resume::GoneReason::Complete,
                )) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    /// What it sees comes in order, each event once.
    fn dispatch(&mut self, got: Decoded, log: &Ledger) {
        self.lost = if got.events.is_empty() {
            self.lost + 1
        } else {
            0
        };
        for event in got.events {
            let seq = parts(&event.last_event_id).seq;
            match &*event.kind {
                "sse.open" => assert_eq!(seq, self.had),
                "sse.close" => {
                    assert_eq!((seq, log.ended), (self.had, true));
                    assert_eq!(log.last(), self.had, "it has all of it");
                    assert_eq!(event.data, r#"{"v":1,"reason":"complete"}"#);
                }
                "sse.gap" => {
                    let from = self.had + 1;
                    assert_eq!(event.data, format!(r#"{{"v":1,"from":{from},"to":{seq}}}"#));
                }
                _ => {
                    assert_eq!(seq, self.had + 1);
                    assert_eq!(event.data, log.data(seq));
                }
            }
            self.had = seq;
        }
        self.id = got.last_event_id;
    }
}

impl Connection {
    fn poll(&mut self, log: &Ledger) {
        let flag = Arc::new(Flag::default());
        let waker = Waker::from(Arc::clone(&flag));
        let mut buffer = BytesMut::new();
        let polled = self
            .subscription
            .poll_write(&mut Context::from_waker(&waker), &mut buffer);
        self.written.extend_from_slice(&buffer);
        let got = decode(&buffer, "");
        let mut events = got.events.iter();
        let missing = (self.cursor + 1, log.first.saturating_sub(1));
        let is_gap = missing.0 <= missing.1;
        let page = if is_gap {
            Vec::new()
        } else {
            log.page(self.cursor)
        };
        if polled.is_pending() {
            assert!(self.is_open && !is_gap && page.is_empty() && !log.ended);
            self.waits = Some(flag);
            return;
        }
        self.waits = None;
        if !self.is_open {
            assert_eq!(got.retries.len(), 1, "it says when to come back");
            self.opens(events.next().unwrap(), is_gap.then_some(missing));
        }
        if is_gap {
            let gap = events.next().unwrap();
            self.cursor = missing.1;
            assert_eq!(
                (&*gap.kind, parts(&gap.last_event_id).seq),
                ("sse.gap", missing.1)
            );
        }
        for seq in &page {
            let event = events.next().unwrap();
            assert_eq!(
                (&*event.kind, parts(&event.last_event_id).seq),
                ("message", *seq)
            );
            self.cursor = *seq;
        }
        self.is_over = polled == Poll::Ready(Written::Last);
        assert_eq!(self.is_over, !is_gap && page.is_empty() && log.ended);
        let complete = events.next().map(|close| close.kind.as_str());
        assert_eq!(complete, self.is_over.then_some("sse.close"));
        assert!(events.next().is_none());
    }

    fn opens(&mut self, open: &Dispatched, gap: Option<(u64, u64)>) {
        let gap = gap.map_or("null".to_owned(), |(from, to)| {
            format!(r#"{{"from":{from},"to":{to}}}"#)
        });
        assert_eq!(
            (&*open.kind, parts(&open.last_event_id).seq),
            ("sse.open", self.cursor)
        );
        assert_eq!(open.data, format!(r#"{{"v":1,"gap":{gap}}}"#));
        self.is_open = true;
    }
}
