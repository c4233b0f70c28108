//! The spelling of a JWT: [`Compact`].

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use jsonwebtoken::crypto;
use jsonwebtoken::errors::ErrorKind;
use sse_gate_core::CredentialReason;

use super::{JwtKey, fault};
use crate::mint::AuthError;

/// A JWT in its compact serialisation: three parts with dots between them (RFC 7515 §7.1).
///
/// Nothing of it is verified before [`verify`](Self::verify) has succeeded. Base64url is read strictly:
/// without padding, and with no bits left over, so that one text stands for one content.
pub(super) struct Compact<'a> {
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
    /// The header and the claims, as they are signed.
    signed: &'a str,
}

impl<'a> Compact<'a> {
    pub(super) fn parse(jwt: &'a str) -> Result<Self, AuthError> {
        let mut parts = jwt.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(unreadable("it does not have three parts"));
        };
        Ok(Self {
            header,
            claims,
            signature,
            signed: &jwt[..header.len() + 1 + claims.len()],
        })
    }

    pub(super) fn header(&self) -> Result<Vec<u8>, AuthError> {
        let json = BASE64_URL_SAFE_NO_PAD.decode(self.header);
        json.map_err(|_| unreadable("its header is not base64url"))
    }

    pub(super) fn claims(&self) -> Result<Vec<u8>, AuthError> {
        let json = BASE64_URL_SAFE_NO_PAD.decode(self.claims);
        json.map_err(|_| unreadable("its claims are not base64url"))
    }

    /// Whether the signature is the key's, by the key's algorithm and no other.
    pub(super) fn verify(&self, key: &JwtKey) -> Result<(), AuthError> {
        let verified = crypto::verify(
            self.signature,
            self.signed.as_bytes(),
            key.decoding_key(),
            key.algorithm(),
        );
        match verified {
            Ok(true) => Ok(()),
            // The backend's errors are not kept: some of their kinds quote the JWT.
            Err(error) if matches!(error.kind(), ErrorKind::Base64(_)) => {
                Err(unreadable("its signature is not base64url"))
            }
            _ => Err(fault(
                CredentialReason::Signature,
                "its signature is not the key's",
            )),
        }
    }
}

fn unreadable(what: &'static str) -> AuthError {
    fault(CredentialReason::Unreadable, what)
}
