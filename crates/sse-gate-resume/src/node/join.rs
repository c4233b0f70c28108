//! Several pieces of work, side by side: [`join`].

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// A piece of work that waits.
pub(crate) type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Waits for all, and returns what they return, in their order.
pub(crate) async fn join<T>(mut work: Vec<Work<T>>) -> Vec<T> {
    let mut done: Vec<Option<T>> = work.iter().map(|_| None).collect();
    poll_fn(|cx| {
        let mut is_done = true;
        for (work, done) in work.iter_mut().zip(&mut done) {
            if done.is_none() {
                match work.as_mut().poll(cx) {
                    Poll::Ready(result) => *done = Some(result),
                    Poll::Pending => is_done = false,
                }
            }
        }
        if is_done {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
