//! A client that reads a feed of numbers, and comes back again and again: [`Reader`].

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::Mutex;
use std::time::Duration;

use bytes::BytesMut;
use sse_gate_core::TokenKey;
use sse_gate_resume::Subscription;
use sse_gate_resume::backend::Written;
use sse_gate_resume::error::ResumeError;
use tokio::time::{sleep, timeout};

use crate::node::Node;

/// So many pieces are read before the client comes back.
const PIECES: usize = 12;

/// A connection on which nothing comes for so long is given up.
const SILENCE: Duration = Duration::from_millis(500);

/// A client with one session at a time.
pub(crate) struct Reader {
    name: String,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    sessions: Vec<Session>,
    resumed: u64,
    /// The last number that came.
    last: u64,
}

/// What came in one session.
#[derive(Default)]
struct Session {
    /// The numbers, and behind which of them a gap was told: each gap is a 0.
    numbers: Vec<u64>,
}

impl Reader {
    pub(crate) fn new(number: usize) -> Self {
        Self {
            name: format!("reader-{number}"),
            seen: Mutex::default(),
        }
    }

    /// The last number that came.
    pub(crate) fn last(&self) -> u64 {
        self.seen.lock().unwrap().last
    }

    pub(crate) fn resumed(&self) -> u64 {
        self.seen.lock().unwrap().resumed
    }

    /// How often its session was not known any more.
    pub(crate) fn begun_anew(&self) -> u64 {
        let sessions = self.seen.lock().unwrap().sessions.len();
        u64::try_from(sessions).expect("a few") - 1
    }

    /// In each session, what came, came in order and once, and what did not come and was acknowledged is in a gap that was
    /// told.
    pub(crate) fn check(&self, acknowledged: &BTreeSet<u64>) {
        let (name, seen) = (&self.name, self.seen.lock().unwrap());
        for session in &seen.sessions {
            // A new one begins anywhere.
            let (mut before, mut is_told) = (0, true);
            for number in &session.numbers {
                if *number == 0 {
                    is_told = true;
                    continue;
                }
                assert!(*number > before, "{name} got {number} after {before}");
                let missed = acknowledged.range(before + 1..*number).next();
                assert!(
                    is_told || missed.is_none(),
                    "{name} was not told that it missed {missed:?}"
                );
                (before, is_told) = (*number, false);
            }
        }
    }

    /// Reads, and comes back to the other node each time.
    pub(crate) async fn follow(self: std::sync::Arc<Self>, nodes: [Node; 2]) {
        for session in 0_u64.. {
            let mut token = [0; 32];
            token[..8].copy_from_slice(&session.to_be_bytes());
            token[8..8 + self.name.len()].copy_from_slice(self.name.as_bytes());
            let token = TokenKey::from_bytes(token);
            self.seen.lock().unwrap().sessions.push(Session::default());
            self.live(&nodes, token).await;
        }
    }

    /// Lives through one session.
    async fn live(&self, nodes: &[Node; 2], token: TokenKey) {
        let mut id = String::new();
        for node in nodes.iter().cycle() {
            let opened = if id.is_empty() {
                node.open(&self.name, token)
                    .await
                    .ok_or(ResumeError::NotAdmitted)
            } else {
                node.resume(&id, token).await
            };
            match opened {
                Ok(subscription) => {
                    self.seen.lock().unwrap().resumed += u64::from(!id.is_empty());
                    self.read(subscription, &mut id).await;
                }
                Err(ResumeError::Refused(_) | ResumeError::Gone(_)) => return,
                // The token of an opening that was not answered may be used up.
                Err(_) if id.is_empty() => {
                    sleep(Duration::from_millis(20)).await;
                    return;
                }
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    async fn read(&self, mut subscription: Subscription, id: &mut String) {
        let mut bytes = BytesMut::new();
        for _ in 0..PIECES {
            bytes.clear();
            let next = poll_fn(|cx| subscription.poll_write(cx, &mut bytes));
            let written = timeout(SILENCE, next).await;
            let text = std::str::from_utf8(&bytes).expect("a text");
            for block in text.split("\n\n") {
                self.take(block, id);
            }
            match written {
                Ok(Written::More) => subscription.confirm(),
                Ok(Written::Last) | Err(_) => return,
            }
        }
    }

    /// Takes one event.
    fn take(&self, block: &str, id: &mut String) {
        let field = |name| block.lines().find_map(|line| line.strip_prefix(name));
        if let Some(new) = field("id: ") {
            new.clone_into(id);
        }
        let number = match (field("event: "), field("data: ")) {
            (None, Some(data)) => data.parse().expect("a number"),
            (Some("sse.gap"), _) => 0,
            _ => return,
        };
        let mut seen = self.seen.lock().unwrap();
        let session = seen.sessions.last_mut().expect("it has begun");
        session.numbers.push(number);
        seen.last = seen.last.max(number);
    }
}
