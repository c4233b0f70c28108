//! The one timer of a stream: [`Alarm`].

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use pin_project::pin_project;
use tokio::task::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

/// Wakes a task at a time. To ask for a later time at each event costs nothing: the timer stays as it is until it fires.
#[pin_project]
pub(super) struct Alarm {
    #[pin]
    timer: Sleep,
    /// When it fires. Each event looks at it, and the timer itself is left alone.
    fires_at: Instant,
    /// The task that the timer wakes.
    task: Option<Waker>,
}

impl Alarm {
    /// One that is asked for this time, most likely.
    pub(super) fn at(at: Instant) -> Self {
        Self {
            timer: sleep_until(at),
            fires_at: at,
            task: None,
        }
    }

    /// Ready at this time. Before, the task is woken then, or sooner.
    pub(super) fn poll_until(
        self: Pin<&mut Self>,
        at: Instant,
        now: Instant,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if at <= now {
            return Poll::Ready(());
        }
        let mut this = self.project();
        let has_fired = *this.fires_at <= now;
        let is_known = |task: &Waker| task.will_wake(cx.waker());
        if !has_fired && *this.fires_at <= at && this.task.as_ref().is_some_and(is_known) {
            return Poll::Pending;
        }
        if has_fired || *this.fires_at > at {
            *this.fires_at = at;
            this.timer.as_mut().reset(at);
        }
        *this.task = Some(cx.waker().clone());
        // Also when the task has done much in this turn of the runtime: the timer would not know the task otherwise.
        pin!(unconstrained(this.timer)).poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;
    use std::time::Duration;

    use tokio::time::{advance, sleep};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A task, and how often it was woken.
    fn task() -> (Waker, impl Fn() -> usize) {
        let woken = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&woken));
        (waker, move || woken.0.load(Ordering::Relaxed))
    }

    /// G12: an event that puts the time off does not touch the timer, and the task is woken in time all the same.
    #[tokio::test(start_paused = true)]
    async fn a_later_time_waits_for_the_timer_to_fire() {
        let start = Instant::now();
        let (waker, times_woken) = task();
        let mut cx = Context::from_waker(&waker);
        let mut alarm = pin!(Alarm::at(start + 100 * SECOND));
        for asked in [15, 16, 20] {
            let now = Instant::now();
            let asked = start + asked * SECOND;
            assert!(alarm.as_mut().poll_until(asked, now, &mut cx).is_pending());
            assert_eq!(alarm.timer.deadline(), start + 15 * SECOND);
            advance(SECOND).await;
        }
        sleep(12 * SECOND).await;
        assert_eq!(times_woken(), 1, "the timer fires at the first time");
        for asked in [20, 18] {
            let (now, asked) = (Instant::now(), start + asked * SECOND);
            assert!(alarm.as_mut().poll_until(asked, now, &mut cx).is_pending());
            assert_eq!(alarm.timer.deadline(), asked);
        }
        sleep(3 * SECOND).await;
        assert_eq!(times_woken(), 2, "a sooner time moves it");
        let now = Instant::now();
        assert!(alarm.as_mut().poll_until(now, now, &mut cx).is_ready());
    }

    /// The task that polls last is woken.
    #[tokio::test(start_paused = true)]
    async fn a_stream_may_change_its_task() {
        let at = Instant::now() + SECOND;
        let ((one, first), (two, second)) = (task(), task());
        let mut alarm = pin!(Alarm::at(at));
        for waker in [&one, &two] {
            let mut cx = Context::from_waker(waker);
            assert!(
                alarm
                    .as_mut()
                    .poll_until(at, Instant::now(), &mut cx)
                    .is_pending()
            );
        }
        sleep(2 * SECOND).await;
        assert_eq!((first(), second()), (0, 1));
    }
}
