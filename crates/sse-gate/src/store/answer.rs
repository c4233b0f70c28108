//! The answers of stores: [`StoreAnswer`], and why there is none: [`Unanswered`].

use sse_gate_core::{StoreError, StoreErrorKind};
use sse_gate_resume::error::{
    LimiterError, LogError, LogErrorKind, OpenError, ResumeError, SessionError, SessionErrorKind,
};

use crate::slots::NoPlace;

/// Why an operation has no answer of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unanswered {
    /// The store did not answer within the budget.
    #[error("store did not answer in time")]
    Late,
    /// The number of operations in progress is at its bound.
    #[error("too many operations are in progress at the store")]
    Busy,
    /// The breaker is open.
    #[error("store failed repeatedly and is not asked for a while")]
    Broken,
}

/// The result of an operation at a store.
pub(crate) trait StoreAnswer: Send {
    /// The result of an operation that the store did not answer.
    fn unanswered(why: Unanswered) -> Self;

    /// Whether the store failed. A refusal by a healthy store is no failure.
    fn is_failure(&self) -> bool;
}

impl<T: Send, E: StoreFault> StoreAnswer for Result<T, E> {
    fn unanswered(why: Unanswered) -> Self {
        Err(E::unanswered(why))
    }

    fn is_failure(&self) -> bool {
        self.as_ref().is_err_and(E::is_fault)
    }
}

/// The errors of stores.
pub(crate) trait StoreFault: Send {
    /// The error of an operation that the store did not answer.
    fn unanswered(why: Unanswered) -> Self;
    /// Whether the error says that the store failed.
    fn is_fault(&self) -> bool;
}

impl StoreFault for StoreError {
    fn unanswered(why: Unanswered) -> Self {
        Self::unavailable(why)
    }

    fn is_fault(&self) -> bool {
        self.kind() == StoreErrorKind::Unavailable
    }
}

impl StoreFault for SessionError {
    fn unanswered(why: Unanswered) -> Self {
        Self::unavailable(why)
    }

    fn is_fault(&self) -> bool {
        self.kind() == SessionErrorKind::Unavailable
    }
}

impl StoreFault for LogError {
    fn unanswered(why: Unanswered) -> Self {
        Self::unavailable(why)
    }

    fn is_fault(&self) -> bool {
        self.kind() == LogErrorKind::Unavailable
    }
}

impl StoreFault for OpenError {
    fn unanswered(why: Unanswered) -> Self {
        SessionError::unanswered(why).into()
    }

    fn is_fault(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_fault())
    }
}

impl StoreFault for ResumeError {
    fn unanswered(why: Unanswered) -> Self {
        Self::Unavailable(SessionError::unanswered(why))
    }

    fn is_fault(&self) -> bool {
        matches!(self, Self::Unavailable(error) if error.is_fault())
    }
}

impl StoreFault for LimiterError {
    fn unanswered(why: Unanswered) -> Self {
        Self::unavailable(why)
    }

    fn is_fault(&self) -> bool {
        true
    }
}

impl StoreFault for NoPlace {
    fn unanswered(why: Unanswered) -> Self {
        Self::Unavailable(LimiterError::unanswered(why))
    }

    fn is_fault(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C21: a store that refuses is in order; only one that can't answer counts against it.
    #[test]
    fn a_refusal_is_no_fault_of_the_store() {
        fn faults<E: StoreFault>(refused: &E) -> [bool; 2] {
            [
                refused.is_fault(),
                E::unanswered(Unanswered::Late).is_fault(),
            ]
        }
        let session = || SessionError::from(SessionErrorKind::Full);
        assert_eq!(faults(&StoreError::exists()), [false, true]);
        assert_eq!(faults(&session()), [false, true]);
        assert_eq!(faults(&LogError::from(LogErrorKind::Full)), [false, true]);
        assert_eq!(faults(&OpenError::from(session())), [false, true]);
        assert_eq!(faults(&ResumeError::Unavailable(session())), [false, true]);
        assert_eq!(faults(&NoPlace::Full), [false, true]);
    }
}
