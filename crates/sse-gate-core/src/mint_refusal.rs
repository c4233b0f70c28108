//! Why a request for a token was refused: [`MintRefusalReason`].

use crate::IssueErrorKind;

/// Why an endpoint that issues tokens refused a request, for metrics and logs.
///
/// The client is told less: see `sse_gate::mint`.
///
/// ```
/// use sse_gate_core::{CredentialReason, MintRefusalReason};
///
/// let reason = MintRefusalReason::Credential(CredentialReason::Expired);
/// assert_eq!(reason.as_str(), "expired");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MintRefusalReason {
    /// The method is not POST.
    Method,
    /// The path is not the endpoint's.
    Path,
    /// The caller did not prove who they are.
    Credential(CredentialReason),
    /// The body did not arrive in time.
    BodyTooSlow,
    /// The body is larger than the endpoint reads.
    BodyTooLarge,
    /// The body is not declared as JSON.
    BodyNotJson,
    /// The body broke off.
    BodyBroken,
    /// The subject has as many bodies under way as a subject may have.
    BodiesPerSubject,
    /// All subjects together have as many bodies under way, or as many bytes of them, as there may be.
    BodiesInAll,
    /// The caller may not open this stream.
    Forbidden,
    /// The stream does not exist.
    NotFound,
    /// The body is not what the authorizer expects.
    Unprocessable,
    /// The content of the body is too long for the authorizer.
    TooLarge,
    /// The authorizer says that the caller has too many of something.
    TooMany,
    /// The authorizer says that the service has no room for another stream.
    Busy,
    /// The authorizer can't decide now.
    Unavailable,
    /// The gate issued no token.
    NotIssued(IssueErrorKind),
}

/// What was wrong with a caller's credential, or with the attempt to check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialReason {
    /// The request has no credential.
    Missing,
    /// The credential is not well-formed, or there are two.
    Malformed,
    /// The credential is longer than the authenticator reads.
    TooLarge,
    /// The credential is well-formed, but not of the right kind. For example, it is not a JWT.
    Unreadable,
    /// The credential has expired.
    Expired,
    /// The credential is not valid yet.
    NotYetValid,
    /// The credential is from another issuer.
    Issuer,
    /// The credential is for another audience.
    Audience,
    /// The signature is not by the expected key.
    Signature,
    /// The issuer has no key of the name that the credential gives.
    UnknownKey,
    /// The credential names another algorithm than that of the key.
    Algorithm,
    /// The credential is a token of another type, or needs an extension.
    Type,
    /// A claim is missing, or has a wrong value.
    Claims,
    /// The credential is bad, and the authenticator does not say why.
    Invalid,
    /// The credential is a cookie, and a page of another origin has sent it.
    Origin,
    /// The credential could not be checked.
    Unavailable,
}

impl MintRefusalReason {
    /// A short name, fit for a metric's label. No two reasons share one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::Credential(reason) => reason.as_str(),
            Self::BodyTooSlow => "body_too_slow",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyNotJson => "body_not_json",
            Self::BodyBroken => "body_broken",
            Self::BodiesPerSubject => "bodies_per_subject",
            Self::BodiesInAll => "bodies_in_all",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Unprocessable => "unprocessable",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Busy => "busy",
            Self::Unavailable => "authorizer_unavailable",
            Self::NotIssued(kind) => kind.as_str(),
        }
    }
}

impl CredentialReason {
    /// A short name, fit for a metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "no_credential",
            Self::Malformed => "malformed",
            Self::TooLarge => "credential_too_large",
            Self::Unreadable => "unreadable",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Issuer => "wrong_issuer",
            Self::Audience => "wrong_audience",
            Self::Signature => "wrong_signature",
            Self::UnknownKey => "unknown_key",
            Self::Algorithm => "wrong_algorithm",
            Self::Type => "wrong_type",
            Self::Claims => "bad_claims",
            Self::Invalid => "unauthenticated",
            Self::Origin => "foreign_origin",
            Self::Unavailable => "credential_unchecked",
        }
    }
}
