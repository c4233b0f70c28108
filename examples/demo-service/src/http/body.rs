//! Reads the bodies of requests: [`Bodies`].

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Buf;
use http::StatusCode;
use http_body::Body;
use http_body_util::BodyExt;
use sse_gate::Problem;
use tokio::time::timeout;

use crate::users::UserId;

/// What the bodies of requests fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What all bodies together may take, in bytes.
const IN_ALL: usize = 32 << 20;

/// How many may be under way.
const COUNT_IN_ALL: usize = 2_048;

/// What the bodies of one user may take, in bytes: three of the largest.
const OF_ONE: usize = 6 << 20;

/// How many bodies of one user may be under way.
const COUNT_OF_ONE: usize = 64;

/// How many bodies of all who are not known yet. They are small.
const COUNT_OF_STRANGERS: usize = 512;

/// How much of a body that is too large is read and thrown away, so that its sender gets to read
/// the answer: whoever is still sending when the connection is closed loses it.
const THROWN_AWAY: usize = 4 << 20;

/// The bodies that are under way: being read, or in use by an endpoint. Clones are the same.
///
/// They are bounded in number and bytes, in all and for each user, and each in time. What counts
/// is what has come, not what was announced. A body is read after its sender is known, but for the
/// login's.
#[derive(Clone, Debug)]
pub(super) struct Bodies(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    all: Usage,
    /// Without an entry for who has none under way.
    by_sender: HashMap<Option<UserId>, Usage>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    count: usize,
    bytes: usize,
}

/// The whole body of a request. It counts until it is dropped.
#[derive(Debug)]
pub(super) struct ReadBody {
    bytes: Vec<u8>,
    share: Share,
}

/// What a body takes of the bounds.
#[derive(Debug)]
struct Share {
    bodies: Bodies,
    sender: Option<UserId>,
    bytes: usize,
}

impl Bodies {
    /// None yet. Each may take this long.
    pub(super) fn new(limit: Duration) -> Self {
        Self(Arc::new(Inner {
            limit,
            state: Mutex::default(),
        }))
    }

    /// Reads a body of at most `max` bytes, sent by this user, or by an unknown sender.
    ///
    /// The time limit is for all of it: a byte now and then does not extend it.
    pub(super) async fn read<B>(
        &self,
        sender: Option<&UserId>,
        max: usize,
        body: B,
    ) -> Result<ReadBody, Problem>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let share = self.enter(sender.cloned())?;
        let read = ReadBody {
            bytes: Vec::new(),
            share,
        };
        let read = timeout(self.0.limit, read.fill(max, body)).await;
        read.unwrap_or_else(|_| {
            let detail = "The body did not come in time.";
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail))
        })
    }

    fn enter(&self, sender: Option<UserId>) -> Result<Share, Problem> {
        let mut state = self.lock();
        let count = state.by_sender.get(&sender).map_or(0, |it| it.count);
        let in_all = state.all.count < COUNT_IN_ALL;
        match sender {
            Some(_) => check(count < COUNT_OF_ONE, in_all)?,
            None => check(true, in_all && count < COUNT_OF_STRANGERS)?,
        }
        state.all.count += 1;
        state.by_sender.entry(sender.clone()).or_default().count += 1;
        Ok(Share {
            bodies: self.clone(),
            sender,
            bytes: 0,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadBody {
    async fn fill<B>(mut self, max: usize, body: B) -> Result<Self, Problem>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let mut body = pin!(body);
        while let Some(frame) = body.frame().await {
            let broken = |_| Problem::new(StatusCode::BAD_REQUEST, "The body broke off.");
            let Ok(mut data) = frame.map_err(broken)?.into_data() else {
                continue;
            };
            if data.remaining() > max - self.bytes.len() {
                drop(self);
                throw_away(body).await;
                let detail = "The body is too large.";
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
            }
            self.make_room(data.remaining(), max)?;
            while data.has_remaining() {
                let chunk = data.chunk().len();
                self.bytes.extend_from_slice(data.chunk());
                data.advance(chunk);
            }
        }
        Ok(self)
    }

    /// Makes room for more, twice as much as before, and pays for it first.
    fn make_room(&mut self, more: usize, max: usize) -> Result<(), Problem> {
        let (len, capacity) = (self.bytes.len(), self.bytes.capacity());
        if len + more > capacity {
            let wanted = (len + more).max((2 * capacity).min(max));
            self.share.grow_to(wanted)?;
            self.bytes.reserve_exact(wanted - len);
        }
        Ok(())
    }

    /// The bytes.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }
}

impl Share {
    fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        let more = bytes - self.bytes;
        let mut state = self.bodies.lock();
        let all = state.all.bytes + more;
        let own = state.by_sender.entry(self.sender.clone()).or_default();
        check(own.bytes + more <= OF_ONE, all <= IN_ALL)?;
        own.bytes += more;
        state.all.bytes = all;
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut state = self.bodies.lock();
        state.all.leave(self.bytes);
        if let Some(own) = state.by_sender.get_mut(&self.sender) {
            own.leave(self.bytes);
            if own.count == 0 {
                state.by_sender.remove(&self.sender);
            }
        }
    }
}

impl Usage {
    fn leave(&mut self, bytes: usize) {
        self.count -= 1;
        self.bytes -= bytes;
    }
}

/// 429 if the sender has no room left, 503 if there is none at all.
fn check(own: bool, all: bool) -> Result<(), Problem> {
    let (status, detail) = match (own, all) {
        (true, true) => return Ok(()),
        (false, _) => (
            StatusCode::TOO_MANY_REQUESTS,
            "Too many of your requests are being read.",
        ),
        (true, false) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many requests are being read.",
        ),
    };
    Err(Problem::new(status, detail).with_retry_after(Duration::from_secs(1)))
}

async fn throw_away<B: Body>(mut body: std::pin::Pin<&mut B>) {
    let mut left = THROWN_AWAY;
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Buf::remaining);
        match left.checked_sub(bytes) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
