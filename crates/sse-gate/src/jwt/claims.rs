//! What a JWT says: [`Claims`], and whether it is in force.

use serde::{Deserialize, Deserializer};
use serde_json::Number;
use sse_gate_core::{CredentialReason, Subject, Timestamp};

use super::fault;
use crate::mint::{AuthError, Identity};

/// The registered claims (RFC 7519 §4.1). One of another type is an error, `null` included, and so is
/// one that stands twice.
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

/// What is expected of claims.
#[derive(Clone)]
pub(super) struct Expected {
    pub(super) issuers: Vec<Box<str>>,
    /// None if whatever audience is good.
    pub(super) audiences: Option<Vec<Box<str>>>,
    /// How far the issuer's clock may differ, in milliseconds.
    pub(super) leeway: u64,
}

impl Claims {
    /// The identity that they make at `now`. It ends when they do. One that is past its `exp`, and
    /// let in by the leeway, ends with the leeway: it would have ended already otherwise.
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
            return Err(fault(CredentialReason::Issuer, "its issuer is another"));
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

/// A value that is there. `null` is none of any of these types.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

fn later(moment: Timestamp, millis: u64) -> Timestamp {
    Timestamp::from_unix_millis(moment.as_unix_millis().saturating_add(millis))
}

/// A `NumericDate` (RFC 7519 §2): seconds since the epoch, whole or not. None is before it.
fn moment(date: &Number) -> Result<Timestamp, AuthError> {
    if let Some(secs) = date.as_u64() {
        return Ok(Timestamp::from_unix_secs(secs));
    }
    // 2^64: whole or not, the same dates are too far off.
    let secs = date
        .as_f64()
        .filter(|secs| (0.0..1.844_674_407_370_955_2e19).contains(secs));
    let Some(secs) = secs else {
        return Err(fault(CredentialReason::Claims, "one of its dates is none"));
    };
    // A cast from a float saturates: what is too far off never comes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative ones are out already, and saturation is what is wanted"
    )]
    let millis = (secs * 1000.0) as u64;
    Ok(Timestamp::from_unix_millis(millis))
}
