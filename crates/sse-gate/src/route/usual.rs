//! The forms that layers bring paths into, as tower-http's `NormalizePath` does.

/// A path without doubled slashes, with none at its end, and with one.
pub(super) fn forms(path: &str) -> impl Iterator<Item = String> {
    let mut bare = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        bare.push('/');
        bare.push_str(segment);
    }
    let with_slash = format!("{bare}/");
    [bare, with_slash].into_iter()
}
