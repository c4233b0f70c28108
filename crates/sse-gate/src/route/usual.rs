//! The normalized forms of a path, as layers like tower-http's `NormalizePath` make them: [`forms`].

/// The path without double slashes, in two forms: without a slash at the end, and with one.
pub(super) fn forms(path: &str) -> impl Iterator<Item = String> {
    let mut bare = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        bare.push('/');
        bare.push_str(segment);
    }
    let with_slash = format!("{bare}/");
    [bare, with_slash].into_iter()
}
