//! Wakers whose end is foreign code: [`last_word`].

use std::sync::Arc;
use std::sync::mpsc;
use std::task::{Wake, Waker};
use std::thread;
use std::time::Duration;

struct LastWord(Box<dyn Fn() + Send + Sync>);

impl Wake for LastWord {
    fn wake(self: Arc<Self>) {}
}

impl Drop for LastWord {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A waker that is the last hold on a task. When it is dropped, it does this.
pub(crate) fn last_word(word: impl Fn() + Send + Sync + 'static) -> Waker {
    Waker::from(Arc::new(LastWord(Box::new(word))))
}

/// Runs a test that may hang, and then fails.
pub(crate) fn in_time(test: impl FnOnce() + Send + 'static) {
    let (ends, ended) = mpsc::channel();
    let running = thread::spawn(move || {
        let _ends = ends;
        test();
    });
    // The channel is closed when the test ends.
    let waited = ended.recv_timeout(Duration::from_secs(20));
    let hangs = waited == Err::<(), _>(mpsc::RecvTimeoutError::Timeout);
    assert!(!hangs, "it hangs");
    running.join().unwrap();
}
