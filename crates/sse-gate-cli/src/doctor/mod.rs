//! `sse-gate doctor`: probes a stream through its proxies, and says what is wrong.
//!
//! | file | what it does |
//! |---|---|
//! | `probe` | sends requests, one after the other |
//! | `requests` | builds them |
//! | `client` | notes when the parts of an answer arrive |
//! | `evidence` | holds what was seen |
//! | `checks` | judges it, one file for each check |
//! | `report` | shows the findings |

mod args;
mod checks;
mod client;
mod evidence;
mod finding;
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
            let mut text = format!("error: {error}");
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                text.push_str(": ");
                text.push_str(&error.to_string());
                cause = error.source();
            }
            let _ = writeln!(anstream::stderr(), "{text}");
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

fn bearer(name: &str) -> Result<String, ProbeError> {
    let value = std::env::var(name).ok();
    let value = value.map(|it| it.trim().to_owned());
    let value = value.filter(|it| !it.is_empty());
    value.ok_or_else(|| ProbeError::new(format!("there is no bearer in the variable {name}")))
}
