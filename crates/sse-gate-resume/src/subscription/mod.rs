//! One client's reading of a log: [`Subscription`].

mod end;
mod writing;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::BytesMut;

pub use end::{SubscriptionEnd, Written};

use crate::id::IdPrefix;
use crate::log::{Events, Log, Reader, Taken};
use crate::node::{CutReason, Lease};
use crate::session::{Binding, CloseReason};
use crate::slow::{Slow, SlowPolicy};

use writing::Writing;

/// What the client of one connection gets: the events that it missed, then those that come, each
/// with a resume id of this connection.
///
/// | on the wire | when |
/// |---|---|
/// | `retry:` and `sse.open` | first, so that the client holds an id before anything else |
/// | `sse.gap` | where events are missing |
/// | `sse.close`, with the reason `complete` | last, when the log has ended and the client has all of it |
/// | `sse.error` | last, when the log's writer has stopped before it had finished |
/// | `sse.close`, with another reason | last, when the session is closed |
/// | nothing more | when another connection has taken its place |
///
/// It has no timers and no thread. A server polls it, and drops it when its client has gone.
///
/// ```
/// # use std::sync::Arc;
/// # use sse_gate_codec::Event;
/// # use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
/// use std::future::poll_fn;
/// use bytes::BytesMut;
/// use sse_gate_resume::backend::{SubscriptionEnd, Written};
/// # use sse_gate_resume::{Logs, Opening, Publisher, Sessions};
///
/// # pollster::block_on(async {
/// # let gate = TokenGate::new(MemoryStore::default());
/// # let resource = Resource::new(["chat"])?;
/// # let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, resource.clone())).await?;
/// # let sessions = Sessions::in_memory()?;
/// # let arrival = sessions.arrival().await?;
/// # let grant = gate.redeem(issued.token().expose(), &resource).await?;
/// # let log = Logs::default().create().await?;
/// # let opening = Opening::new(arrival, &grant, issued.key(), Arc::new(log.clone()));
/// # let publisher = Publisher::new(log);
/// # publisher.publish(&Event::new().data("hello")).await?;
/// # publisher.finish().await?;
/// let mut subscription = sessions.open(opening).await?;
/// let mut bytes = BytesMut::new();
/// // A server sends the bytes after each step.
/// while poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await != Written::Last {}
/// assert_eq!(subscription.end(), Some(SubscriptionEnd::Complete));
/// let text = String::from_utf8(bytes.to_vec())?;
/// assert!(text.contains("event: sse.open\n") && text.contains("data: hello\n"));
/// assert!(text.ends_with("event: sse.close\ndata: {\"v\":1,\"reason\":\"complete\"}\n\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Subscription {
    lease: Lease,
    reader: Reader,
    writing: Writing,
}

impl Subscription {
    pub(crate) fn new(lease: Lease, log: Arc<Log>, prefix: IdPrefix, cursor: u64) -> Self {
        Self {
            lease,
            reader: Reader::new(log),
            writing: Writing::new(prefix, cursor),
        }
    }

    /// Sets what to do about a client that falls behind.
    pub fn with_slow_policy(mut self, policy: SlowPolicy) -> Self {
        self.writing.slow = Slow::new(policy);
        self
    }

    /// What its session is bound to: the grant, the log and the policy.
    pub fn binding(&self) -> &Binding {
        self.lease.binding()
    }

    /// How long its session may still last: [`Lease::time_left`].
    pub fn time_left(&self) -> Duration {
        self.lease.time_left()
    }

    /// The connection's hold on the session.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Why it ended, if it has.
    pub fn end(&self) -> Option<SubscriptionEnd> {
        self.writing.end()
    }

    /// Notes that the client has got something: a write has succeeded.
    pub fn confirm(&self) {
        self.lease.confirm();
    }

    /// Appends what there is for the client to the buffer, up to a page of events. If there is
    /// nothing, the task is woken when there is.
    ///
    /// A client that asks for more has taken what it got, so call [`confirm`](Self::confirm) when a
    /// write has succeeded.
    pub fn poll_write(&mut self, cx: &mut Context<'_>, buffer: &mut BytesMut) -> Poll<Written> {
        if self.end().is_some() {
            return Poll::Ready(Written::Last);
        }
        let Self {
            lease,
            reader,
            writing,
        } = self;
        // What is taken from the log under the fence's lock counts as emitted. What only its store has
        // is fetched before that.
        let is_fetching = reader.poll_fetch(writing.cursor, cx).is_pending();
        let mut hears = true;
        let taken = lease.fence().emit(cx, |cx, left| {
            // Another node may have replaced this connection. The fence wakes it when that is known.
            hears = lease.sessions().hears();
            if !hears || is_fetching {
                return Poll::Pending;
            }
            let after = writing.cursor;
            let take = |events: Events<'_>| writing.events(lease, events, buffer);
            reader.poll_take(after, take, cx, left)
        });
        let written = match taken {
            Err(why) => Poll::Ready(writing.cut_off(lease, why, buffer)),
            Ok(Poll::Ready(Taken::Events(written))) => Poll::Ready(written),
            Ok(Poll::Ready(Taken::None(read))) => Poll::Ready(writing.read(lease, read, buffer)),
            Ok(Poll::Pending) if hears && writing.is_opening() => {
                writing.open(lease, None, buffer);
                Poll::Ready(Written::More)
            }
            Ok(Poll::Pending) => Poll::Pending,
        };
        writing.note_opened(lease);
        written
    }

    /// Ends the connection because the server stops. The client is told to come back, with an id of
    /// this connection. It waits for a random time within `spread` more than usual, so that not all
    /// clients come back at once.
    pub fn shut_down(&mut self, spread: Duration, buffer: &mut BytesMut) {
        if self.may_end(buffer) {
            self.writing.shut_down(&self.lease, spread, buffer);
            self.writing.note_opened(&self.lease);
        }
    }

    /// Ends the connection because its deadline has come. The client is told not to come back.
    pub fn expire(&mut self, buffer: &mut BytesMut) {
        if self.may_end(buffer) {
            let why = CutReason::Closed(CloseReason::Deadline);
            self.writing.cut_off(&self.lease, why, buffer);
            self.writing.note_opened(&self.lease);
        }
    }

    /// Whether it may end for a reason of the server's. If it was cut, it ends for that reason.
    fn may_end(&mut self, buffer: &mut BytesMut) -> bool {
        if self.end().is_some() {
            return false;
        }
        let (lease, writing) = (&self.lease, &mut self.writing);
        let cut_reason = lease.fence().cut_reason();
        if let Some(why) = cut_reason {
            writing.cut_off(lease, why, buffer);
        } else if !lease.sessions().hears() {
            // It may have been replaced on another node. Then nothing more is emitted.
            writing.cut_off(lease, CutReason::Replaced, buffer);
            return false;
        }
        writing.note_opened(lease);
        cut_reason.is_none()
    }
}
