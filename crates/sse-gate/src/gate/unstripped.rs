//! Tells the observer that a token was not stripped: [`Gate::tell_unstripped`].

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use sse_gate_core::Signal;

use super::Gate;
use crate::SseRoute;

/// The patterns of the routes that the observer was told of.
#[derive(Default)]
pub(super) struct Unstripped(Mutex<BTreeSet<Box<str>>>);

/// A token reached the gate in the URI or in a header, where every layer outside has seen it.
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
    /// this route out of a request. The observer is told once for each route.
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
