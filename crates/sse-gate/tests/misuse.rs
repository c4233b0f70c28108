//! What the compiler says of functions that are no authenticator or authorizer.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
// The compiler lists the types that do fit, and these features add some.
#![cfg(all(feature = "axum", feature = "jwt"))]

use std::process::Command;

/// The words around those of the library are the compiler's, and change with it. Others skip the test.
const COMPILER: &str = "rustc 1.95.";

/// A function that does not fit is told of in words about functions, and not about traits.
#[test]
fn what_does_not_fit_is_told_in_plain_words() {
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(compiler).arg("--version").output().unwrap();
    if !String::from_utf8_lossy(&version.stdout).starts_with(COMPILER) {
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/misuse/*.rs");
}
