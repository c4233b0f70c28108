//! The pattern of a path: [`Pattern`]. It matches paths, and makes them.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::error::RouteFault;
use super::normalized::Forms;
use super::{InvalidRoute, spelling};

/// What must be percent-encoded in a segment: everything but the unreserved characters (RFC 3986 §2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A pattern with parameters in braces, and the names of the parameters in order.
#[derive(Clone)]
pub(crate) struct Pattern {
    text: Box<str>,
    /// Has this pattern and the exceptions from it.
    matcher: matchit::Router<PathOwner>,
    /// How long its text is before the first parameter. Most paths of other routes differ there already.
    fixed: usize,
    names: Vec<Box<str>>,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// Which handler the paths of a pattern belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PathOwner {
    /// The route of this pattern.
    Own,
    /// Another handler: the pattern is an exception.
    Other,
}

/// The names of parameters, with their decoded values.
pub(crate) type Params = Vec<(Box<str>, Box<str>)>;

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, InvalidRoute> {
        let invalid = |fault| InvalidRoute::new(text, fault);
        let names = spelling::check(text, false).map_err(invalid)?;
        let mut matcher = matchit::Router::new();
        let inserted = matcher.insert(text, PathOwner::Own);
        inserted.map_err(|error| invalid(error.into()))?;
        Ok(Self {
            text: text.into(),
            matcher,
            fixed: text.find('{').unwrap_or(text.len()),
            names,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| **own == *name)
    }

    /// The names of the parameters, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The parameters of a path that matches, not decoded.
    pub(super) fn find<'p>(&'p self, path: &'p str) -> Option<matchit::Params<'p, 'p>> {
        if !path.starts_with(&self.text[..self.fixed]) {
            return None;
        }
        let found = self.matcher.at(path).ok()?;
        (*found.value == PathOwner::Own).then_some(found.params)
    }

    /// Whether a path matches as it is or after it was normalized.
    pub(crate) fn fits(&self, path: &str, forms: &Forms) -> bool {
        let [bare, with_slash] = forms.all();
        [path, bare, with_slash]
            .into_iter()
            .any(|form| self.find(form).is_some())
    }

    /// Leaves the paths of another pattern to another handler.
    pub(super) fn except(&mut self, other: &str) -> Result<(), InvalidRoute> {
        let invalid = |fault| InvalidRoute::new(other, fault);
        spelling::check(other, true).map_err(invalid)?;
        let inserted = self.matcher.insert(other, PathOwner::Other);
        inserted.map_err(|error| invalid(error.into()))
    }

    /// The parameters of a path that matches, with their names. Each value is decoded exactly once.
    pub(crate) fn decode(&self, path: &str) -> Option<Params> {
        let found = self.find(path)?;
        let decoded = found.iter().map(|(name, value)| {
            let value = percent_decode_str(value).decode_utf8().ok()?;
            Some((name.into(), value.into()))
        });
        decoded.collect()
    }

    /// Checks that there is one value for each of these names, and that clients ask for a path with these
    /// values as it is.
    pub(super) fn check_values<V: AsRef<str>>(
        &self,
        names: &[&str],
        values: &[V],
    ) -> Result<(), InvalidRoute> {
        let (expected, given) = (names.len(), values.len());
        if expected != given {
            return Err(InvalidRoute::new(
                &self.text,
                RouteFault::Values { expected, given },
            ));
        }
        for (name, value) in names.iter().zip(values) {
            let fault = match value.as_ref() {
                "" => RouteFault::EmptyValue((*name).into()),
                value if self.has_dots_with(name, value) => RouteFault::DotsValue((*name).into()),
                _ => continue,
            };
            return Err(InvalidRoute::new(&self.text, fault));
        }
        Ok(())
    }

    /// Whether the value is a whole segment `.` or `..`. Clients remove such a segment, also if the dots are
    /// percent-encoded (WHATWG URL §4.4), and then ask for another path.
    fn has_dots_with(&self, name: &str, value: &str) -> bool {
        let is_alone = |segment: &str| segment == format!("{{{name}}}");
        matches!(value, "." | "..") && self.text.split('/').any(is_alone)
    }

    /// The path with these values. It is an error if there are too few or too many.
    pub(super) fn fill<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<String, InvalidRoute> {
        let values: Vec<V> = values.into_iter().collect();
        let names: Vec<&str> = self.names().collect();
        self.check_values(&names, &values)?;
        let mut values = values.iter();
        let mut path = String::with_capacity(self.text.len() + 32);
        for piece in pieces(&self.text) {
            match piece {
                Piece::Text(text) => path.push_str(text),
                Piece::Param => {
                    let value = values.next().map(AsRef::as_ref).unwrap_or_default();
                    path.extend(utf8_percent_encode(value, SEGMENT));
                }
            }
        }
        Ok(path)
    }
}

enum Piece<'p> {
    Text(&'p str),
    Param,
}

/// Splits a pattern at its braces. The pattern must be valid.
fn pieces(mut rest: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((_, after)) = rest.strip_prefix('{').and_then(|it| it.split_once('}')) {
            rest = after;
            return Some(Piece::Param);
        }
        let (text, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        rest = after;
        Some(Piece::Text(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fill_the_places_of_the_names() {
        let cases: &[(&str, &[&str], Option<&str>)] = &[
            ("/a/{x}/b/{y}", &["1", "2"], Some("/a/1/b/2")),
            ("/a/v{x}.json", &["1/2 %"], Some("/a/v1%2F2%20%25.json")),
            ("/a/{x}", &["é"], Some("/a/%C3%A9")),
            ("/{x}/", &["1"], Some("/1/")),
            ("/a", &[], Some("/a")),
            ("/a/{x}", &[], None),
            ("/a/{x}", &[""], None),
            ("/a/{x}", &["1", "2"], None),
        ];
        for (pattern, values, path) in cases {
            let filled = Pattern::new(pattern).unwrap().fill(values.iter());
            assert_eq!(filled.ok().as_deref(), *path, "{pattern} {values:?}");
        }
    }

    #[test]
    fn names_stand_in_their_order() {
        let pattern = Pattern::new("/a/{first}/no/v{second}").unwrap();
        assert_eq!(pattern.names().collect::<Vec<_>>(), ["first", "second"]);
    }
}
