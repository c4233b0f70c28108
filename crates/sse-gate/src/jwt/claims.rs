//! What a JWT says: [`Claims`], and whether it is in force.

use serde::Deserialize;
use serde_json::Number;
use sse_gate_core::{Subject, Timestamp};

use crate::mint::{Identity, Unauthenticated};

/// The claims that are looked at (RFC 7519 §4.1). A member that stands twice is an error.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: String,
    exp: Number,
    nbf: Option<Number>,
    iat: Option<Number>,
}

impl Claims {
    /// The identity that they make, at `now` and with `leeway` milliseconds for clocks that differ.
    pub(super) fn identity(self, now: Timestamp, leeway: u64) -> Result<Identity, Unauthenticated> {
        let exp = moment(&self.exp).ok_or_else(|| invalid("exp is not a date"))?;
        if later(exp, leeway).has_passed(now) {
            return Err(invalid("it has expired"));
        }
        for begin in [&self.nbf, &self.iat].into_iter().flatten() {
            let begin = moment(begin).ok_or_else(|| invalid("nbf or iat is not a date"))?;
            if begin > later(now, leeway) {
                return Err(invalid("it is not yet in force"));
            }
        }
        let subject =
            Subject::new(self.sub).map_err(|error| Unauthenticated::invalid().because(error))?;
        Ok(Identity::new(subject).with_expiry(exp))
    }
}

fn invalid(why: &'static str) -> Unauthenticated {
    Unauthenticated::invalid().because(why)
}

fn later(moment: Timestamp, millis: u64) -> Timestamp {
    Timestamp::from_unix_millis(moment.as_unix_millis().saturating_add(millis))
}

/// A `NumericDate` (RFC 7519 §2): seconds since the epoch, whole or not. None is before it.
fn moment(date: &Number) -> Option<Timestamp> {
    if let Some(secs) = date.as_u64() {
        return Some(Timestamp::from_unix_secs(secs));
    }
    let secs = date
        .as_f64()
        .filter(|secs| *secs >= 0.0 && secs.is_finite())?;
    // A cast from a float saturates: what is too far off never comes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative ones are out already, and saturation is what is wanted"
    )]
    let millis = (secs * 1000.0) as u64;
    Some(Timestamp::from_unix_millis(millis))
}
