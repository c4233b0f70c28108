//! What the probes saw, for the checks to judge: [`Evidence`].
//!
//! The checks ask for nothing themselves, so that each of them can be read alone, and so that the order of requests is
//! in one place. A probe that was not made says why by an [`Absence`], which the report shows as `unseen`.

use std::time::Duration;

use http::StatusCode;

use super::client::Recording;
use super::transcript::Transcript;
use super::url::{MASK, Url};
use crate::printable::printable;

/// Shorter ones are no secrets, but numbers of events: in a report, they stand for other things, too.
const SECRET: usize = 8;

/// A redirect on the way to the mint or to the stream.
#[derive(Debug)]
pub(super) struct Redirect {
    /// Which of the two: `mint` or `stream`.
    pub(super) of: &'static str,
    pub(super) from: Url,
    pub(super) status: StatusCode,
    /// As it came.
    pub(super) location: String,
}

/// The answer to a preflight.
#[derive(Debug)]
pub(super) struct Preflight {
    /// Of what: `mint` or `stream`.
    pub(super) of: &'static str,
    /// The method that the page wants to use.
    pub(super) method: &'static str,
    /// The header that the page wants to send.
    pub(super) header: &'static str,
    /// The answer, unless none came.
    pub(super) answer: Option<Recording>,
}

/// Why a probe has no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// An earlier probe showed that this one makes no sense.
    NotTried,
    /// It needs a token for itself, and there is no mint.
    TokenSpent,
    /// It needs a token for itself, and the mint gave no other one.
    NoToken,
    /// No head came in time.
    Silent,
    /// The connection could not be made, or broke before the head came.
    Broken,
}

/// A recording, or why there is none.
pub(super) type Probe = Result<Recording, Absence>;

/// All that the probes saw.
#[derive(Debug)]
pub(super) struct Evidence {
    /// How long the stream was watched.
    pub(super) idle: Duration,
    pub(super) origin: Option<String>,
    /// Where tokens come from, if the mint is known.
    pub(super) mint: Option<Url>,
    /// The URL that was opened, after redirects.
    pub(super) url: Url,
    pub(super) redirects: Vec<Redirect>,
    /// The stream, asked for as browsers do.
    pub(super) stream: Probe,
    /// The stream as plain text: the same as `stream` unless that is compressed.
    pub(super) plain: Option<Probe>,
    /// The same URL again, with the id of the last event.
    pub(super) resumed: Probe,
    /// The same URL again, without an id.
    pub(super) reused: Probe,
    pub(super) preflights: Vec<Preflight>,
    /// All tokens that were used. A report must not show them.
    pub(super) tokens: Vec<String>,
    /// What else a report must not show: the bearer, and the ids of events.
    pub(super) secrets: Vec<String>,
}

impl Evidence {
    /// The recording that was watched for the whole time, as plain text.
    pub(super) fn watched(&self) -> Result<&Recording, Absence> {
        let probe = self.plain.as_ref().unwrap_or(&self.stream);
        probe.as_ref().map_err(|absence| *absence)
    }

    /// What the watched recording says, if it is a stream.
    pub(super) fn transcript(&self) -> Transcript {
        let watched = self.watched().ok().filter(|it| it.is_event_stream());
        let arrivals = watched.map_or(&[][..], |it| &it.arrivals);
        Transcript::of(arrivals)
    }

    /// The token of the URL.
    pub(super) fn token(&self) -> Option<&str> {
        self.url.token()
    }

    /// All recordings, with what they are of.
    pub(super) fn recordings(&self) -> impl Iterator<Item = (&'static str, &Recording)> {
        let plain = self.plain.as_ref().and_then(|it| it.as_ref().ok());
        let all = [
            ("stream", self.stream.as_ref().ok()),
            ("stream", plain),
            ("resumed stream", self.resumed.as_ref().ok()),
            ("second answer", self.reused.as_ref().ok()),
        ];
        all.into_iter().filter_map(|(name, it)| Some((name, it?)))
    }

    /// The text without secrets and without what a terminal would obey.
    pub(super) fn mask(&self, text: &str) -> String {
        let secrets = self.tokens.iter().chain(&self.secrets);
        let secrets = secrets.filter(|it| it.len() >= SECRET);
        let text = secrets.fold(text.to_owned(), |text, secret| text.replace(secret, MASK));
        printable(&text).into_owned()
    }
}
