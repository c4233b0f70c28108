//! How a program learns what happens: [`Observer`], and the [`Signal`]s that it gets.

mod signal;

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

pub use signal::{Signal, StoreRole, StreamEnd};

/// Is told what happens, for metrics, logs and alarms.
///
/// It is called while a request is served, so it should count and return. No signal contains a secret.
/// All signals come from small closed sets and are fit for labels of metrics.
///
/// A pair or a triple of observers is an observer too, and tells each of them everything. `()` observes
/// nothing.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
/// use sse_gate_core::{
///     GrantRequest, MemoryStore, Observer, Resource, Signal, Subject, TokenGate,
/// };
///
/// #[derive(Debug, Default)]
/// struct IssuedTokens(AtomicU64);
///
/// impl Observer for IssuedTokens {
///     fn observe(&self, signal: Signal) {
///         if signal == Signal::Issued {
///             self.0.fetch_add(1, Relaxed);
///         }
///     }
/// }
///
/// # pollster::block_on(async {
/// let issued = Arc::new(IssuedTokens::default());
/// let gate = TokenGate::builder(MemoryStore::default())
///     .with_observer(Arc::clone(&issued))
///     .build();
///
/// gate.issue(GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?)).await?;
/// assert_eq!(issued.0.load(Relaxed), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub trait Observer: Debug + Send + Sync + 'static {
    /// Something happened.
    fn observe(&self, signal: Signal);

    /// Something happened because of `error`. It is called instead of [`observe`](Self::observe), for
    /// observers that write logs. By default it calls `observe` and drops the error.
    ///
    /// The errors come from stores, authenticators and the operating system. Their authors decide what
    /// they print.
    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        let _ = error;
        self.observe(signal);
    }
}

/// Observes nothing.
impl Observer for () {
    fn observe(&self, _: Signal) {}
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn observe(&self, signal: Signal) {
        (**self).observe(signal);
    }

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        (**self).observe_error(signal, error);
    }
}

/// Tells both.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn observe(&self, signal: Signal) {
        self.0.observe(signal);
        self.1.observe(signal);
    }

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        self.0.observe_error(signal, error);
        self.1.observe_error(signal, error);
    }
}

/// Tells all three.
impl<A: Observer, B: Observer, C: Observer> Observer for (A, B, C) {
    fn observe(&self, signal: Signal) {
        self.0.observe(signal);
        self.1.observe(signal);
        self.2.observe(signal);
    }

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        self.0.observe_error(signal, error);
        self.1.observe_error(signal, error);
        self.2.observe_error(signal, error);
    }
}
