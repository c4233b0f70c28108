//! Text that fits on one line: the rule that [`EventName`], [`EventId`] and [`Comment`] share.
//!
//! They are three types, so that you can't pass an id where a name is needed. This file has the code
//! that all three need.
//!
//! [`EventName`]: crate::EventName
//! [`EventId`]: crate::EventId
//! [`Comment`]: crate::Comment

use crate::InvalidFieldErrorKind;

/// The first character that a one-line field must not hold, and its place in bytes.
///
/// CR and LF end a line (HTML standard, §9.2.5, `end-of-line`). NUL makes a client ignore an id
/// (§9.2.6). A name and a comment could hold a NUL, but it is refused there, too: one rule for all three
/// is easier to remember, and real names have no NUL.
///
/// U+0085, U+2028 and U+2029 end no line of an event stream, so they are allowed.
pub(crate) const fn first_forbidden(text: &str) -> Option<(InvalidFieldErrorKind, usize)> {
    // A `const fn` can't use iterators.
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\r' => return Some((InvalidFieldErrorKind::CarriageReturn, at)),
            b'\n' => return Some((InvalidFieldErrorKind::LineFeed, at)),
            0 => return Some((InvalidFieldErrorKind::Nul, at)),
            _ => at += 1,
        }
    }
    None
}

/// Whether all bytes are above CR, so that none is forbidden. Eight bytes are looked at at once: names and
/// ids are so short that other searches take longer to begin.
#[inline]
pub(crate) fn is_above_cr(text: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const LEAST: u64 = b'\r' as u64 + 1;
    let is_above = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        // Only a byte below the least one gets its highest bit by the subtraction, or passes a borrow on.
        word.wrapping_sub(LEAST * ONES) & !word & ONES << 7 == 0
    };
    let (words, _) = text.as_chunks();
    match text.last_chunk() {
        Some(last) => words.iter().all(is_above) && is_above(last),
        None => text.iter().all(|byte| *byte > b'\r'),
    }
}

/// Constructors, conversions and comparisons of a `struct $Type<'a>(Cow<'a, str>)`.
///
/// The field of the struct is private to its file, so each text passes these checks. `EventId::from`
/// needs none, because a number has only digits.
macro_rules! one_line_text {
    ($Type:ident, $what:literal) => {
        impl $Type<'static> {
            #[doc = concat!("Makes ", $what, " from a literal.")]
            ///
            /// Use it in a `const`, where the compiler refuses a wrong text. For a text that is known
            /// only at run time, use `try_from`.
            ///
            #[doc = concat!(
                                "```compile_fail\n",
                                "use sse_gate_codec::", stringify!($Type), ";\n\n",
                                "const TWO_LINES: ", stringify!($Type), "<'static> =\n",
                                "    ", stringify!($Type), "::from_static(\"one\\ntwo\");\n",
                                "# let _ = TWO_LINES;\n",
                                "```",
                            )]
            ///
            /// # Panics
            /// If the text holds CR, LF or NUL. In a `const` this is a compile error.
            pub const fn from_static(text: &'static str) -> Self {
                assert!(
                    $crate::text::first_forbidden(text).is_none(),
                    concat!("CR, LF or NUL in ", $what),
                );
                Self(::alloc::borrow::Cow::Borrowed(text))
            }
        }

        impl<'a> $Type<'a> {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Copies a borrowed text, so that the value can outlive it.
            pub fn into_owned(self) -> $Type<'static> {
                $Type(::alloc::borrow::Cow::Owned(self.0.into_owned()))
            }

            fn checked(
                text: ::alloc::borrow::Cow<'a, str>,
            ) -> Result<Self, $crate::InvalidFieldError> {
                // Almost all texts are good, and this is the fastest way to know it.
                if $crate::text::is_above_cr(text.as_bytes()) {
                    return Ok(Self(text));
                }
                match $crate::text::first_forbidden(&text) {
                    None => Ok(Self(text)),
                    Some((kind, at)) => Err($crate::InvalidFieldError::new($what, kind, at)),
                }
            }
        }

        impl<'a> TryFrom<&'a str> for $Type<'a> {
            type Error = $crate::InvalidFieldError;

            /// Borrows the text without a copy.
            fn try_from(text: &'a str) -> Result<Self, Self::Error> {
                Self::checked(text.into())
            }
        }

        impl TryFrom<::alloc::string::String> for $Type<'_> {
            type Error = $crate::InvalidFieldError;

            /// Takes the text without a copy.
            fn try_from(text: ::alloc::string::String) -> Result<Self, Self::Error> {
                Self::checked(text.into())
            }
        }

        impl<'a> TryFrom<::alloc::borrow::Cow<'a, str>> for $Type<'a> {
            type Error = $crate::InvalidFieldError;

            fn try_from(text: ::alloc::borrow::Cow<'a, str>) -> Result<Self, Self::Error> {
                Self::checked(text)
            }
        }

        impl AsRef<str> for $Type<'_> {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::core::fmt::Display for $Type<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl PartialEq<str> for $Type<'_> {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $Type<'_> {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
    };
}

pub(crate) use one_line_text;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn every_byte_counts_at_every_place_of_a_text_of_every_length() {
        for len in 0..=25 {
            for filler in [b'\r' + 1, b'a', 0x7F, 0x80, 0x8E, 0xFF] {
                let mut text = vec![filler; len];
                assert!(is_above_cr(&text), "{text:?}");
                for at in 0..len {
                    for byte in 0..=u8::MAX {
                        text[at] = byte;
                        assert_eq!(is_above_cr(&text), byte > b'\r', "{text:?}");
                    }
                    text[at] = filler;
                }
            }
        }
    }
}
