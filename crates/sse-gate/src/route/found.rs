//! Finds the path that a request was made to, and what it names: [`PublicPath`], [`MintTarget`].

use std::borrow::Cow;

use http::request::Parts;
use sse_gate_core::Resource;

use super::{Params, SseRoute};

/// The path that the client asked for, as [`StripTokenLayer`](crate::StripTokenLayer) saw it. The layer
/// puts it into the extensions of a request for a token.
#[derive(Clone, Debug)]
pub(crate) struct PublicPath(pub(crate) Box<str>);

/// What a request for a token asks for.
pub(crate) struct MintTarget {
    /// The parameters of the path, decoded.
    pub(crate) params: Params,
    /// The resource that the path names.
    pub(crate) resource: Resource,
    /// The URL of the stream. `None` if it depends on the token.
    pub(crate) url: Option<String>,
}

/// The paths that a request may have been made to. Routers cut a prefix off the path that inner layers
/// see, so the whole path is a candidate too.
pub(super) fn candidates<'p>(parts: &'p Parts, nest: &str) -> impl Iterator<Item = Cow<'p, str>> {
    let seen = parts.uri.path();
    let public = parts.extensions.get().map(|PublicPath(path)| &**path);
    // The values of a prefix's parameters can't be known from what is left of the path.
    let is_known = !nest.is_empty() && !nest.contains('{');
    let nested = is_known.then(|| Cow::Owned(format!("{nest}{seen}")));
    let paths = [public, Some(seen), original(parts)].into_iter().flatten();
    paths.map(Cow::Borrowed).chain(nested)
}

/// The whole path, if axum has kept it.
#[cfg(feature = "axum")]
fn original(parts: &Parts) -> Option<&str> {
    let axum::extract::OriginalUri(uri) = parts.extensions.get()?;
    uri.path().ends_with(parts.uri.path()).then(|| uri.path())
}

#[cfg(not(feature = "axum"))]
fn original(_: &Parts) -> Option<&str> {
    None
}

impl SseRoute {
    /// What a request for a token asks for, if it was made to the mint path of this route.
    pub(crate) fn find_mint(&self, parts: &Parts) -> Option<MintTarget> {
        let mut paths = candidates(parts, &self.0.settings.nest);
        let params = paths.find_map(|path| self.0.mint.decode(&path))?;
        let of = |name: &str| {
            let mut params = params.iter();
            params.find_map(|(own, value)| (**own == *name).then_some(&**value))
        };
        let values: Vec<&str> = self.parameters().map(of).collect::<Option<_>>()?;
        let resource = self.resource(&values).ok()?;
        let has_token = self.token_in().path_parameter().is_some();
        let url = (!has_token).then(|| self.url(&values).ok()).flatten();
        Some(MintTarget {
            params,
            resource,
            url,
        })
    }
}
