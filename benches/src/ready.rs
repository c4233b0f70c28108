//! Futures that don't wait: [`ready`].

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The output of a future that is ready when first polled, as those of stores in memory are.
///
/// An executor of any kind would cost more than what is measured.
///
/// # Panics
///
/// If it is not ready.
pub fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a future in memory had to wait"),
    }
}
