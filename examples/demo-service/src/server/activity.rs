//! Which connections have something to do: [`Activity`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// How many requests of one connection are under way, and since when there has been none.
///
/// A request is under way from its head to the end of its response's body.
#[derive(Clone, Debug)]
pub(super) struct Activity(watch::Sender<State>);

#[derive(Clone, Copy, Debug)]
struct State {
    requests: usize,
    changed: Instant,
}

/// A request that is under way.
#[derive(Debug)]
pub(super) struct UnderWay(Activity);

/// The body of a response, whose request is under way until it is dropped.
#[derive(Debug)]
pub(super) struct TrackedBody<B> {
    body: Pin<Box<B>>,
    _request: UnderWay,
}

impl Activity {
    /// A connection that has just been opened.
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(State {
            requests: 0,
            changed: Instant::now(),
        }))
    }

    /// A request begins.
    pub(super) fn begin(&self) -> UnderWay {
        self.change(|requests| requests + 1);
        UnderWay(self.clone())
    }

    /// Returns when there has been no request for this long.
    pub(super) async fn idle(&self, limit: Duration) {
        let mut states = self.0.subscribe();
        loop {
            let State { requests, changed } = *states.borrow_and_update();
            // The sender is here, so it is not gone.
            if requests > 0 {
                let _ = states.changed().await;
            } else if timeout_at(changed + limit, states.changed()).await.is_err() {
                return;
            }
        }
    }

    fn change(&self, change: impl FnOnce(usize) -> usize) {
        self.0.send_modify(|state| {
            state.requests = change(state.requests);
            state.changed = Instant::now();
        });
    }
}

impl UnderWay {
    /// Has the request end with its response's body.
    pub(super) fn until_end_of<B>(self, body: B) -> TrackedBody<B> {
        TrackedBody {
            body: Box::pin(body),
            _request: self,
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.change(|requests| requests - 1);
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
    async fn a_connection_without_any_request_is_idle_from_the_start() {
        let start = Instant::now();
        Activity::new().idle(LIMIT).await;
        assert_eq!(start.elapsed(), LIMIT);
    }
}
