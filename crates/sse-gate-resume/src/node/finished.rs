//! Work that is done to its end, whatever becomes of its caller: [`Finished`].

use std::pin::Pin;
use std::task::{Context, Poll};

use super::Chores;

/// Work that is finished once it has begun, even if its caller no longer waits for it.
pub(crate) struct Finished<T: Send + 'static> {
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    chores: Chores,
}

impl<T: Send + 'static> Finished<T> {
    pub(crate) fn new(work: impl Future<Output = T> + Send + 'static, chores: &Chores) -> Self {
        Self {
            work: Some(Box::pin(work)),
            chores: chores.clone(),
        }
    }
}

impl<T: Send + 'static> Future for Finished<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.work else {
            // Like any future, it is not polled after its end.
            return Poll::Pending;
        };
        let polled = work.as_mut().poll(cx);
        if polled.is_ready() {
            self.work = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Finished<T> {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            self.chores.run(async move { drop(work.await) });
        }
    }
}
