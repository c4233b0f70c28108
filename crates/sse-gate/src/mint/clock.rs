//! The clock of the gate, for authenticators: [`GateClock`].

use std::sync::Arc;

use sse_gate_core::Clock;

/// The gate's clock, in the extensions of the head that an authenticator gets. With it, the one clock
/// of the service decides whether a credential has expired.
#[derive(Clone, Debug)]
pub(crate) struct GateClock(
    #[cfg_attr(
        not(feature = "jwt"),
        expect(dead_code, reason = "only JWTs are checked by it")
    )]
    pub(crate) Arc<dyn Clock>,
);
