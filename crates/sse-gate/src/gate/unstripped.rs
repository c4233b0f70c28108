//! Says that a token came as far as the gate: [`Gate::tell_unstripped`].

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use sse_gate_core::Signal;

use super::Gate;
use crate::SseRoute;

/// The routes that were told of, by their patterns.
#[derive(Default)]
pub(super) struct Unstripped(Mutex<BTreeSet<Box<str>>>);

/// The token of a route was in the URI, or header, that every layer outside of the gate has seen.
#[derive(Debug, thiserror::Error)]
#[error(
    "the token for {pattern:?} was not stripped: StripTokenLayer is missing, or does not know the \
     route by the path that clients ask for"
)]
struct NotStripped {
    pattern: Box<str>,
}

impl Gate {
    /// Tells the observer that no [`StripTokenLayer`](crate::StripTokenLayer) has taken the token of
    /// this route out of a request; once for each route.
    pub(crate) fn tell_unstripped(&self, route: &SseRoute) {
        let pattern: Box<str> = route.pattern().into();
        let told = &self.0.unstripped.0;
        let mut patterns = told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = patterns.insert(pattern.clone());
        drop(patterns);
        if is_news {
            self.observe_error(Signal::TokenNotStripped, &NotStripped { pattern });
        }
    }
}
