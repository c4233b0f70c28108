//! What a handler finds in its request: [`Granted`], or the error [`MissingGrant`].

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use http::{Extensions, StatusCode};
use sse_gate_core::{Clock, Grant, SystemClock};

use crate::problem::Problem;

/// The grant of a request that passed the gate, in the extensions of the request. Clones share it.
///
/// It dereferences to [`Grant`]: [`subject`](Grant::subject), [`resource`](Grant::resource),
/// [`payload`](Grant::payload) and [`deadline`](Grant::deadline) are there.
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

    /// What a gate with the default settings grants for this request. Use it in tests of handlers. An
    /// expiry of the credential is ignored.
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
    /// The request did not come through a [`GateLayer`](crate::GateLayer).
    ///
    /// ```
    /// use http::{Request, Response};
    /// use sse_gate::{Granted, MissingGrant};
    ///
    /// fn handler(request: &Request<()>) -> Result<Response<String>, MissingGrant> {
    ///     let granted = Granted::of(request.extensions())?;
    ///     Ok(Response::new(format!("hello, {}", granted.subject().as_str())))
    /// }
    ///
    /// let error = handler(&Request::new(())).unwrap_err();
    /// assert!(error.to_string().contains("GateLayer"));
    /// ```
    pub fn of(extensions: &Extensions) -> Result<&Self, MissingGrant> {
        extensions.get().ok_or(MissingGrant::LAYER)
    }

    /// How long the stream may last, counted from when it was opened. The layer ends it then.
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

/// A handler was called without what it needs, because its route is not set up for it. The message says
/// what to add. As a [`Problem`] or as a response of axum it is 500.
///
/// ```
/// use http::{Request, StatusCode};
/// use sse_gate::{Granted, Problem, ResumableStream};
///
/// let request = Request::new(());
/// let error = Granted::of(request.extensions()).unwrap_err();
/// assert_eq!(Problem::from(error).status(), StatusCode::INTERNAL_SERVER_ERROR);
/// assert!(ResumableStream::of(request.extensions()).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct MissingGrant(Missing);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Missing {
    #[error(
        "the request did not come through a GateLayer: add one to this route, or use RouterExt::sse"
    )]
    Layer,
    #[error("the route is strict: make its GateLayer resumable to get a ResumableStream")]
    Sessions,
}

impl MissingGrant {
    /// The request came through no layer.
    pub(crate) const LAYER: Self = Self(Missing::Layer);

    /// The layer that it came through is not resumable.
    pub(crate) const SESSIONS: Self = Self(Missing::Sessions);
}

impl From<MissingGrant> for Problem {
    fn from(error: MissingGrant) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}
