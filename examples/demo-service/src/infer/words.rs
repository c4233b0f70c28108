//! Names for types and fields out of JSON keys.
//!
//! Identifiers are ASCII: letters of other scripts are written in Latin ones, as two spellings of
//! one letter would be two keys but one Rust name. The key itself stays, in `#[serde(rename)]`.

use deunicode::deunicode;
use heck::{ToSnakeCase, ToUpperCamelCase};

/// Of a longer key only so many characters go into its name.
const MAX_CHARS: usize = 48;

/// Every keyword of Rust, reserved ones included. Types are never lower case but for `Self`.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// Names that the generated code itself uses, which a struct must not take from it.
const RESERVED_TYPES: [&str; 6] = [
    "Self",
    "Option",
    "Vec",
    "String",
    "Serialize",
    "Deserialize",
];

/// Plurals that no rule makes.
const IRREGULAR: [(&str, &str); 4] = [
    ("children", "child"),
    ("people", "person"),
    ("men", "man"),
    ("women", "woman"),
];

/// Whether a struct can't have this name.
pub(super) fn is_reserved_type(name: &str) -> bool {
    RESERVED_TYPES.contains(&name)
}

/// A type's name for this key. It may be [reserved](is_reserved_type).
pub(super) fn type_name(key: &str) -> String {
    let name = latin(key).to_upper_camel_case();
    match name.chars().next() {
        None => "Item".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("Type{name}"),
        Some(_) => name,
    }
}

/// A field's name for this key.
pub(super) fn field_name(key: &str) -> String {
    let name = latin(key).to_snake_case();
    match name.chars().next() {
        None => "field".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("_{name}"),
        Some(_) if KEYWORDS.contains(&name.as_str()) => format!("{name}_"),
        Some(_) => name,
    }
}

/// The key of a list, as the name of one of its items: `addresses` to `address`.
///
/// A few rules of English; what they don't know becomes `…_item`.
pub(super) fn item_of(key: &str) -> String {
    let lower = key.to_ascii_lowercase();
    let without = |n: usize| key[..key.len() - n].to_owned();
    let ends = |tails: &[&str]| tails.iter().any(|tail| lower.ends_with(tail));
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == lower) {
        (*one).to_owned()
    } else if lower.len() < 3 || !key.is_ascii() || ends(&["ss", "us", "is", "series", "news"]) {
        format!("{key}_item")
    } else if ends(&["ies"]) {
        without(3) + "y"
    } else if ends(&["sses", "shes", "ches", "xes", "zes"]) {
        without(2)
    } else if ends(&["s"]) {
        without(1)
    } else {
        format!("{key}_item")
    }
}

/// The key in ASCII letters and digits, with spaces for all else.
fn latin(key: &str) -> String {
    let start: String = key.chars().take(MAX_CHARS).collect();
    deunicode(&start)
        .chars()
        .take(MAX_CHARS)
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_become_names() {
        let rows = [
            ("id", "id", "Id"),
            ("fooBar", "foo_bar", "FooBar"),
            ("HTTPServer", "http_server", "HttpServer"),
            ("content-type", "content_type", "ContentType"),
            ("@type", "type_", "Type"),
            ("self", "self_", "Self"),
            ("gen", "gen_", "Gen"),
            ("1st", "_1st", "Type1st"),
            ("größe", "grosse", "Grosse"),
            ("名前", "ming_qian", "MingQian"),
            ("", "field", "Item"),
            ("!?", "field", "Item"),
            ("_", "field", "Item"),
        ];
        for (key, field, ty) in rows {
            assert_eq!(field_name(key), field, "{key}");
            assert_eq!(type_name(key), ty, "{key}");
        }
    }

    #[test]
    fn lists_name_their_items() {
        let rows = [
            ("users", "user"),
            ("categories", "category"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("children", "child"),
            ("status", "status_item"),
            ("analysis", "analysis_item"),
            ("data", "data_item"),
            ("s", "s_item"),
            ("größen", "größen_item"),
        ];
        for (key, item) in rows {
            assert_eq!(item_of(key), item, "{key}");
        }
    }

    proptest! {
        #[test]
        fn any_key_gives_identifiers(key in any::<String>()) {
            for name in [field_name(&key), field_name(&item_of(&key))] {
                prop_assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{}", name);
            }
            let name = type_name(&key);
            let good = is_reserved_type(&name) || syn::parse_str::<syn::Ident>(&name).is_ok();
            prop_assert!(good, "{}", name);
        }
    }
}
