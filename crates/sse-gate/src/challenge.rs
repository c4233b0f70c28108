//! What a 401 asks for (RFC 6750 §3). Always one of two, so that none tells more than the other.

/// Nothing was shown: no error is named (RFC 6750 §3.1).
pub(crate) const MISSING: &str = r#"Bearer realm="sse""#;

/// What was shown is no good, whatever the reason.
pub(crate) const INVALID_TOKEN: &str = r#"Bearer realm="sse", error="invalid_token""#;

/// The request shows credentials in a way that is not allowed.
pub(crate) const INVALID_REQUEST: &str = r#"Bearer realm="sse", error="invalid_request""#;
