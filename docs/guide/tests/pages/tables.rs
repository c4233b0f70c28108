//! Reasons and metrics are those of the code.

use sse_gate::GateRejection;
use sse_gate::core::{Cap, CredentialReason, IssueErrorKind, MintRefusalReason, RefusalReason};

use crate::pages;

const REFUSALS: &str = include_str!("../../pages/refusals.md");

/// Every rejection but that of bad tokens, which have a table of their own.
const REJECTIONS: [GateRejection; 14] = [
    GateRejection::Method,
    GateRejection::Route,
    GateRejection::QueryTooLong,
    GateRejection::EarlyData,
    GateRejection::Body,
    GateRejection::Prefetch,
    GateRejection::FetchMetadata,
    GateRejection::Accept,
    GateRejection::Origin,
    GateRejection::Capacity,
    GateRejection::NoToken,
    GateRejection::ManyTokens,
    GateRejection::Unavailable,
    GateRejection::SubjectCapacity,
];

const BAD_TOKENS: [RefusalReason; 6] = [
    RefusalReason::Malformed,
    RefusalReason::Unknown,
    RefusalReason::Used,
    RefusalReason::Expired,
    RefusalReason::Withdrawn,
    RefusalReason::Corrupt,
];

fn mint_reasons() -> Vec<MintRefusalReason> {
    use MintRefusalReason as Reason;
    let credentials = [
        CredentialReason::Missing,
        CredentialReason::Malformed,
        CredentialReason::TooLarge,
        CredentialReason::Unreadable,
        CredentialReason::Expired,
        CredentialReason::NotYetValid,
        CredentialReason::Issuer,
        CredentialReason::Audience,
        CredentialReason::Signature,
        CredentialReason::UnknownKey,
        CredentialReason::Algorithm,
        CredentialReason::Type,
        CredentialReason::Claims,
        CredentialReason::Invalid,
        CredentialReason::Origin,
        CredentialReason::Unavailable,
    ];
    let kinds = [
        IssueErrorKind::CredentialExpired,
        IssueErrorKind::Withdrawn,
        IssueErrorKind::NoEntropy,
        IssueErrorKind::StoreUnavailable,
        IssueErrorKind::Full(Cap::TokensPerSubject),
        IssueErrorKind::Full(Cap::TokensInAll),
        IssueErrorKind::Full(Cap::PayloadPerToken),
        IssueErrorKind::Full(Cap::PayloadPerSubject),
        IssueErrorKind::Full(Cap::PayloadInAll),
    ];
    let own = [
        Reason::Method,
        Reason::Path,
        Reason::BodyTooSlow,
        Reason::BodyTooLarge,
        Reason::BodyNotJson,
        Reason::BodyBroken,
        Reason::BodiesPerSubject,
        Reason::BodiesInAll,
        Reason::Forbidden,
        Reason::NotFound,
        Reason::Unprocessable,
        Reason::TooLarge,
        Reason::TooMany,
        Reason::Busy,
        Reason::Unavailable,
    ];
    let credentials = credentials.map(Reason::Credential);
    let kinds = kinds.map(Reason::NotIssued);
    own.into_iter().chain(credentials).chain(kinds).collect()
}

/// The part of the page under this heading.
fn under(heading: &str) -> &'static str {
    let (_, rest) = REFUSALS.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

#[test]
fn every_rejection_has_its_row() {
    let table = under("At the stream: turned away");
    for rejection in REJECTIONS {
        let row = format!(
            "| `{}` | {} |",
            rejection.as_str(),
            rejection.status().as_u16()
        );
        assert!(table.contains(&row), "no row {row}");
    }
}

#[test]
fn every_kind_of_bad_token_has_its_row() {
    let table = under("At the stream: the token is no good");
    for reason in BAD_TOKENS {
        assert!(
            table.contains(&format!("| `{}` |", reason.as_str())),
            "{reason:?}"
        );
    }
}

#[test]
fn every_refusal_at_the_mint_has_its_row() {
    let table = under("At the mint");
    for reason in mint_reasons() {
        assert!(
            table.contains(&format!("`{}`", reason.as_str())),
            "{reason:?}"
        );
    }
}

#[test]
fn metrics_that_pages_name_are_there() {
    let code = include_str!("../../../../crates/sse-gate/src/metrics.rs");
    for (page, text) in pages() {
        let rest = text.split("sse_gate_").skip(1);
        let names = rest.map(|rest| {
            let end = rest.find(|char: char| !char.is_ascii_lowercase() && char != '_');
            format!("\"sse_gate_{}\"", &rest[..end.unwrap_or(rest.len())])
        });
        // `sse_gate_core` and the like are crates.
        for name in names.filter(|name| name.contains("_total") || name.contains("_connection")) {
            assert!(code.contains(&name), "{page} names {name}");
        }
    }
}

#[test]
fn the_store_that_is_shown_is_the_store_that_is_tested() {
    let page = include_str!("../../pages/stores.md");
    assert!(page.contains(include_str!("../../src/one_lock.rs")));
    assert!(page.contains(include_str!("../../src/contended.rs")));
}
