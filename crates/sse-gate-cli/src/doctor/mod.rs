//! `sse-gate doctor`: probes a stream through its proxies, and says what is wrong.
//!
//! | file | what it does |
//! |---|---|
//! | `probe` | sends requests, one after the other |
//! | `requests` | builds them |
//! | `client` | notes when the parts of an answer arrive |
//! | `transcript` | reads the comments, the ids and the end out of a stream |
//! | `minted` | finds the stream of a mint's answer |
//! | `evidence` | holds what was seen |
//! | `checks` | judges it, one file for each check |
//! | `finding` | is what a check says: a verdict, what was seen, and what to do |
//! | `report` | shows the findings |
//! | `url` | is a URL that shows no secret |
//!
//! The requests, each with a token of its own if there is a mint:
//!
//! | request | for which checks |
//! |---|---|
//! | the stream, with the encodings that browsers offer, read for `--idle` seconds | all but those below |
//! | the stream without an offer, if the first one was compressed | `buffering`, `idle`, `resume` |
//! | the URL of the stream that was read, with the id of its last event | `resume` |
//! | the same URL without an id | `token` |
//! | the preflights of a page at `--origin` | `cors` |
//!
//! A mint that does work for each token, such as one that asks a language model, does it up to twice.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | nothing is wrong. There may be notes, and checks that saw nothing |
//! | 1 | something is wrong |
//! | 2 | the deployment could not be probed, or the arguments are wrong |
//!
//! How to read a report: begin at the top. A check that fails early, such as `status` or `redirects`, leaves those below it
//! `unseen`. Mend it, and run `doctor` again. Then run it against the server itself: what is wrong there as well is not the
//! proxy's.

mod args;
mod checks;
mod client;
mod evidence;
mod finding;
mod minted;
mod probe;
mod report;
mod requests;
#[cfg(test)]
mod sample;
mod transcript;
mod url;

use std::io::{IsTerminal, Write, stdout};
use std::process::ExitCode;
use std::time::Duration;

pub(crate) use args::DoctorArgs;
use client::ProbeError;
use finding::Verdict;
use probe::{Plan, Prober};

use crate::causes::with_causes;
use crate::printable::printable_line;

/// Something is wrong with the deployment.
const WRONG: u8 = 1;

/// The deployment could not be probed.
const NOT_PROBED: u8 = 2;

/// Probes the deployment, and prints the report.
pub(crate) async fn run(args: DoctorArgs) -> ExitCode {
    let is_text = !args.json && stdout().is_terminal();
    match probe(args, is_text).await {
        Ok(false) => ExitCode::SUCCESS,
        Ok(true) => ExitCode::from(WRONG),
        Err(error) => {
            let text = printable_line(&with_causes(&error));
            let _ = writeln!(anstream::stderr(), "error: {text}");
            ExitCode::from(NOT_PROBED)
        }
    }
}

/// Whether something is wrong.
async fn probe(args: DoctorArgs, is_text: bool) -> Result<bool, ProbeError> {
    let bearer = args.bearer_env.as_deref().map(bearer).transpose()?;
    let plan = Plan {
        url: args.url,
        mint: args.mint,
        data: args.data.unwrap_or_default(),
        bearer,
        origin: args.origin,
        idle: Duration::from_secs(args.idle),
    };
    if is_text {
        let _ = writeln!(
            anstream::stderr(),
            "watching {} for {} s …",
            plan.url,
            args.idle
        );
    }
    let evidence = Prober::new(plan)?.run().await?;
    let findings = checks::all(&evidence);
    let printed = if is_text {
        report::text(&mut anstream::stdout(), &evidence, &findings)
    } else {
        report::json(&mut stdout(), &evidence, &findings)
    };
    // A reader that has seen enough gets the exit code all the same.
    let _ = printed;
    Ok(findings.iter().any(|(_, it)| it.verdict == Verdict::Wrong))
}

/// The bearer in this variable.
fn bearer(name: &str) -> Result<String, ProbeError> {
    let value = std::env::var(name).ok();
    let value = value.map(|it| it.trim().to_owned());
    let value = value.filter(|it| !it.is_empty());
    value.ok_or_else(|| ProbeError::new(format!("there is no bearer in the variable {name}")))
}
