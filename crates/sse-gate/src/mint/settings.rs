//! The settings of a mint: [`Settings`].

use std::time::Duration;

use sse_gate_core::{IssueError, Signal, TokenGate};

use super::Challenge;
use super::bodies::{Bodies, BodyLimits};
use crate::store::{GuardedStore, StoreAccess};
use crate::{Gate, SseRoute};

/// Room for a payload of 64 KiB whose every other character is escaped.
const MAX_BODY: usize = 128 * 1024;

const BODY_TIME_LIMIT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(super) struct Settings {
    pub(super) gate: Gate,
    pub(super) route: SseRoute,
    /// The gate's tokens. Their store is asked within the bounds of this mint.
    pub(super) tokens: TokenGate<GuardedStore>,
    pub(super) access: StoreAccess,
    pub(super) challenge: Challenge,
    pub(super) max_body: usize,
    pub(super) body_time_limit: Duration,
    pub(super) bodies: Bodies,
    pub(super) token_member: &'static str,
}

impl Settings {
    pub(super) fn new(gate: &Gate, route: SseRoute, challenge: Challenge) -> Self {
        let access = gate.token_access().clone();
        Self {
            tokens: gate.tokens_by(access.clone()),
            access,
            gate: gate.clone(),
            route,
            challenge,
            max_body: MAX_BODY,
            body_time_limit: BODY_TIME_LIMIT,
            bodies: Bodies::new(BodyLimits::default()),
            token_member: "sse_token",
        }
    }

    pub(super) fn set_store_budget(&mut self, budget: Duration) {
        self.access = self.access.clone().with_budget(budget);
        self.tokens = self.gate.tokens_by(self.access.clone());
    }

    /// Tells the observer of a token that was not issued, where the gate itself was not asked.
    pub(super) fn not_issued(&self, error: IssueError) -> IssueError {
        let signal = Signal::IssueRefused(error.kind());
        self.gate.observe_error(signal, &error);
        error
    }
}
