//! Waits for notices, but not for ever: [`hear`].

use std::future::poll_fn;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use crate::store::{Notice, Notices};

/// How long a check waits for a notice that must come, by default.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What a subscription has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A notice.
    Notice(Notice),
    /// The subscription has ended.
    End,
    /// Nothing has come in time.
    Silence,
}

/// Waits for the next notice, no longer than this.
pub(super) async fn hear(notices: &mut Notices, patience: Duration) -> Heard {
    let until = Instant::now() + patience;
    let mut alarm = None;
    poll_fn(|cx| match notices.poll_next(cx) {
        Poll::Ready(Some(notice)) => Poll::Ready(Heard::Notice(notice)),
        Poll::Ready(None) => Poll::Ready(Heard::End),
        Poll::Pending => {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Poll::Ready(Heard::Silence);
            }
            alarm.get_or_insert_with(|| Alarm::set(left, cx.waker().clone()));
            Poll::Pending
        }
    })
    .await
}

/// Collects notices until this one has come, until the subscription ends, or until nothing has come for so
/// long. Returns what has come, and the last answer.
pub(super) async fn hear_until(
    notices: &mut Notices,
    last: Notice,
    patience: Duration,
) -> (Vec<Notice>, Heard) {
    let mut all = Vec::new();
    loop {
        let heard = hear(notices, patience).await;
        let Heard::Notice(notice) = heard else {
            return (all, heard);
        };
        all.push(notice);
        if notice == last {
            return (all, heard);
        }
    }
}

/// Wakes a task after some time, unless it is dropped before.
struct Alarm(#[expect(dead_code, reason = "its end stops the alarm")] mpsc::Sender<()>);

impl Alarm {
    fn set(after: Duration, waker: Waker) -> Self {
        let (sender, dropped) = mpsc::channel::<()>();
        thread::spawn(move || {
            if dropped.recv_timeout(after) == Err(mpsc::RecvTimeoutError::Timeout) {
                waker.wake();
            }
        });
        Self(sender)
    }
}
