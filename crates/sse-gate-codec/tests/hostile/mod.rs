//! Texts that try to break an encoder or a decoder.

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

/// More cases than the default, and failures kept beside the test that found them.
pub(crate) fn config() -> ProptestConfig {
    // Miri has no files and is some hundred times slower.
    let cases = if cfg!(miri) { 4 } else { 2048 };
    let persistence = FileFailurePersistence::WithSource("regressions");
    ProptestConfig {
        cases,
        failure_persistence: (!cfg!(miri)).then(|| Box::new(persistence) as _),
        ..ProptestConfig::default()
    }
}

/// Any text, with many line breaks, field names and other parts that mean something to a decoder.
pub(crate) fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            "\r", "\n", "\r\n", "\n\r", "\n\n", " ", ":", ": ", "\0", "\u{feff}", "\u{b}",
            "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "data", "data: x", "event: x", "id: 1",
            "retry: 1", "message",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}
