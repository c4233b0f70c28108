//! What a check says: [`Finding`].

/// How good what was seen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it should be.
    Good,
    /// It works, and could be better.
    Note,
    /// Streams suffer from it.
    Wrong,
    /// It could not be seen.
    Unseen,
}

impl Verdict {
    /// Its name in JSON.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Wrong => "wrong",
            Self::Unseen => "unseen",
        }
    }
}

/// The settings that mend something, by product.
pub(super) type Advice = &'static [(&'static str, &'static str)];

/// What one check found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    /// What was seen, in words.
    pub(super) seen: String,
    /// What to do, empty if there is nothing to do.
    pub(super) advice: Advice,
}

impl Finding {
    pub(super) fn good(seen: impl Into<String>) -> Self {
        Self::new(Verdict::Good, seen, &[])
    }

    pub(super) fn note(seen: impl Into<String>, advice: Advice) -> Self {
        Self::new(Verdict::Note, seen, advice)
    }

    pub(super) fn wrong(seen: impl Into<String>, advice: Advice) -> Self {
        Self::new(Verdict::Wrong, seen, advice)
    }

    pub(super) fn unseen(seen: impl Into<String>) -> Self {
        Self::new(Verdict::Unseen, seen, &[])
    }

    fn new(verdict: Verdict, seen: impl Into<String>, advice: Advice) -> Self {
        let seen = seen.into();
        Self {
            verdict,
            seen,
            advice,
        }
    }
}
