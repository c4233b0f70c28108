//! Why an application's data is not a payload, or a payload not the data: [`PayloadError`].

use std::error::Error;
use std::fmt;

/// The payload could not be written, or is not of the type that was asked for.
///
/// ```
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(MemoryStore::default());
/// let request = GrantRequest::new(Subject::new("alice")?, Resource::new(["feed"])?);
/// let without = gate.grant(request.clone()).await?;
/// assert!(without.payload::<u32>().unwrap_err().is_absent());
///
/// let with = gate.grant(request.with_payload("text")?).await?;
/// assert!(!with.payload::<u32>().unwrap_err().is_absent());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct PayloadError {
    source: Option<serde_json::Error>,
}

impl PayloadError {
    pub(crate) fn absent() -> Self {
        Self { source: None }
    }

    /// Whether the grant has no payload at all.
    pub fn is_absent(&self) -> bool {
        self.source.is_none()
    }
}

impl From<serde_json::Error> for PayloadError {
    fn from(error: serde_json::Error) -> Self {
        Self {
            source: Some(error),
        }
    }
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            None => "grant has no payload",
            Some(_) => "payload does not fit its type",
        })
    }
}

impl Error for PayloadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
