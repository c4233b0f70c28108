//! Runs one check so that a failure says where it comes from: [`check`].

use std::any::Any;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::thread::ScopedJoinHandle;

use super::Backend;

/// Sets up a backend and runs the check of one law on it.
///
/// [`token_store_conformance!`](crate::token_store_conformance) calls it for every law. The message of
/// a failure names the law and the line of the caller:
///
/// ```
/// # use std::time::Duration;
/// # use sse_gate_core::conformance::Backend;
/// # use sse_gate_core::{Limits, ManualClock, MemoryStore};
/// use sse_gate_core::conformance::{check, taking_twice_gives_nothing};
/// # struct Memory(ManualClock);
/// # impl Backend for Memory {
/// #     type Store = MemoryStore;
/// #     fn set_up() -> Self {
/// #         Self(ManualClock::default())
/// #     }
/// #     async fn store(&self, limits: Limits) -> MemoryStore {
/// #         MemoryStore::with_clock(limits, self.0.clone())
/// #     }
/// #     async fn advance(&self, span: Duration) {
/// #         self.0.advance(span);
/// #     }
/// # }
///
/// // `Memory` is the backend in the example of the module.
/// check::<Memory>("taking_twice_gives_nothing", taking_twice_gives_nothing);
/// ```
#[track_caller]
pub fn check<B: Backend>(law: &str, run: fn(&B)) {
    let caller = Location::caller();
    let outcome = catch_unwind(AssertUnwindSafe(|| run(&B::set_up())));
    if let Err(panic) = outcome {
        match message(&*panic) {
            Some(message) => panic!("store breaks the law `{law}`, tested at {caller}: {message}"),
            None => resume_unwind(panic),
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> Option<&str> {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
}

/// What a thread of a check returns. If it has failed, the check fails with the same message.
pub(super) fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
