//! Which characters can be seen: [`is_visible`].

/// Characters that can't be seen or that change how the text around them is shown, and noncharacters.
/// Each pair is the first and the last of a run. The runs are in order, and without those of ASCII.
///
/// By the Unicode Character Database, version 16.0, they are:
///
/// - the general categories Cc (control), Cf (format: direction, joining, soft hyphen), Zl and Zp
///   (line and paragraph separator), `DerivedGeneralCategory.txt`;
/// - `Default_Ignorable_Code_Point`: characters that are not shown where they are not supported, such
///   as fillers and variation selectors, `DerivedCoreProperties.txt`;
/// - `Noncharacter_Code_Point`, `PropList.txt`.
#[rustfmt::skip]
const HIDDEN: [(char, char); 44] = [
    ('\u{7f}', '\u{9f}'), ('\u{ad}', '\u{ad}'), ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'), ('\u{61c}', '\u{61c}'), ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'), ('\u{890}', '\u{891}'), ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'), ('\u{17b4}', '\u{17b5}'), ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'), ('\u{2028}', '\u{202e}'), ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'), ('\u{fdd0}', '\u{fdef}'), ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'), ('\u{ffa0}', '\u{ffa0}'), ('\u{fff0}', '\u{fffb}'),
    ('\u{fffe}', '\u{ffff}'), ('\u{110bd}', '\u{110bd}'), ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'), ('\u{1bca0}', '\u{1bca3}'), ('\u{1d173}', '\u{1d17a}'),
    ('\u{1fffe}', '\u{1ffff}'), ('\u{2fffe}', '\u{2ffff}'), ('\u{3fffe}', '\u{3ffff}'),
    ('\u{4fffe}', '\u{4ffff}'), ('\u{5fffe}', '\u{5ffff}'), ('\u{6fffe}', '\u{6ffff}'),
    ('\u{7fffe}', '\u{7ffff}'), ('\u{8fffe}', '\u{8ffff}'), ('\u{9fffe}', '\u{9ffff}'),
    ('\u{afffe}', '\u{affff}'), ('\u{bfffe}', '\u{bffff}'), ('\u{cfffe}', '\u{cffff}'),
    ('\u{dfffe}', '\u{dffff}'), ('\u{e0000}', '\u{e0fff}'), ('\u{efffe}', '\u{effff}'),
    ('\u{ffffe}', '\u{fffff}'), ('\u{10fffe}', '\u{10ffff}'),
];

/// Whether a character can be seen, and changes nothing around it.
pub(crate) fn is_visible(char: char) -> bool {
    if char.is_ascii() {
        return !char.is_ascii_control();
    }
    let run = HIDDEN.partition_point(|(_, last)| *last < char);
    HIDDEN.get(run).is_none_or(|(first, _)| char < *first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::ParserBuilder;
    use regex_syntax::hir::{Class, HirKind};

    /// The same, by the tables of another crate.
    const CLASS: &str =
        r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]";

    /// C10: every character there is.
    #[test]
    fn hidden_characters_are_those_of_the_unicode_tables() {
        let class = ParserBuilder::new().build().parse(CLASS).unwrap();
        let HirKind::Class(Class::Unicode(class)) = class.kind() else {
            panic!("{class:?} is not a class");
        };
        let is_hidden = |char| {
            let mut ranges = class.iter();
            ranges.any(|range| (range.start()..=range.end()).contains(&char))
        };
        let wrong: Vec<_> = ('\0'..=char::MAX)
            .filter(|char| is_visible(*char) == is_hidden(*char))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
