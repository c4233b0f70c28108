//! Text that a terminal can show: [`printable`].

use std::borrow::Cow;

/// The text without what a terminal would obey: control characters other than line ends and tabs, and
/// marks that turn the direction of writing. They are shown as escapes.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_obeyed(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

fn is_obeyed(character: char) -> bool {
    let is_control = character.is_control() && !matches!(character, '\n' | '\t');
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(character, '\u{2066}'..='\u{2069}');
    is_control || turns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// H7: what a server sends can't move the cursor, set a title or hide a line.
    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for (text, expected) in [
            ("plain\ttext\nwith é", "plain\ttext\nwith é"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\rb", "a\\rb"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{202e}evil", "\\u{202e}evil"),
            ("", ""),
        ] {
            assert_eq!(printable(text), expected);
        }
    }
}
