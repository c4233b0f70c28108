//! The report, as text or as JSON: [`text()`], [`json()`].
//!
//! The JSON has a line for each check, in the order of the checks, and a line for the whole at the end:
//!
//! | `type` | member | what it is |
//! |---|---|---|
//! | `finding` | `check` | the name of the check, such as `buffering` |
//! | | `verdict` | `good`, `note`, `wrong` or `unseen` |
//! | | `seen` | what was seen, in words for people |
//! | | `advice` | an object: what to do, by product; empty if there is nothing to do |
//! | `summary` | `url` | the URL that was probed, after redirects |
//! | | `wrong`, `notes` | how many findings have these verdicts |
//!
//! ```json
//! {"type":"finding","check":"compression","verdict":"wrong","seen":"Content-Encoding: gzip: …","advice":{"nginx":"…"}}
//! {"type":"summary","url":"https://example.org/feed?token=***","wrong":1,"notes":0}
//! ```
//!
//! If the deployment can't be probed, there is no line at all, and the error is on standard error. `check` and `verdict` are
//! for programs, and stay. All texts go through [`Evidence::mask`], which removes tokens, the bearer, ids and what a
//! terminal would obey.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Map, json};

use super::evidence::Evidence;
use super::finding::{Finding, Verdict};

/// A finding for each check, by the name of the check.
pub(super) type Findings = [(&'static str, Finding)];

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The sign and the colour of a verdict.
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

/// How many findings are wrong, and how many are notes.
fn counts(findings: &Findings) -> (usize, usize) {
    let count = |verdict| {
        findings
            .iter()
            .filter(|(_, it)| it.verdict == verdict)
            .count()
    };
    (count(Verdict::Wrong), count(Verdict::Note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::evidence::Absence;
    use crate::doctor::sample;

    fn evidence() -> Evidence {
        sample::evidence(Err(Absence::Silent))
    }

    #[test]
    fn text_shows_no_secret_and_nothing_that_a_terminal_obeys() {
        let findings = [
            ("status", Finding::good("200")),
            ("cors", Finding::unseen("give --origin")),
            (
                "token",
                Finding::wrong("sset1_xyz, eyJ.secret, \u{1b}[2J", &[("nginx", "less")]),
            ),
        ];
        let mut out = anstream::StripStream::new(Vec::new());
        text(&mut out, &evidence(), &findings).expect("it is written");
        let shown = String::from_utf8(out.into_inner()).expect("it is text");
        let expected = "http://a/feed?token=***\n\
            ✓ status       200\n\
            - cors         give --origin\n\
            ✗ token        ***, ***, \\u{1b}[2J\n    \
                nginx      less\n\
            wrong: 1, notes: 0\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn text_ends_in_green_if_nothing_is_wrong_and_else_in_red() {
        let shown = |finding: Finding| {
            let mut out = Vec::new();
            text(&mut out, &evidence(), &[("status", finding)]).expect("it is written");
            String::from_utf8(out).expect("it is text")
        };
        let well = shown(Finding::note("slow", &[]));
        let end = "\u{1b}[32mall is well\u{1b}[0m, notes: 1\n";
        assert!(well.ends_with(end), "{well:?}");
        let wrong = shown(Finding::wrong("404", &[]));
        let end = "\u{1b}[31mwrong: 1\u{1b}[0m, notes: 0\n";
        assert!(wrong.ends_with(end), "{wrong:?}");
    }

    #[test]
    fn the_number_of_an_event_masks_no_other_number() {
        let mut evidence = evidence();
        evidence.secrets.push("2".to_owned());
        assert_eq!(evidence.mask("200 OK"), "200 OK");
    }

    #[test]
    fn each_line_of_json_stands_for_a_finding_but_the_last() {
        let findings = [("token", Finding::note("sset1_xyz", &[("nginx", "less")]))];
        let mut out = Vec::new();
        json(&mut out, &evidence(), &findings).expect("it is written");
        let lines = String::from_utf8(out).expect("it is text");
        let lines: Vec<serde_json::Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(
            lines,
            [
                json!({ "type": "finding", "check": "token", "verdict": "note",
                    "seen": "***", "advice": { "nginx": "less" } }),
                json!({ "type": "summary", "url": "http://a/feed?token=***", "wrong": 0, "notes": 1 }),
            ]
        );
    }
}
