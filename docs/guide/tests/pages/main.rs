//! What can be checked of the pages' text.
//!
//! | file | what it checks |
//! |---|---|
//! | `links` | links lead somewhere, and each page is in the book and tested |
//! | `scripts` | the JavaScript parses, and reconnects |
//! | `tables` | reasons and metrics are those of the code |
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod links;
mod scripts;
mod tables;

use std::fs;
use std::path::Path;

/// The names and texts of all pages but the summary.
fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    // Beside them are the summary and the folder of pictures.
    let files = files.filter(|path| {
        path.extension().is_some_and(|it| it == "md") && !path.ends_with("SUMMARY.md")
    });
    let named = files.map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    named.collect()
}

/// The code blocks of a page in this language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let parts = page.split("\n```").skip(1).step_by(2);
    let blocks = parts.filter_map(|part| part.split_once('\n'));
    blocks
        .filter(|(name, _)| *name == language)
        .map(|(_, code)| code)
        .collect()
}
