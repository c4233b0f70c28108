//! What is told to whoever watches: [`Observer`] and the [`Signal`]s it gets.

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::{IssueErrorKind, MintRefusalReason, RefusalReason};

/// Is told of all that happens, for metrics, logs and alarms.
///
/// It is called on the request's own path: count and return. No signal carries a secret, and all
/// of them come from small closed sets, fit for labels.
///
/// Observers combine: a pair of them is one, and so is a triple. Each is told everything.
///
/// ```
/// use sse_gate_core::{TokenGate, MemoryStore, Observer, Signal};
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
///
/// #[derive(Debug, Default)]
/// struct Issued(AtomicU64);
///
/// impl Observer for Issued {
///     fn observe(&self, signal: Signal) {
///         if signal == Signal::Issued {
///             self.0.fetch_add(1, Relaxed);
///         }
///     }
/// }
///
/// let gate = TokenGate::builder(MemoryStore::default())
///     .observer((Issued::default(), Issued::default()))
///     .build();
/// # let _ = gate;
/// ```
pub trait Observer: Debug + Send + Sync + 'static {
    /// Something happened.
    fn observe(&self, signal: Signal);

    /// Something happened because of `error`. By default this is [`observe`](Self::observe), and
    /// the error is dropped.
    ///
    /// It is called instead of `observe`, for observers that write logs. The errors are those of
    /// stores, authenticators and the system: what they print is up to whoever made them.
    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        let _ = error;
        self.observe(signal);
    }
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// A token was issued.
    Issued,
    /// No token was issued.
    IssueRefused(IssueErrorKind),
    /// A token was redeemed.
    Redeemed {
        /// Whether the client goes on with a stream that it had before.
        continues: bool,
    },
    /// What was shown as a token was refused.
    Refused(RefusalReason),
    /// Whoever showed the token was gone before it was redeemed. The token may be spent.
    Abandoned,
    /// Tokens were withdrawn that nobody had used yet.
    Withdrawn {
        /// How many.
        tokens: usize,
    },
    /// A request was turned away before anybody looked for a token in it.
    TurnedAway {
        /// The name of the check that it failed.
        check: &'static str,
    },
    /// A token came as far as the gate in the place where its client had put it, so every layer
    /// outside has seen it: `StripTokenLayer` is missing, or never matches. Told once for each route;
    /// [`Observer::observe_error`] gets an error that names it.
    TokenNotStripped,
    /// A request for a token was refused at the endpoint that issues them. If it was the gate
    /// that refused, [`IssueRefused`](Self::IssueRefused) was told before.
    MintRefused(MintRefusalReason),
    /// A caller has opened a stream, or gone on with it, by its own credential instead of a token.
    CallerAdmitted,
    /// A caller's own credential opened no stream.
    CallerRefused(MintRefusalReason),
    /// A store failed again and again, and is asked no more for a while; or it is asked again.
    BreakerChanged {
        /// Which store.
        store: StoreRole,
        /// Whether operations are refused now without asking it.
        is_open: bool,
    },
    /// A stream was opened.
    StreamOpened,
    /// A stream ended.
    StreamClosed {
        /// How long it was open.
        lasted: Duration,
        /// What ended it.
        end: StreamEnd,
    },
}

/// What a store is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreRole {
    /// It keeps the grants of tokens.
    Tokens,
    /// It keeps sessions.
    Sessions,
}

impl StoreRole {
    /// A short name, fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Sessions => "sessions",
        }
    }
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamEnd {
    /// The handler had no more to say.
    Complete,
    /// The handler failed, panicked or answered with a status from 500 on; or the body failed or
    /// panicked, or the work behind it.
    Failed,
    /// The client was too slow, and the connection was ended for that.
    Lagged,
    /// The client went away, or the connection broke.
    Disconnected,
    /// The subject was revoked: it has signed out, or has lost its right to the stream.
    Revoked,
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
