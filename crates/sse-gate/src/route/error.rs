//! What is wrong with a route: [`InvalidRoute`].

use matchit::InsertError;

/// A pattern is no route, or its values are not the ones it has places for.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct InvalidRoute {
    what: &'static str,
    #[source]
    source: Option<InsertError>,
}

impl InvalidRoute {
    pub(super) const NO_TOKEN: Self = Self::new("pattern has no place for the token");
    pub(super) const CATCH_ALL: Self = Self::new("pattern has a catch-all parameter");
    pub(super) const VALUES: Self = Self::new("values do not fit the parameters of the pattern");

    const fn new(what: &'static str) -> Self {
        Self { what, source: None }
    }
}

impl From<InsertError> for InvalidRoute {
    fn from(error: InsertError) -> Self {
        Self {
            what: "pattern is not well-formed",
            source: Some(error),
        }
    }
}
