//! The part of a resume id that can't be forged: [`Tag`].

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sse_gate_core::{Resource, Subject};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::keys::ResumeKey;
use super::{SCHEME, SessionId};
use crate::log::LogEpoch;

/// What the derived keys are for (the `info` of RFC 5869 §2.3).
const PURPOSE: &[u8] = b"sse-gate/resume-id/1";

/// The first 16 bytes of an HMAC-SHA256 (RFC 2104, truncated as its §5 allows).
#[derive(Clone, Copy)]
pub(crate) struct Tag([u8; 16]);

/// What a tag covers beside the version and the key's name, and the salt of the session's key.
#[derive(Clone, Copy)]
pub(crate) struct TagContext<'a> {
    pub(crate) session: SessionId,
    pub(crate) generation: u64,
    pub(crate) salt: &'a [u8; 32],
    pub(crate) epoch: LogEpoch,
    pub(crate) resource: &'a Resource,
    pub(crate) subject: &'a Subject,
}

impl Tag {
    pub(crate) fn new(key: &ResumeKey, context: &TagContext<'_>) -> Self {
        let mut mac = keyed(key, context.salt);
        for part in [
            SCHEME.as_bytes(),
            &[key.kid()],
            context.session.as_bytes(),
            &context.generation.to_be_bytes(),
            &context.epoch.to_bytes(),
            context.resource.as_bytes(),
            context.subject.as_str().as_bytes(),
        ] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        Self(std::array::from_fn(|place| full[place]))
    }

    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Whether both are the same. It takes the same time wherever they differ.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The HMAC under a session's own key.
fn keyed(key: &ResumeKey, salt: &[u8; 32]) -> Hmac<Sha256> {
    let mut own = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), key.secret())
        .expand(PURPOSE, &mut *own)
        .expect("32 bytes are one block of HKDF-SHA256");
    Hmac::new_from_slice(&*own).expect("HMAC takes a key of any length")
}
