//! The checks, one file for each. A check judges the evidence, and asks for nothing itself.
//!
//! | check | question |
//! |---|---|
//! | `status` | does an event stream come at all? |
//! | `redirects` | is a request sent elsewhere? |
//! | `accept` | does `Accept` arrive? |
//! | `buffering` | do events come when they are sent? |
//! | `idle` | does the stream stay open while it is silent? |
//! | `compression` | does something compress it? |
//! | `resume` | does `Last-Event-ID` arrive? |
//! | `caching` | may something keep it, or has it? |
//! | `cors` | may a page of another origin read it? |
//! | `token` | does the token stay where it belongs, and work once? |
//! | `http` | does a browser get HTTP/2? |
//!
//! To add one: a file with its verdicts in its header, an `ADVICE` with the vendors' pages beside it, a line in
//! `CHECKS`, a row in the README, and a row for each proxy in the tests that can break it.

mod accept;
mod buffering;
mod caching;
mod compression;
mod cors;
mod idle;
mod redirects;
mod resume;
mod status;
mod token;
mod version;

use std::time::Duration;

use super::client::Recording;
use super::evidence::{Absence, Evidence};
use super::finding::Finding;

type Check = fn(&Evidence) -> Finding;

/// All checks, in the order of the report.
const CHECKS: [(&str, Check); 11] = [
    ("status", status::check),
    ("redirects", redirects::check),
    ("accept", accept::check),
    ("buffering", buffering::check),
    ("idle", idle::check),
    ("compression", compression::check),
    ("resume", resume::check),
    ("caching", caching::check),
    ("cors", cors::check),
    ("token", token::check),
    ("http", version::check),
];

/// What all checks say.
pub(super) fn all(evidence: &Evidence) -> Vec<(&'static str, Finding)> {
    let findings = CHECKS.iter().map(|(name, check)| (*name, check(evidence)));
    findings.collect()
}

/// The stream as browsers ask for it, or what to say if there is none.
fn stream(evidence: &Evidence) -> Result<&Recording, Finding> {
    stream_of(evidence.stream.as_ref().map_err(|it| *it))
}

/// The stream that was watched, or what to say if there is none.
fn watched(evidence: &Evidence) -> Result<&Recording, Finding> {
    stream_of(evidence.watched())
}

fn stream_of(probe: Result<&Recording, Absence>) -> Result<&Recording, Finding> {
    match probe {
        Ok(recording) if recording.is_event_stream() => Ok(recording),
        Ok(_) => Err(Finding::unseen("no event stream came")),
        Err(absence) => Err(absent(absence)),
    }
}

/// What to say in place of a probe that was not made.
fn absent(absence: Absence) -> Finding {
    Finding::unseen(match absence {
        Absence::NotTried => "no event stream came",
        Absence::TokenSpent => "the URL opens one stream only: give --mint",
        Absence::NoToken => "the mint gave no second token",
        Absence::Silent => "no answer came",
        Absence::Broken => "the connection broke before an answer came",
    })
}

/// A time for people, in seconds.
fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
