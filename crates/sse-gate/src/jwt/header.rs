//! What a JWT says of itself: [`Header`].

use jsonwebtoken::Algorithm;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use sse_gate_core::CredentialReason;

use super::{KeyId, fault};
use crate::mint::AuthError;

/// The members that matter (RFC 7515 §4.1). A member that stands twice is an error.
#[derive(Deserialize)]
pub(super) struct Header {
    alg: String,
    #[serde(default, deserialize_with = "present")]
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

impl Header {
    /// The header in this JSON text. It must be that of an access token that asks for no extension.
    pub(super) fn read(json: &[u8]) -> Result<Self, AuthError> {
        let header: Self = serde_json::from_slice(json)
            .map_err(|_| fault(CredentialReason::Unreadable, "its header can't be read"))?;
        if header.crit.is_some() {
            return Err(fault(CredentialReason::Type, "it has critical extensions"));
        }
        if header.typ.as_deref().is_some_and(is_other_type) {
            return Err(fault(CredentialReason::Type, "it is of another type"));
        }
        Ok(header)
    }

    /// The algorithm (RFC 7518 §3.1); an error for `none` and for one that no key can have.
    pub(super) fn algorithm(&self) -> Result<Algorithm, AuthError> {
        let unknown = |_| {
            fault(
                CredentialReason::Algorithm,
                "its algorithm is not supported",
            )
        };
        self.alg.parse().map_err(unknown)
    }

    /// Which key it names. No key has an id that is too long or has control characters.
    pub(super) fn key_id(&self) -> Result<Option<KeyId>, AuthError> {
        let id = self.kid.as_deref().map(KeyId::new).transpose();
        id.map_err(|error| AuthError::of(CredentialReason::UnknownKey).because(error))
    }
}

/// A value that is there, whatever it is: `null` is there, too.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// RFC 7515 §4.1.9: a media type, in any case, with or without its `application/`.
fn is_other_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    !matches!(typ, "jwt" | "at+jwt")
}
