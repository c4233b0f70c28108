//! What a check says: [`Finding`].
//!
//! | verdict | exit code | when |
//! |---|---|---|
//! | good | 0 | as it should be |
//! | note | 0 | it works, and could be better: `no-cache` alone, HTTP/1.1 |
//! | wrong | 1 | users of the stream feel it, or a credential is where it should not be |
//! | unseen | 0 | another fault hides it, it was not asked for, or the stream gave no chance to see it |
//!
//! Advice names a product and its setting, in the words of the product's own documentation. `server` is the service with
//! sse-gate, and `you` is who runs `doctor`. Where the advice is about a CDN, the page of its vendor is named beside it in
//! the code. Advice without a page is from experience: no page was found that says it. Those about nginx, HAProxy and Caddy are tested against the real programs.

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
