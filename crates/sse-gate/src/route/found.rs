//! Finds the path that a request was made to, and what it names: [`PublicPath`], [`Found`].

use std::borrow::Cow;

use http::request::Parts;
use sse_gate_core::Resource;

use super::{Params, SseRoute};

/// The path that the client asked for, as [`StripTokenLayer`](crate::StripTokenLayer) saw it. The layer
/// puts it into the extensions of a request for a token.
#[derive(Clone, Debug)]
pub(crate) struct PublicPath(pub(crate) Box<str>);

/// What a request for a token asks for.
pub(crate) struct Found {
    /// The parameters of the path, decoded.
    pub(crate) params: Params,
    /// The resource that the path names.
    pub(crate) resource: Resource,
    /// The URL of the stream. `None` if it depends on the token.
    pub(crate) url: Option<String>,
}

/// The paths that a request may have been made to. Routers cut a prefix off the path that inner layers
/// see, so the whole path is a candidate too.
pub(super) fn candidates<'p>(parts: &'p Parts, nest: &str) -> Vec<Cow<'p, str>> {
    let seen = parts.uri.path();
    let mut paths = Vec::with_capacity(3);
    if let Some(PublicPath(path)) = parts.extensions.get() {
        paths.push(Cow::Borrowed(&**path));
    }
    paths.push(Cow::Borrowed(seen));
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get::<axum::extract::OriginalUri>() {
        let path = original.0.path();
        if path.ends_with(seen) {
            paths.push(Cow::Borrowed(path));
        }
    }
    // The values of a prefix's parameters can't be known from what is left of the path.
    if !nest.is_empty() && !nest.contains('{') {
        paths.push(Cow::Owned(format!("{nest}{seen}")));
    }
    paths
}

impl SseRoute {
    /// What a request for a token asks for, if it was made to the mint path of this route.
    pub(crate) fn find_mint(&self, parts: &Parts) -> Option<Found> {
        let mut paths = candidates(parts, &self.0.settings.nest).into_iter();
        let params = paths.find_map(|path| self.0.mint.decode(&path))?;
        let of = |name: &str| {
            let mut params = params.iter();
            params.find_map(|(own, value)| (**own == *name).then_some(&**value))
        };
        let values: Vec<&str> = self.parameters().map(of).collect::<Option<_>>()?;
        let resource = self.resource(&values).ok()?;
        let has_token = self.token_in().path_parameter().is_some();
        let url = (!has_token).then(|| self.url(&values).ok()).flatten();
        Some(Found {
            params,
            resource,
            url,
        })
    }
}
