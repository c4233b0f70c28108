//! What a handler finds in its request: [`Granted`].

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use http::{Extensions, StatusCode};
use sse_gate_core::{Clock, Grant, SystemClock};

use crate::problem::Problem;
use crate::resume::ResumableStream;

/// The grant of a request that passed the gate, in the request's extensions. Clones share it.
///
/// With the feature `axum` it is an extractor, and so is `Option<Granted>`. In every other framework
/// [`of`](Self::of) finds it.
///
/// ```
/// use sse_gate::{Gate, GrantRequest, Granted, Resource, Subject};
///
/// async fn handler(granted: Granted) -> String {
///     format!("hello, {}", granted.subject().as_str())
/// }
///
/// // In a test of the handler, no gate is needed.
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["rooms", "7"])?);
/// let granted = Granted::for_test(request).await;
/// assert_eq!(handler(granted).await, "hello, alice");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Granted {
    grant: Arc<Grant>,
    time_left: Duration,
}

impl Granted {
    pub(crate) fn new(grant: Grant, time_left: Duration) -> Self {
        Self {
            grant: Arc::new(grant),
            time_left,
        }
    }

    /// What a gate with the default settings grants for this request. For tests of handlers.
    ///
    /// # Panics
    ///
    /// If the request has a TTL of zero.
    pub async fn for_test(request: sse_gate_core::GrantRequest) -> Self {
        let gate = crate::Gate::in_memory();
        let grant = gate.grant(request.with_credential_expiry(sse_gate_core::Timestamp::FOREVER));
        let grant = grant
            .await
            .expect("a store in memory answers, and nothing has expired");
        let time_left = grant.deadline().saturating_since(SystemClock.now());
        Self::new(grant, time_left)
    }

    /// The grant in the extensions of a request.
    ///
    /// # Errors
    ///
    /// If there is none. The error says what the route lacks.
    pub fn of(extensions: &Extensions) -> Result<&Self, MissingGrant> {
        extensions.get().ok_or(MissingGrant(Missing::Layer))
    }

    /// How long the stream may last from when it was opened. The layer ends it then.
    pub fn time_left(&self) -> Duration {
        self.time_left
    }
}

impl Deref for Granted {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        &self.grant
    }
}

impl ResumableStream {
    /// The stream in the extensions of a request.
    ///
    /// # Errors
    ///
    /// If there is none. The error says what the route lacks.
    pub fn of(extensions: &Extensions) -> Result<&Self, MissingGrant> {
        let is_strict = extensions.get::<Granted>().is_some();
        let missing = if is_strict {
            Missing::Sessions
        } else {
            Missing::Layer
        };
        extensions.get().ok_or(MissingGrant(missing))
    }
}

/// A handler was called without what it needs: its route is not set up for it. It is answered with
/// 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingGrant(Missing);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Layer,
    Sessions,
}

impl fmt::Display for MissingGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Missing::Layer => {
                "the request did not come through a GateLayer: add one to this route, or use \
                 RouterExt::sse"
            }
            Missing::Sessions => {
                "the route is strict: make its GateLayer resumable to get a ResumableStream"
            }
        })
    }
}

impl std::error::Error for MissingGrant {}

impl From<MissingGrant> for Problem {
    fn from(error: MissingGrant) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}
