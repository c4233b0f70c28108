//! The pattern of a path: [`Pattern`], what it matches, and a path made of its values.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::InvalidRoute;

/// What stands for itself in a segment: RFC 3986 §2.3, unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A pattern with parameters in braces, and the names of these in their order.
#[derive(Clone)]
pub(crate) struct Pattern {
    text: Box<str>,
    /// Holds this pattern, and those that are excepted from it.
    matcher: matchit::Router<Whose>,
    names: Vec<Box<str>>,
}

/// Whose the paths of a pattern are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    Other,
}

/// Names of parameters, and their values, decoded.
pub(crate) type Params = Vec<(Box<str>, Box<str>)>;

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, InvalidRoute> {
        let mut matcher = matchit::Router::new();
        matcher.insert(text, Whose::Own)?;
        Ok(Self {
            text: text.into(),
            matcher,
            names: names(text)?,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| **own == *name)
    }

    /// The parameters of a path that matches, as they stand in it.
    pub(super) fn find<'p>(&'p self, path: &'p str) -> Option<matchit::Params<'p, 'p>> {
        let found = self.matcher.at(path).ok()?;
        (*found.value == Whose::Own).then_some(found.params)
    }

    /// Leaves the paths of another pattern to somebody else.
    pub(super) fn except(&mut self, other: &str) -> Result<(), InvalidRoute> {
        Ok(self.matcher.insert(other, Whose::Other)?)
    }

    /// The parameters of a path that matches, each with its name and decoded exactly once.
    pub(crate) fn decode(&self, path: &str) -> Option<Params> {
        let found = self.find(path)?;
        let decoded = found.iter().map(|(name, value)| {
            let value = percent_decode_str(value).decode_utf8().ok()?;
            Some((name.into(), value.into()))
        });
        decoded.collect()
    }

    /// The path that has these values; an error if there are too few or too many.
    pub(super) fn fill<V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = V>,
    ) -> Result<String, InvalidRoute> {
        fill(&self.text, values)
    }
}

/// The names in braces, in their order.
fn names(pattern: &str) -> Result<Vec<Box<str>>, InvalidRoute> {
    pieces(pattern)
        .filter_map(|piece| match piece {
            Piece::Param(name) if name.starts_with('*') => Some(Err(InvalidRoute::CATCH_ALL)),
            Piece::Param(name) => Some(Ok(name.into())),
            Piece::Text(_) => None,
        })
        .collect()
}

/// The pattern with a value in the place of each name, percent-encoded.
fn fill<V: AsRef<str>>(
    pattern: &str,
    values: impl IntoIterator<Item = V>,
) -> Result<String, InvalidRoute> {
    let mut values = values.into_iter();
    let mut path = String::with_capacity(pattern.len() + 32);
    for piece in pieces(pattern) {
        match piece {
            Piece::Text(text) => path.push_str(text),
            Piece::Param(_) => {
                let value = values.next().filter(|value| !value.as_ref().is_empty());
                let value = value.ok_or(InvalidRoute::VALUES)?;
                path.extend(utf8_percent_encode(value.as_ref(), SEGMENT));
            }
        }
    }
    values
        .next()
        .is_none()
        .then_some(path)
        .ok_or(InvalidRoute::VALUES)
}

enum Piece<'p> {
    Text(&'p str),
    Param(&'p str),
}

/// Takes a pattern apart at its braces. Doubled ones stand for themselves.
fn pieces(mut rest: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        let (piece, after) = match rest.as_bytes() {
            [] => return None,
            [b'{', b'{', ..] | [b'}', b'}', ..] => (Piece::Text(&rest[..1]), &rest[2..]),
            [b'{', ..] => {
                let end = rest.find('}').unwrap_or(rest.len());
                (
                    Piece::Param(&rest[1..end]),
                    rest.get(end + 1..).unwrap_or_default(),
                )
            }
            [_, text @ ..] => {
                let is_brace = |byte: &u8| matches!(byte, b'{' | b'}');
                let end = text
                    .iter()
                    .position(is_brace)
                    .map_or(rest.len(), |at| at + 1);
                (Piece::Text(&rest[..end]), &rest[end..])
            }
        };
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fill_the_places_of_the_names() {
        let fill = |pattern, values: &[&str]| fill(pattern, values.iter().copied()).ok();
        let cases: &[(&str, &[&str], Option<&str>)] = &[
            ("/a/{x}/b/{y}", &["1", "2"], Some("/a/1/b/2")),
            ("/a/v{x}.json", &["1/2 %"], Some("/a/v1%2F2%20%25.json")),
            ("/a/{x}", &["é"], Some("/a/%C3%A9")),
            ("/{{a}}/{x}", &["1"], Some("/{a}/1")),
            ("/a", &[], Some("/a")),
            ("/a/{x}", &[], None),
            ("/a/{x}", &[""], None),
            ("/a/{x}", &["1", "2"], None),
        ];
        for (pattern, values, path) in cases {
            assert_eq!(
                fill(pattern, values).as_deref(),
                *path,
                "{pattern} {values:?}"
            );
        }
    }

    #[test]
    fn names_stand_in_their_order() {
        let names = names("/a/{first}/{{no}}/v{second}").unwrap();
        assert_eq!(
            names.iter().map(|name| &**name).collect::<Vec<_>>(),
            ["first", "second"]
        );
        assert!(super::names("/a/{*rest}").is_err());
    }
}
