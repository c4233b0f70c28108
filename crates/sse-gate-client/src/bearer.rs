//! The credential of the user, and where it comes from: [`Bearer`], [`BearerSource`].

use std::fmt;

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::BoxError;

/// What stands behind `Bearer` in the header `Authorization`: a JWT, or another access token.
///
/// It does not print, and its memory is zeroed when it is dropped. The copy in a request's headers is
/// marked as sensitive, but not zeroed.
///
/// ```
/// use sse_gate_client::Bearer;
///
/// let bearer = Bearer::new("eyJ.secret")?;
/// assert_eq!(format!("{bearer:?}"), "Bearer(..)");
/// assert!(Bearer::new("two words").is_err());
/// # Ok::<(), sse_gate_client::InvalidBearerError>(())
/// ```
#[derive(Clone)]
pub struct Bearer {
    /// The whole value of the header.
    header: Zeroizing<String>,
}

impl Bearer {
    /// A bearer of this text, without the word `Bearer`.
    ///
    /// # Errors
    /// If it is empty, or has characters other than those that RFC 6750, section 2.1, allows.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidBearerError> {
        let text = Zeroizing::new(text.into());
        let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if text.is_empty() || !text.bytes().all(is_good) {
            return Err(InvalidBearerError(()));
        }
        // With its room from the start: a text that grows leaves a copy behind.
        let mut header = Zeroizing::new(String::with_capacity("Bearer ".len() + text.len()));
        header.push_str("Bearer ");
        header.push_str(&text);
        Ok(Self { header })
    }

    /// The value of `Authorization`.
    pub(crate) fn header(&self) -> HeaderValue {
        let value = HeaderValue::from_str(&self.header);
        let mut value = value.expect("a bearer has only characters that a header may have");
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(..)")
    }
}

/// A text can't be a bearer. It does not show the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidBearerError(());

impl fmt::Display for InvalidBearerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bearer is empty or has characters that a header can't carry")
    }
}

impl std::error::Error for InvalidBearerError {}

/// Where the bearer comes from. It is asked before each use, so it can refresh one that expires.
///
/// A [`Bearer`] is a source that always gives itself. An async closure is one, too. This one reads a file that
/// another program keeps up to date:
///
/// ```
/// use sse_gate_client::{Bearer, BearerSource};
///
/// fn from_file() -> impl BearerSource {
///     async |_refused| {
///         let jwt = std::fs::read_to_string("/run/secrets/jwt")?;
///         Ok(Bearer::new(jwt.trim())?)
///     }
/// }
/// # let _ = from_file();
/// ```
///
/// A type that keeps its bearer until the server refuses it:
///
/// ```
/// use sse_gate_client::{Bearer, BearerSource, BoxError};
///
/// struct Refreshing {
///     bearer: Option<Bearer>,
/// }
///
/// impl BearerSource for Refreshing {
///     async fn bearer(&mut self, refused: bool) -> Result<Bearer, BoxError> {
///         match &self.bearer {
///             Some(bearer) if !refused => Ok(bearer.clone()),
///             _ => {
///                 let bearer = Bearer::new("from your identity provider")?;
///                 Ok(self.bearer.insert(bearer).clone())
///             }
///         }
///     }
/// }
/// ```
pub trait BearerSource: Send + 'static {
    /// The bearer to show. `refused` says that the server refused the one before.
    ///
    /// # Errors
    /// If there is none. The client waits, and asks again.
    fn bearer(&mut self, refused: bool) -> impl Future<Output = Result<Bearer, BoxError>> + Send;
}

impl BearerSource for Bearer {
    async fn bearer(&mut self, _refused: bool) -> Result<Bearer, BoxError> {
        Ok(self.clone())
    }
}

impl<F, R> BearerSource for F
where
    F: FnMut(bool) -> R + Send + 'static,
    R: Future<Output = Result<Bearer, BoxError>> + Send,
{
    fn bearer(&mut self, refused: bool) -> impl Future<Output = Result<Bearer, BoxError>> + Send {
        self(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_has_the_characters_of_its_standard_and_does_not_print() {
        for (text, is_good) in [
            ("abc", true),
            ("aZ0-._~+/==", true),
            ("", false),
            ("a b", false),
            ("a\r\nx: y", false),
            ("é", false),
        ] {
            assert_eq!(Bearer::new(text).is_ok(), is_good, "{text:?}");
        }
        let header = Bearer::new("secret").unwrap().header();
        assert_eq!(header.as_bytes(), b"Bearer secret");
        assert_eq!(format!("{header:?}"), "Sensitive");
        let bearer = Bearer::new("secret").unwrap();
        assert_eq!(format!("{bearer:?}"), "Bearer(..)");
        let error = Bearer::new("a secret").unwrap_err().to_string();
        let expected = "the bearer is empty or has characters that a header can't carry";
        assert_eq!(error, expected);
    }
}
