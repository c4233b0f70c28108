//! The clock of the gate, for authenticators: [`GateClock`].

use std::sync::Arc;

use sse_gate_core::Clock;

/// In the extensions of the head that an authenticator gets, so that the service's one clock decides
/// whether a credential has expired.
#[derive(Clone, Debug)]
pub(crate) struct GateClock(pub(crate) Arc<dyn Clock>);
