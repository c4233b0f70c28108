//! Signs the JWT.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::{Deserialize, Serialize};

use crate::users::UserId;

/// Who issues the demo's JWTs and who they are for: their `iss` and their `aud`.
pub const AUDIENCE: &str = "sse-gate-demo";

/// How long a JWT is good for: one hour.
pub const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Signs JWTs for users who have shown their password.
pub struct Signer {
    key: EncodingKey,
}

/// What a JWT says. Times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: String,
    /// Who issued it.
    pub iss: String,
    /// Who it is for.
    pub aud: String,
    /// When it was issued.
    pub iat: u64,
    /// When it expires.
    pub exp: u64,
}

/// The answer to a login. The JWT is in here to be sent, and in no `Debug` output.
#[derive(Clone, Serialize)]
pub struct AccessToken {
    /// The JWT.
    pub access_token: String,
    /// How many seconds it is good for.
    pub expires_in: u64,
}

/// A JWT could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("a JWT could not be signed: {0}")]
pub struct SignError(#[from] jsonwebtoken::errors::Error);

impl Signer {
    /// A signer with this key, which a [`JwtSecret`](super::JwtSecret) gives.
    pub fn new(secret: &[u8]) -> Self {
        Self {
            key: EncodingKey::from_secret(secret),
        }
    }

    /// A JWT for the user, from now for [`LIFETIME`].
    pub fn sign(&self, user: &UserId) -> Result<AccessToken, SignError> {
        self.sign_at(user, SystemTime::now())
    }

    /// A JWT for the user, from `issued` for [`LIFETIME`]: one in the past is an expired JWT.
    pub fn sign_at(&self, user: &UserId, issued: SystemTime) -> Result<AccessToken, SignError> {
        let iat = issued
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let claims = Claims {
            sub: user.as_str().to_owned(),
            iss: AUDIENCE.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat,
            exp: iat + LIFETIME.as_secs(),
        };
        let access_token = encode(&Header::new(Algorithm::HS256), &claims, &self.key)?;
        Ok(AccessToken {
            access_token,
            expires_in: LIFETIME.as_secs(),
        })
    }
}

/// Redacted.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

/// Redacted.
impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode};

    use super::*;

    const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";

    fn read(token: &AccessToken, key: &[u8]) -> jsonwebtoken::errors::Result<Claims> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        decode(&token.access_token, &DecodingKey::from_secret(key), &rules).map(|jwt| jwt.claims)
    }

    #[test]
    fn a_signed_jwt_is_verified_with_all_its_claims() {
        let token = Signer::new(KEY).sign(&UserId::new("alice")).unwrap();
        let claims = read(&token, KEY).unwrap();
        assert_eq!(
            (claims.sub.as_str(), claims.exp - claims.iat),
            ("alice", 3600)
        );
        assert!(read(&token, &[7; 32]).is_err());
    }

    #[test]
    fn one_signed_long_ago_is_expired() {
        let long_ago = SystemTime::now() - 2 * LIFETIME;
        let token = Signer::new(KEY)
            .sign_at(&UserId::new("alice"), long_ago)
            .unwrap();
        let error = read(&token, KEY).unwrap_err();
        assert_eq!(
            *error.kind(),
            jsonwebtoken::errors::ErrorKind::ExpiredSignature
        );
    }

    #[test]
    fn the_answer_has_the_two_fields_and_its_debug_has_no_jwt() {
        let token = Signer::new(KEY).sign(&UserId::new("bob")).unwrap();
        let json = serde_json::to_value(&token).unwrap();
        assert_eq!(json["expires_in"], 3600);
        assert_eq!(json["access_token"], token.access_token);
        assert_eq!(json.as_object().unwrap().len(), 2);
        assert!(!format!("{token:?}").contains(&token.access_token));
        assert_eq!(format!("{:?}", Signer::new(KEY)), "Signer { .. }");
    }
}
