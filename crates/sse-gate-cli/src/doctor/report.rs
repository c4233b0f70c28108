//! The report, as text or as JSON: [`text`], [`json`].

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Map, json};

use super::evidence::Evidence;
use super::finding::{Finding, Verdict};

/// A finding for each check, by the name of the check.
pub(super) type Findings = [(&'static str, Finding)];

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

const fn look(verdict: Verdict) -> (char, Style) {
    match verdict {
        Verdict::Good => ('✓', AnsiColor::Green.on_default()),
        Verdict::Note => ('!', AnsiColor::Yellow.on_default()),
        Verdict::Wrong => ('✗', AnsiColor::Red.on_default()),
        Verdict::Unseen => ('-', DIM),
    }
}

/// Writes the report for people.
pub(super) fn text(
    out: &mut impl Write,
    evidence: &Evidence,
    findings: &Findings,
) -> io::Result<()> {
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}",
        evidence.mask(&evidence.url.to_string())
    )?;
    for (check, finding) in findings {
        let (sign, style) = look(finding.verdict);
        let seen = evidence.mask(&finding.seen);
        writeln!(out, "{style}{sign} {check:12}{style:#} {seen}")?;
        for (product, setting) in finding.advice {
            writeln!(out, "    {DIM}{product:10}{DIM:#} {setting}")?;
        }
    }
    let (wrong, notes) = counts(findings);
    let (_, style) = look(if wrong == 0 {
        Verdict::Good
    } else {
        Verdict::Wrong
    });
    match wrong {
        0 => writeln!(out, "{style}all is well{style:#}, notes: {notes}"),
        _ => writeln!(out, "{style}wrong: {wrong}{style:#}, notes: {notes}"),
    }
}

/// Writes a line of JSON for each finding, and one for the whole.
pub(super) fn json(
    out: &mut impl Write,
    evidence: &Evidence,
    findings: &Findings,
) -> io::Result<()> {
    for (check, finding) in findings {
        let advice: Map<_, _> = finding
            .advice
            .iter()
            .map(|(product, setting)| ((*product).to_owned(), json!(setting)))
            .collect();
        let line = json!({
            "type": "finding",
            "check": check,
            "verdict": finding.verdict.name(),
            "seen": evidence.mask(&finding.seen),
            "advice": advice,
        });
        writeln!(out, "{line}")?;
    }
    let (wrong, notes) = counts(findings);
    let url = evidence.mask(&evidence.url.to_string());
    let line = json!({ "type": "summary", "url": url, "wrong": wrong, "notes": notes });
    writeln!(out, "{line}")
}

fn counts(findings: &Findings) -> (usize, usize) {
    let count = |verdict| {
        findings
            .iter()
            .filter(|(_, it)| it.verdict == verdict)
            .count()
    };
    (count(Verdict::Wrong), count(Verdict::Note))
}
