//! The JWT that a login earns, the key that signs it, and how often one may try.
//!
//! HS256, with `sub`, `iss` and `aud` = [`AUDIENCE`], `iat` and `exp`. So any program that knows
//! the key can sign one, and the servers verify all of these claims.
//!
//! The key is `JWT_SECRET` if that is set, and otherwise new with each start: then a restart logs
//! everybody out, and nobody forgets to change a default.

mod attempts;
mod secret;
mod signer;

pub use self::attempts::Attempts;
pub use self::secret::{JwtSecret, SecretError};
pub use self::signer::{AUDIENCE, AccessToken, Claims, LIFETIME, SignError, Signer};
