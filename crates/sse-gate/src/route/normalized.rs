//! The normalized forms of a path, as layers like tower-http's `NormalizePath` make them: [`Forms`].

/// A path without double slashes, in two forms: without a slash at the end, and with one.
pub(crate) struct Forms {
    with_slash: String,
}

impl Forms {
    /// The forms of this path.
    pub(crate) fn of(path: &str) -> Self {
        let mut with_slash = String::with_capacity(path.len() + 2);
        with_slash.push('/');
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            with_slash.push_str(segment);
            with_slash.push('/');
        }
        Self { with_slash }
    }

    /// Both forms. The root without a slash is empty.
    pub(super) fn all(&self) -> [&str; 2] {
        let bare = &self.with_slash[..self.with_slash.len() - 1];
        [bare, &self.with_slash]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_form_without_and_one_with_a_slash_at_the_end() {
        for (path, bare, with_slash) in [
            ("/a/b", "/a/b", "/a/b/"),
            ("//a///b//", "/a/b", "/a/b/"),
            ("/", "", "/"),
            ("", "", "/"),
        ] {
            assert_eq!(Forms::of(path).all(), [bare, with_slash], "{path}");
        }
    }
}
