//! Text that a terminal can show: [`printable`], [`printable_line`], [`json_line`].
//!
//! What a server sends is data. A terminal takes some characters for orders: ESC and the C1 controls begin sequences
//! that move the cursor, set the title or ask for a reply, CR and backspace write over what stands there, and the
//! marks of the bidirectional algorithm (UAX #9) show text in another order than it has. All output of the program that
//! may hold a word of a server goes through here.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value;

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

/// The same in one line: line ends are shown as escapes, too.
pub(crate) fn printable_line(text: &str) -> String {
    printable(text).replace('\n', "\\n")
}

/// JSON in one line. JSON itself escapes only the controls below U+0020 (RFC 8259, section 7), and `--output json` may
/// be on a terminal. The escapes mean the same characters to a program.
pub(crate) fn json_line(value: &Value) -> String {
    let plain = value.to_string();
    let mut line = String::with_capacity(plain.len());
    for character in plain.chars() {
        if is_obeyed(character) {
            // All of them are in the first plane, where an escape is one unit of UTF-16.
            let _ = write!(line, "\\u{:04x}", u32::from(character));
        } else {
            line.push(character);
        }
    }
    line
}

fn is_obeyed(character: char) -> bool {
    let is_control = character.is_control() && !matches!(character, '\n' | '\t');
    let turns = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
    ) || matches!(character, '\u{2066}'..='\u{2069}');
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
            ("\u{61c}evil", "\\u{61c}evil"),
            ("\u{8}\u{7f}", "\\u{8}\\u{7f}"),
            ("", ""),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn a_line_stays_one() {
        assert_eq!(printable_line("a\nb\r\n"), "a\\nb\\r\\n");
    }

    /// H7: a terminal takes U+009B for the beginning of an order, and JSON does not escape it.
    #[test]
    fn json_means_the_same_and_has_nothing_that_a_terminal_obeys() {
        let value = serde_json::json!({ "data": "\u{9b}31m \u{7f}\u{202e}\u{1b}\n \\ \" é 😀" });
        let line = json_line(&value);
        assert!(
            !line.chars().any(|it| it.is_control() || it == '\u{202e}'),
            "{line:?}"
        );
        assert_eq!(serde_json::from_str::<Value>(&line).ok(), Some(value));
    }
}
