//! Whether a page of another origin may read the stream.
//!
//! It needs `--origin`. The stream itself is asked for with that `Origin`, and its answer must allow it. Then the
//! preflights follow that a browser sends: for `GET` with `Last-Event-ID` at the stream, which clients on `fetch`
//! need and a native `EventSource` does not, and for `POST` with `Authorization` at the mint.
//!
//! | fault | what a page sees |
//! |---|---|
//! | no `Access-Control-Allow-Origin` at the stream, or another origin | `error`, and nothing of the stream |
//! | a preflight without an answer, or with another status than 2xx | the promise of `fetch` rejects |
//! | a preflight that does not allow the header | the same |
//!
//! A star allows all origins, and all headers but `Authorization` (Fetch, "CORS-preflight fetch"). With cookies a star
//! is no star: then the answer has to name the origin, and `doctor` can't see this, as it has no cookie.
//!
//! A proxy that answers OPTIONS itself, or refuses what is neither GET nor POST, breaks the preflight although the
//! server would allow it. The CORS layer has to stand outside of the gate, as a preflight has no credential.

use super::stream;
use crate::doctor::client::Recording;
use crate::doctor::evidence::{Evidence, Preflight};
use crate::doctor::finding::{Advice, Finding};

/// Sources for the CDNs:
///
/// - Cloudflare: "Response Header Transform Rules";
/// - CloudFront: Developer Guide, "Request and response behavior for custom origins", under CORS, and "Use managed
///   origin request policies";
/// - Fastly: VCL, `vcl_recv`: only GET and HEAD are looked up, so that OPTIONS is passed unless VCL says otherwise.
const ADVICE: Advice = &[
    (
        "server",
        "a CORS layer outside of the gate that allows the origin, and the headers Authorization and Last-Event-ID",
    ),
    (
        "nginx",
        "no `proxy_hide_header Access-Control-…`; OPTIONS must reach the server: no `limit_except`",
    ),
    (
        "Caddy",
        "no `header -Access-Control-…`; no `respond` to OPTIONS",
    ),
    (
        "HAProxy",
        "no `http-response del-header Access-Control-…`; no `http-request deny` of OPTIONS",
    ),
    (
        "Cloudflare",
        "no Response Header Transform Rule that removes Access-Control-…",
    ),
    (
        "CloudFront",
        "Allowed HTTP methods with OPTIONS; origin request policy AllViewer or AllViewerExceptHostHeader, so that Origin arrives",
    ),
    (
        "Fastly",
        "no `unset resp.http.Access-Control-…`; OPTIONS gets `return(pass)`",
    ),
];

/// Judges the stream and the preflights for the page's origin.
pub(super) fn check(evidence: &Evidence) -> Finding {
    let Some(origin) = &evidence.origin else {
        return Finding::unseen("give --origin if pages of another origin read the stream");
    };
    let stream = match stream(evidence) {
        Ok(stream) => stream,
        Err(finding) => return finding,
    };
    let mut faults = Vec::new();
    if let Some(fault) = not_allowed(stream, origin) {
        faults.push(format!("the stream has {fault}"));
    }
    faults.extend(
        evidence
            .preflights
            .iter()
            .filter_map(|it| preflight(it, origin)),
    );
    if faults.is_empty() {
        return Finding::good(format!(
            "{origin} may read the stream, and send its headers"
        ));
    }
    Finding::wrong(faults.join("; "), ADVICE)
}

/// What keeps the origin from reading an answer.
fn not_allowed(answer: &Recording, origin: &str) -> Option<String> {
    let allowed = answer.header("access-control-allow-origin");
    match allowed.as_str() {
        "*" => None,
        _ if allowed == origin => None,
        "" => Some("no Access-Control-Allow-Origin".to_owned()),
        other => Some(format!("Access-Control-Allow-Origin: {other}")),
    }
}

