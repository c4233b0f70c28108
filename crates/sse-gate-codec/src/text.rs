//! Text that fits on one line: the rule that [`EventName`], [`EventId`] and [`Comment`] share.
//!
//! The three are types of their own, so that an id can't be given where a name belongs; what
//! they do alike is written here once.
//!
//! [`EventName`]: crate::EventName
//! [`EventId`]: crate::EventId
//! [`Comment`]: crate::Comment

use crate::error::Refused;

/// The first character that may not stand in a one-line field, and its place in bytes.
///
/// CR and LF end a line (HTML standard, §9.2.5, `end-of-line`). NUL makes a client ignore an id
/// (§9.2.6). It is legal in a name and in a comment, and refused there as well: one rule for all
/// is easier to rely on, and no real name has one.
///
/// U+0085, U+2028 and U+2029 end no line of an event stream, so they may stand.
pub(crate) const fn first_forbidden(text: &str) -> Option<(Refused, usize)> {
    // `const` has no iterators.
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\r' => return Some((Refused::CarriageReturn, at)),
            b'\n' => return Some((Refused::LineFeed, at)),
            0 => return Some((Refused::Nul, at)),
            _ => at += 1,
        }
    }
    None
}

/// Constructors, conversions and comparisons of a `struct $Type<'a>(Cow<'a, str>)`.
///
/// The field of the struct is private to its file, so a text gets in only through these checks
/// (and a number through `EventId::from`).
macro_rules! one_line_text {
    ($Type:ident, $what:literal) => {
        impl $Type<'static> {
            #[doc = concat!("Makes ", $what, " of a literal, checked when the program is compiled.")]
            ///
            /// Meant for a `const`, where a wrong text is a compile error. For a text that is
            /// known only at run time, use `try_from`.
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
            /// If the text holds CR, LF or NUL: while compiling, when called in a `const`.
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

            /// Copies the text if it is borrowed, so that the value can outlive it.
            pub fn into_owned(self) -> $Type<'static> {
                $Type(::alloc::borrow::Cow::Owned(self.0.into_owned()))
            }

            fn checked(
                text: ::alloc::borrow::Cow<'a, str>,
            ) -> Result<Self, $crate::InvalidField> {
                // Almost no text has any, and this is the quickest way to know.
                if ::memchr::memchr3(b'\r', b'\n', 0, text.as_bytes()).is_none() {
                    return Ok(Self(text));
                }
                match $crate::text::first_forbidden(&text) {
                    None => Ok(Self(text)),
                    Some((refused, at)) => Err($crate::InvalidField::new($what, refused, at)),
                }
            }
        }

        impl<'a> TryFrom<&'a str> for $Type<'a> {
            type Error = $crate::InvalidField;

            /// Borrows the text; nothing is copied.
            fn try_from(text: &'a str) -> Result<Self, Self::Error> {
                Self::checked(text.into())
            }
        }

        impl TryFrom<::alloc::string::String> for $Type<'_> {
            type Error = $crate::InvalidField;

            /// Takes the text over; nothing is copied.
            fn try_from(text: ::alloc::string::String) -> Result<Self, Self::Error> {
                Self::checked(text.into())
            }
        }

        impl<'a> TryFrom<::alloc::borrow::Cow<'a, str>> for $Type<'a> {
            type Error = $crate::InvalidField;

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
