//! Why a token was refused: [`RedeemError`].

use std::error::Error;
use std::fmt;

/// A token was refused.
///
/// A client gets the same answer for every bad token, and `Display` has the same words.
/// [`reason`](Self::reason) is for metrics and logs. A store that can't be asked is the one exception:
/// the client may show the token again.
///
/// ```
/// use sse_gate_core::{MemoryStore, RefusalReason, Resource, TokenGate};
///
/// # pollster::block_on(async {
/// let gate = TokenGate::new(MemoryStore::default());
/// let error = gate.redeem("no token", &Resource::new(["feed"])?).await.unwrap_err();
/// assert_eq!(error.to_string(), "token was refused");
/// assert_eq!(error.reason(), RefusalReason::Malformed);
/// assert!(!error.is_unavailable());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct RedeemError {
    reason: RefusalReason,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The reasons for a [`RedeemError`].
///
/// A store only knows that a token is not there. Whether it was used, has expired or was withdrawn, the
/// gate remembers for a while. After many other tokens, or on another node, all of them are
/// [`Unknown`](Self::Unknown).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The text is not spelled as a token is.
    Malformed,
    /// The store does not know the token. It may be one for another resource.
    Unknown,
    /// The token was redeemed before.
    Used,
    /// The token was not redeemed in time.
    Expired,
    /// The token was withdrawn, or its store lost it. A token that two clients show at the same moment
    /// is sometimes counted here too, instead of as used.
    Withdrawn,
    /// The store returned bytes that are not a grant.
    Corrupt,
    /// The store can't be asked, or did not answer in time.
    Unavailable,
}

impl RefusalReason {
    /// A short name, fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Corrupt => "corrupt",
            Self::Unavailable => "unavailable",
        }
    }
}

impl RedeemError {
    pub(crate) fn new(reason: RefusalReason) -> Self {
        Self {
            reason,
            source: None,
        }
    }

    pub(crate) fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The reason, for metrics and logs. Don't tell it to the client.
    pub fn reason(&self) -> RefusalReason {
        self.reason
    }

    /// Whether the store could not be asked. The token may still be good.
    pub fn is_unavailable(&self) -> bool {
        self.reason == RefusalReason::Unavailable
    }
}

impl fmt::Display for RedeemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_unavailable() {
            "token store is unavailable"
        } else {
            "token was refused"
        })
    }
}

impl Error for RedeemError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
