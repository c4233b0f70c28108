//! Why a token was refused: [`RedeemError`].

use std::error::Error;
use std::fmt;

/// A token was refused.
///
/// Clients see one answer for every reason but [`is_unavailable`](Self::is_unavailable), and so
/// does `Display`. [`reason`](Self::reason) is for metrics and logs.
#[derive(Debug)]
pub struct RedeemError {
    reason: RefusalReason,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The reasons for a [`RedeemError`].
///
/// Which of [`Unknown`](Self::Unknown), [`Used`](Self::Used) and [`Expired`](Self::Expired) it
/// was is a recollection of this process: after many other tokens, or on another node, every
/// token that is gone is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalReason {
    /// It is not spelled as a token is.
    Malformed,
    /// There is no such token, or it is one for another resource.
    Unknown,
    /// It was redeemed before.
    Used,
    /// It was not redeemed in time.
    Expired,
    /// It was issued and neither redeemed nor expired, but withdrawn, or lost by its store. Whoever
    /// shows a token in the very moment in which another one's redemption ends is counted here, too.
    Withdrawn,
    /// The store holds something for it that is no grant.
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
    pub(super) fn new(reason: RefusalReason) -> Self {
        Self {
            reason,
            source: None,
        }
    }

    pub(super) fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// Why, for metrics and logs. Never for the client.
    pub fn reason(&self) -> RefusalReason {
        self.reason
    }

    /// Whether the store failed rather than the token: nobody knows whether it is good.
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
