//! Runs one check so that a failure says where it comes from: [`check`].

use std::any::Any;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::thread;

/// Runs the check of one law.
///
/// The macros call it for every law. The message of a failure names the law and the line of the caller:
///
/// ```should_panic
/// use sse_gate_resume::conformance::check;
///
/// check("two_is_three", || assert_eq!(2, 3, "two is not three"));
/// ```
#[track_caller]
pub fn check(law: &str, run: impl FnOnce()) {
    let caller = Location::caller();
    let outcome = catch_unwind(AssertUnwindSafe(run));
    if let Err(panic) = outcome {
        match message(&*panic) {
            Some(message) => panic!("the law `{law}` is broken, tested at {caller}: {message}"),
            None => resume_unwind(panic),
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> Option<&str> {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
}

/// Runs the same in so many threads, which begin at one moment, and returns what they return. If one
/// has failed, it fails with the same message.
pub(super) fn race<T: Send>(threads: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(threads);
    let racer = |number| {
        barrier.wait();
        run(number)
    };
    let racer = &racer;
    thread::scope(|scope| {
        let racers: Vec<_> = (0..threads)
            .map(|number| scope.spawn(move || racer(number)))
            .collect();
        let joined = racers.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .map(|outcome| outcome.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}
