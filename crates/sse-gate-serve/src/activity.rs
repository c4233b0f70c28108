//! Which connections have something to do: [`Activity`].

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// Which requests of one connection are under way, and since when there has been none.
///
/// A request is under way from its head to the end of its response's body.
#[derive(Clone, Debug)]
pub(crate) struct Activity(watch::Sender<State>);

#[derive(Debug)]
struct State {
    /// By a number of their own, when they began; streams that go on have no such time.
    requests: BTreeMap<u64, Option<Instant>>,
    next: u64,
    changed: Instant,
}

/// A request that is under way.
#[derive(Debug)]
pub(crate) struct UnderWay {
    activity: Activity,
    number: u64,
}

/// The body of a response, whose request is under way until it is dropped.
#[derive(Debug)]
pub(crate) struct TrackedBody<B> {
    body: Pin<Box<B>>,
    _request: UnderWay,
}

impl Activity {
    /// A connection that has just been opened.
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(State {
            requests: BTreeMap::new(),
            next: 0,
            changed: Instant::now(),
        }))
    }

    /// A request begins.
    pub(crate) fn begin(&self) -> UnderWay {
        let mut number = 0;
        self.0.send_modify(|state| {
            number = state.next;
            state.next += 1;
            state.requests.insert(number, Some(Instant::now()));
        });
        UnderWay {
            activity: self.clone(),
            number,
        }
    }

    /// Returns when there has been no request for this long.
    pub(crate) async fn idle(&self, limit: Duration) {
        let is_idle = |state: &State| state.requests.is_empty().then_some(state.changed);
        self.reached(limit, is_idle).await;
    }

    /// Returns when a request has been under way for this long that is no stream.
    pub(crate) async fn overdue(&self, limit: Duration) {
        let oldest = |state: &State| state.requests.values().flatten().min().copied();
        self.reached(limit, oldest).await;
    }

    /// Returns when some moment is so long ago.
    async fn reached(&self, limit: Duration, moment: impl Fn(&State) -> Option<Instant>) {
        let mut states = self.0.subscribe();
        loop {
            let moment = moment(&states.borrow_and_update());
            // The sender is here, so it is not gone.
            let Some(moment) = moment else {
                let _ = states.changed().await;
                continue;
            };
            let changed = timeout_at(moment + limit, states.changed()).await;
            if changed.is_err() {
                return;
            }
        }
    }
}

impl UnderWay {
    /// Its response is a stream, which may go on for as long as it likes.
    pub(crate) fn goes_on(&self) {
        let Self { activity, number } = self;
        activity.0.send_modify(|state| {
            state.requests.insert(*number, None);
        });
    }

    /// Has the request end with its response's body.
    pub(crate) fn until_end_of<B>(self, body: B) -> TrackedBody<B> {
        TrackedBody {
            body: Box::pin(body),
            _request: self,
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Self { activity, number } = self;
        activity.0.send_modify(|state| {
            state.requests.remove(number);
            state.changed = Instant::now();
        });
    }
}

impl<B: Body> Body for TrackedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.body.as_mut().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body_util::Full;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn the_limit_counts_from_the_end_of_the_last_request() {
        let activity = Activity::new();
        let start = Instant::now();
        let (one, two) = (activity.begin(), activity.begin());
        tokio::spawn(async move {
            tokio::time::sleep(10 * LIMIT).await;
            drop(one);
            let body = two.until_end_of(Full::new(Bytes::new()));
            tokio::time::sleep(LIMIT).await;
            drop(body);
        });
        activity.idle(LIMIT).await;
        assert_eq!(start.elapsed(), 12 * LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_may_go_on_and_another_request_may_not() {
        let activity = Activity::new();
        let start = Instant::now();
        let stream = activity.begin();
        stream.goes_on();
        tokio::time::sleep(10 * LIMIT).await;
        let _other = activity.begin();
        activity.overdue(LIMIT).await;
        assert_eq!(start.elapsed(), 11 * LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_any_request_is_idle_from_the_start() {
        let start = Instant::now();
        Activity::new().idle(LIMIT).await;
        assert_eq!(start.elapsed(), LIMIT);
    }
}
