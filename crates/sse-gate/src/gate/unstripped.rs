//! Says that a token came as far as the gate: [`tell`].

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use sse_gate_core::{Gate, SharedStore, Signal};

use crate::StreamRoute;

/// The routes that were told of, by their patterns. All layers of a gate share it.
#[derive(Default)]
struct Told(Mutex<BTreeSet<Box<str>>>);

/// The token of a route was in the URI, or header, that every layer outside of the gate has seen.
#[derive(Debug, thiserror::Error)]
#[error(
    "the token for {pattern:?} was not stripped: StripTokenLayer is missing, or does not know the \
     route by the path that clients ask for"
)]
struct NotStripped {
    pattern: Box<str>,
}

/// Tells the gate's observer that no [`StripTokenLayer`](crate::StripTokenLayer) has taken the token
/// of this route out of a request; once for each route.
pub(super) fn tell(gate: &Gate<SharedStore>, route: &StreamRoute) {
    let told = gate.extension(Told::default);
    let pattern: Box<str> = route.pattern().into();
    let mut patterns = told.0.lock().unwrap_or_else(PoisonError::into_inner);
    let is_news = patterns.insert(pattern.clone());
    drop(patterns);
    if is_news {
        gate.observe_error(Signal::TokenNotStripped, &NotStripped { pattern });
    }
}
