//! The store that fails at everything: [`RefuseAllStore`].

use std::future::ready;
use std::time::Duration;

use super::{StoreError, TokenStore};
use crate::{Entry, Epoch, Subject, TokenKey};

/// Refuses every operation, as a store does that can't be reached.
///
/// Use it to test what your service does without its store, or to turn streams off: a gate over it
/// issues no tokens and redeems none.
///
/// ```
/// use sse_gate_core::{
///     GrantRequest, IssueErrorKind, RefuseAllStore, Resource, Subject, TokenGate,
/// };
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(RefuseAllStore);
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?);
/// let error = gate.issue(request).await.unwrap_err();
/// assert_eq!(error.kind(), IssueErrorKind::StoreUnavailable);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct RefuseAllStore;

const REASON: &str = "this store refuses all";

impl TokenStore for RefuseAllStore {
    fn insert(
        &self,
        _: TokenKey,
        _: Entry,
        _: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(Err(StoreError::unavailable(REASON)))
    }

    fn take(&self, _: TokenKey) -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send {
        ready(Err(StoreError::unavailable(REASON)))
    }

    fn withdraw(&self, _: Subject) -> impl Future<Output = Result<usize, StoreError>> + Send {
        ready(Err(StoreError::unavailable(REASON)))
    }

    fn epoch(&self) -> impl Future<Output = Result<Epoch, StoreError>> + Send {
        ready(Err(StoreError::unavailable(REASON)))
    }
}
