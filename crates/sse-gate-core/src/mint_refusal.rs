//! Why a request for a token was refused: [`MintRefusalReason`].

use crate::IssueErrorKind;

/// Why an endpoint that issues tokens refused a request, for metrics and logs.
///
/// The client is told less: see `sse_gate::mint`.
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
    /// The subject has as many bodies under way as one may have.
    BodiesPerSubject,
    /// As many bodies are under way, or as many of their bytes, as there may be in all.
    BodiesInAll,
    /// The stream is not the caller's.
    Forbidden,
    /// There is no such stream.
    NotFound,
    /// The body does not say what it should.
    Unprocessable,
    /// What the body says is too long.
    TooLarge,
    /// The caller has as many of something as one caller may have.
    TooMany,
    /// There is no room for another stream, of any caller.
    Busy,
    /// What decides about the request can't be asked.
    Unavailable,
    /// The gate issued no token.
    NotIssued(IssueErrorKind),
}

/// What was wrong with a caller's credential, or with the attempt to check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialReason {
    /// The request shows none.
    Missing,
    /// It is not spelled as a credential is, or there are two.
    Malformed,
    /// It is longer than is looked at.
    TooLarge,
    /// It is spelled as a credential is, and can't be read as one of its kind: it is no JWT, say.
    Unreadable,
    /// It is past its end.
    Expired,
    /// Its beginning is still ahead.
    NotYetValid,
    /// Another issuer made it.
    Issuer,
    /// It was made for another audience.
    Audience,
    /// Its signature is not one of the expected key's.
    Signature,
    /// It names a key that the issuer does not have.
    UnknownKey,
    /// It names another algorithm than the key's.
    Algorithm,
    /// It is a token of another type, or asks for an extension.
    Type,
    /// One of its claims is missing, or is not what it should be.
    Claims,
    /// It is not good, and the authenticator does not say why.
    Invalid,
    /// It is a cookie, and a page of another origin has sent it.
    Origin,
    /// It could not be checked.
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
