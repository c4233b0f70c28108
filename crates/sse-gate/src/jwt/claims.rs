//! What a JWT says: [`Claims`], and whether it is in force now.

use serde::{Deserialize, Deserializer};
use serde_json::Number;
use sse_gate_core::{CredentialReason, Subject, Timestamp};

use super::fault;
use crate::mint::{AuthError, Identity};

/// The registered claims (RFC 7519 §4.1). A claim of another type is an error, `null` included. A claim
/// that stands twice is an error, too.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: String,
    exp: Number,
    #[serde(default, deserialize_with = "present")]
    iss: Option<String>,
    #[serde(default, deserialize_with = "present")]
    aud: Option<Audience>,
    #[serde(default, deserialize_with = "present")]
    nbf: Option<Number>,
    #[serde(default, deserialize_with = "present")]
    iat: Option<Number>,
    #[serde(default, rename = "jti", deserialize_with = "present")]
    _jti: Option<String>,
}

/// One name or a list of them (RFC 7519 §4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// What claims must say.
#[derive(Clone)]
pub(super) struct Expected {
    pub(super) issuers: Vec<Box<str>>,
    /// `None` takes any audience.
    pub(super) audiences: Option<Vec<Box<str>>>,
    /// How far the issuer's clock may differ, in milliseconds.
    pub(super) leeway: u64,
}

impl Claims {
    /// The claims in this JSON text.
    pub(super) fn read(json: &[u8]) -> Result<Self, AuthError> {
        // The error is not kept: it may quote the JWT.
        serde_json::from_slice(json).map_err(|_| {
            let what = "one of its claims is missing, doubled, or of another type";
            fault(CredentialReason::Claims, what)
        })
    }

    /// The identity that the claims make at `now`. It ends at `exp`. If the leeway lets a JWT in after
    /// that, the identity ends with the leeway.
    pub(super) fn identity(
        self,
        now: Timestamp,
        expected: &Expected,
    ) -> Result<Identity, AuthError> {
        if !self
            .iss
            .as_ref()
            .is_some_and(|it| is_in(&expected.issuers, it))
        {
            return Err(fault(CredentialReason::Issuer, "another issuer made it"));
        }
        if let Some(audiences) = &expected.audiences
            && !self
                .aud
                .as_ref()
                .is_some_and(|aud| aud.is_one_of(audiences))
        {
            return Err(fault(
                CredentialReason::Audience,
                "it was made for another audience",
            ));
        }
        let mut end = moment(&self.exp)?;
        if end.has_passed(now) {
            end = later(end, expected.leeway);
        }
        if end.has_passed(now) {
            return Err(fault(CredentialReason::Expired, "it has expired"));
        }
        for begin in [&self.nbf, &self.iat].into_iter().flatten() {
            if moment(begin)? > later(now, expected.leeway) {
                return Err(fault(
                    CredentialReason::NotYetValid,
                    "it is not yet in force",
                ));
            }
        }
        // The error does not print the name.
        let subject = Subject::new(self.sub);
        let subject =
            subject.map_err(|error| AuthError::of(CredentialReason::Claims).because(error))?;
        Ok(Identity::new(subject).with_expiry(end))
    }
}

impl Audience {
    fn is_one_of(&self, expected: &[Box<str>]) -> bool {
        match self {
            Self::One(name) => is_in(expected, name),
            Self::Many(names) => names.iter().any(|name| is_in(expected, name)),
        }
    }
}

fn is_in(names: &[Box<str>], name: &str) -> bool {
    names.iter().any(|it| **it == *name)
}

/// A value that is there. `null` has none of these types.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

fn later(moment: Timestamp, millis: u64) -> Timestamp {
    Timestamp::from_unix_millis(moment.as_unix_millis().saturating_add(millis))
}

/// A `NumericDate` (RFC 7519 §2): seconds since the epoch, with or without a fraction, never negative.
fn moment(date: &Number) -> Result<Timestamp, AuthError> {
    if let Some(secs) = date.as_u64() {
        return Ok(Timestamp::from_unix_secs(secs));
    }
    // Below 2^64 seconds, as for whole numbers.
    let secs = date
        .as_f64()
        .filter(|secs| (0.0..1.844_674_407_370_955_2e19).contains(secs));
    let Some(secs) = secs else {
        return Err(fault(
            CredentialReason::Claims,
            "one of its dates is out of range",
        ));
    };
    // A cast from a float saturates, so a date that is too far off never comes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative dates are refused above, and saturation is right for large ones"
    )]
    let millis = (secs * 1000.0) as u64;
    Ok(Timestamp::from_unix_millis(millis))
}
