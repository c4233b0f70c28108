//! How engines differ: [`Profile`].

use std::time::Duration;

use super::Engine;

/// What becomes of the id of a block without data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BareId {
    /// It is the last event id from then on (HTML §9.2.6).
    Kept,
    /// It is that of the next event, if that has none of its own.
    KeptForNext,
    /// It is forgotten.
    Forgotten,
}

/// Which URL it asks for after a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// Its own (HTML §9.2.3).
    Forgotten,
    /// Where the last permanent one (301, 308) has led to, while those are all that there are.
    PermanentKept,
    /// Where the last one has led to.
    Kept,
}

/// What of an `EventSource` is an engine's own choice.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The time until it connects again, as long as no `retry` says another.
    pub default_delay: Duration,
    /// The shortest time until it connects again, whatever `retry` says.
    pub least_delay: Duration,
    /// What becomes of the id of a block without data.
    pub bare_id: BareId,
    /// Whether an id with NUL takes the line that follows with it.
    pub nul_takes_next_line: bool,
    /// Whether half a block of a connection that broke off goes on with the first bytes of the
    /// next connection.
    pub goes_on_with_half: bool,
    /// Which URL it asks for after a redirect.
    pub redirects: Redirects,
    /// Whether `open` waits for the first byte of the body, or its proper end.
    pub opens_at_body: bool,
    /// How often it makes a request whose connection is gone before the first byte of an answer,
    /// at once and unseen by the page.
    pub attempts: u32,
    /// Whether it is closed for good if a server of another origin can't be reached.
    pub away_must_answer: bool,
    /// Whether its page is of another origin.
    pub away: bool,
    /// The time until it connects again in place of all others, for tests that have no time.
    pub delay: Option<Duration>,
}

impl Profile {
    /// What the tests of the engines have found.
    pub fn of(engine: Engine) -> Self {
        let standard = Self {
            default_delay: Duration::from_secs(3),
            least_delay: Duration::ZERO,
            bare_id: BareId::Kept,
            nul_takes_next_line: false,
            goes_on_with_half: false,
            redirects: Redirects::Forgotten,
            opens_at_body: false,
            attempts: 1,
            away_must_answer: false,
            away: false,
            delay: None,
        };
        match engine {
            Engine::Chromium => Self {
                redirects: Redirects::Kept,
                ..standard
            },
            Engine::Firefox => Self {
                default_delay: Duration::from_secs(5),
                least_delay: Duration::from_millis(500),
                bare_id: BareId::Forgotten,
                nul_takes_next_line: true,
                redirects: Redirects::PermanentKept,
                opens_at_body: true,
                attempts: 10,
                away_must_answer: true,
                ..standard
            },
            Engine::WebKit => Self {
                bare_id: BareId::KeptForNext,
                goes_on_with_half: true,
                ..standard
            },
        }
    }

    /// The same, but for the time until it connects again.
    pub fn with_delay(self, delay: Duration) -> Self {
        Self {
            delay: Some(delay),
            ..self
        }
    }

    /// The same for a page of another origin than the stream.
    pub fn from_away(self, away: bool) -> Self {
        Self { away, ..self }
    }

    /// How long it waits, if `retry` has said this.
    pub(super) fn delay(&self, retry: Option<Duration>) -> Duration {
        let usual = retry.unwrap_or(self.default_delay);
        self.delay.unwrap_or(usual.max(self.least_delay))
    }

    /// Whether it stays where redirects with these statuses have led to.
    pub(super) fn keeps_redirects(&self, statuses: &[u16]) -> bool {
        match self.redirects {
            Redirects::Forgotten => false,
            Redirects::PermanentKept => statuses.iter().all(|it| matches!(it, 301 | 308)),
            Redirects::Kept => true,
        }
    }
}
