//! What a JWT says of itself: [`Header`].

use base64ct::{Base64UrlUnpadded, Encoding};
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde::de::IgnoredAny;
use sse_gate_core::CredentialReason;

use super::fault;
use crate::mint::AuthError;

/// The members that are looked at (RFC 7515 §4.1). One that stands twice is an error.
#[derive(Deserialize)]
pub(super) struct Header {
    alg: String,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

impl Header {
    /// The header of a JWT in its compact serialisation, three parts (RFC 7515 §7.1).
    pub(super) fn read(jwt: &str) -> Result<Self, AuthError> {
        let unreadable = |what| fault(CredentialReason::Unreadable, what);
        let mut parts = jwt.split('.');
        let (Some(header), Some(_), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(unreadable("it has not three parts"));
        };
        let json = Base64UrlUnpadded::decode_vec(header);
        let json = json.map_err(|_| unreadable("its header is no base64url"))?;
        serde_json::from_slice(&json).map_err(|_| unreadable("its header can't be read"))
    }

    /// Whether it is a JWT of this algorithm that asks for nothing more.
    pub(super) fn check(&self, algorithm: Algorithm) -> Result<(), AuthError> {
        // The names of the variants are those of the algorithms (RFC 7518 §3.1).
        if self.alg != format!("{algorithm:?}") {
            return Err(fault(
                CredentialReason::Algorithm,
                "it names another algorithm",
            ));
        }
        if self.crit.is_some() {
            return Err(fault(CredentialReason::Type, "it has critical extensions"));
        }
        if self.typ.as_deref().is_some_and(|typ| !is_access_token(typ)) {
            return Err(fault(CredentialReason::Type, "it is of another type"));
        }
        Ok(())
    }
}

/// RFC 7515 §4.1.9: a media type, in any case, with or without its `application/`.
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(
        typ.strip_prefix("application/").unwrap_or(&typ),
        "jwt" | "at+jwt"
    )
}
