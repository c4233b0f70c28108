//! The wish that a job stop, heard by a task that waits and by a thread that works.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// Set once, never taken back.
#[derive(Debug, Default)]
pub(super) struct Cancel {
    set: AtomicBool,
    /// For a thread: it holds the lock between looking at `set` and waiting.
    lock: Mutex<()>,
    thread: Condvar,
    task: Notify,
}

impl Cancel {
    /// Wishes it.
    pub(super) fn cancel(&self) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.set.store(true, Ordering::Release);
        drop(guard);
        self.thread.notify_all();
        self.task.notify_waiters();
    }

    /// Whether it was wished.
    pub(super) fn is_cancelled(&self) -> bool {
        self.set.load(Ordering::Acquire)
    }

    /// Returns once it is wished.
    pub(super) async fn cancelled(&self) {
        let notified = self.task.notified();
        if !self.is_cancelled() {
            notified.await;
        }
    }

    /// Blocks the thread for this long, or until it is wished.
    pub(super) fn sleep(&self, time: Duration) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        // Whichever of the two it was, and a poisoned lock too: the caller looks at the flag.
        drop(
            self.thread
                .wait_timeout_while(guard, time, |()| !self.is_cancelled()),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn a_sleeping_thread_wakes_at_once() {
        let cancel = Arc::new(Cancel::default());
        let sleeper = thread::spawn({
            let cancel = Arc::clone(&cancel);
            move || cancel.sleep(Duration::from_secs(3600))
        });
        cancel.cancel();
        sleeper.join().unwrap();
        assert!(cancel.is_cancelled());
    }

    #[tokio::test]
    async fn a_waiting_task_wakes_whether_it_came_before_or_after() {
        let cancel = Arc::new(Cancel::default());
        let waiter = tokio::spawn({
            let cancel = Arc::clone(&cancel);
            async move { cancel.cancelled().await }
        });
        tokio::task::yield_now().await;
        cancel.cancel();
        waiter.await.unwrap();
        cancel.cancelled().await;
    }
}
