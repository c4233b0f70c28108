//! A source of bearers, or none: [`Bearers`].

use std::fmt;
use std::pin::Pin;

use super::TokenError;
use crate::{Bearer, BearerSource, BoxError};

/// A source of bearers whose type is not known. Its future is boxed: there is one for each attempt.
trait ErasedBearers: Send {
    fn bearer(
        &mut self,
        refused: bool,
    ) -> Pin<Box<dyn Future<Output = Result<Bearer, BoxError>> + Send + '_>>;
}

impl<B: BearerSource> ErasedBearers for B {
    fn bearer(
        &mut self,
        refused: bool,
    ) -> Pin<Box<dyn Future<Output = Result<Bearer, BoxError>> + Send + '_>> {
        Box::pin(BearerSource::bearer(self, refused))
    }
}

/// A source of bearers, or none.
#[derive(Default)]
pub(super) struct Bearers(Option<Box<dyn ErasedBearers>>);

impl Bearers {
    pub(super) fn new(source: impl BearerSource) -> Self {
        Self(Some(Box::new(source)))
    }

    /// The bearer, if there is a source.
    pub(super) async fn next(&mut self, refused: bool) -> Result<Option<Bearer>, TokenError> {
        let Some(source) = &mut self.0 else {
            return Ok(None);
        };
        let bearer = source.bearer(refused).await;
        bearer.map(Some).map_err(TokenError::temporary)
    }

    pub(super) const fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Debug for Bearers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Bearers(..)"
        } else {
            "None"
        })
    }
}