/// What is wrong with the answer to a preflight. A browser needs a status of 200 to 299, the origin, the
/// method unless it is GET or POST, and the header (Fetch, "CORS-preflight fetch").
fn preflight(preflight: &Preflight, origin: &str) -> Option<String> {
    let (of, method, header) = (preflight.of, preflight.method, preflight.header);
    let what = format!("the preflight of the {of} ({method}, {header})");
    let Some(answer) = &preflight.answer else {
        return Some(format!("{what} gets no answer"));
    };
    if !answer.status.is_success() {
        return Some(format!("{what} gets {}", answer.status));
    }
    if let Some(fault) = not_allowed(answer, origin) {
        return Some(format!("{what} has {fault}"));
    }
    let allowed = answer.header("access-control-allow-headers");
    let mut names = allowed.split(',').map(str::trim);
    // A star does not stand for `Authorization`.
    let is_allowed =
        names.any(|it| it.eq_ignore_ascii_case(header) || (it == "*" && header != "authorization"));
    (!is_allowed).then(|| format!("{what} does not allow {header}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;
    use crate::doctor::sample::{self, answer, evidence};

    const PAGE: &str = "https://page.example";
    const ALLOWED: (&str, &str) = ("access-control-allow-origin", PAGE);
    const HEADERS: &str = "access-control-allow-headers";

    fn preflight(header: &'static str, answer: Option<Recording>) -> Preflight {
        Preflight {
            of: "mint",
            method: "POST",
            header,
            answer,
        }
    }

    #[test]
    fn an_answer_has_to_name_the_origin_or_all() {
        for (headers, fault) in [
            (&[ALLOWED][..], None),
            (&[("access-control-allow-origin", "*")], None),
            (&[], Some("the stream has no Access-Control-Allow-Origin")),
            (
                &[("access-control-allow-origin", "https://other.example")],
                Some("the stream has Access-Control-Allow-Origin: https://other.example"),
            ),
        ] {
            let mut evidence = evidence(Ok(sample::stream(headers, &[])));
            assert_eq!(check(&evidence).verdict, Verdict::Unseen);
            evidence.origin = Some(PAGE.to_owned());
            let finding = check(&evidence);
            let good = "https://page.example may read the stream, and send its headers";
            assert_eq!(finding.seen, fault.unwrap_or(good));
            let is_wrong = finding.verdict == Verdict::Wrong;
            assert_eq!(is_wrong, fault.is_some(), "{headers:?}");
        }
    }

    /// A star stands for each header but `Authorization`.
    #[test]
    fn a_preflight_has_to_succeed_and_to_allow_the_header() {
        let id = "last-event-id";
        let bearer = "authorization";
        for (header, answer, fault) in [
            (id, Some(answer(204, &[ALLOWED, (HEADERS, "*")])), None),
            (
                id,
                Some(answer(200, &[ALLOWED, (HEADERS, "x, Last-Event-ID")])),
                None,
            ),
            (
                bearer,
                Some(answer(204, &[ALLOWED, (HEADERS, "Authorization")])),
                None,
            ),
            (
                bearer,
                Some(answer(204, &[ALLOWED, (HEADERS, "*")])),
                Some("does not allow authorization"),
            ),
            (
                id,
                Some(answer(204, &[ALLOWED, (HEADERS, "x")])),
                Some("does not allow last-event-id"),
            ),
            (
                id,
                Some(answer(204, &[(HEADERS, "*")])),
                Some("has no Access-Control-Allow-Origin"),
            ),
            (
                id,
                Some(answer(405, &[ALLOWED, (HEADERS, "*")])),
                Some("gets 405 Method Not Allowed"),
            ),
            (id, None, Some("gets no answer")),
        ] {
            let mut evidence = evidence(Ok(sample::stream(&[ALLOWED], &[])));
            evidence.origin = Some(PAGE.to_owned());
            evidence.preflights.push(preflight(header, answer));
            let finding = check(&evidence);
            let what = format!("the preflight of the mint (POST, {header})");
            let expected = fault.map_or(Verdict::Good, |_| Verdict::Wrong);
            assert_eq!(finding.verdict, expected, "{evidence:?}");
            if let Some(fault) = fault {
                assert_eq!(finding.seen, format!("{what} {fault}"));
            }
        }
    }
}
