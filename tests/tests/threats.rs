//! Every threat has a test, or a word about what is left to whom.
//!
//! A test names the threats that it stands for at the start of its doc comment: `/// A1, B2: …`. A test in
//! TypeScript names them at the start of its title.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where tests are.
const FOLDERS: [&str; 4] = ["crates", "examples", "tests", "js"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether it is a capital letter and a number.
fn is_id(text: &str) -> bool {
    let number = text.strip_prefix(|letter: char| letter.is_ascii_uppercase());
    number.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The ids at the start of a line of documentation, if it starts with nothing else.
fn named(line: &str) -> Vec<&str> {
    let doc = line.trim_start();
    let doc = doc.strip_prefix("///").or_else(|| doc.strip_prefix("//!"));
    named_in(doc.unwrap_or_default())
}

/// The ids in the title of a test in TypeScript, which may stand on a line of its own.
fn named_in_title(line: &str) -> Vec<&str> {
    named_in(line.split('"').nth(1).unwrap_or_default())
}

/// The ids at the start of a text, before a colon.
fn named_in(text: &str) -> Vec<&str> {
    let ids = text.split(':').next().unwrap_or_default();
    let ids: Vec<_> = ids.split(',').map(str::trim).collect();
    if ids.iter().all(|id| is_id(id)) {
        ids
    } else {
        Vec::new()
    }
}

/// All ids that tests name.
fn tested() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut folders: Vec<_> = FOLDERS.map(|folder| root().join(folder)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is = |name: &str| path.file_name().is_some_and(|it| it == name);
            if path.is_dir() && !is("target") && !is("node_modules") {
                folders.push(path);
            } else {
                let names = match path.extension().and_then(|it| it.to_str()) {
                    Some("rs") => named,
                    Some("ts" | "tsx") => named_in_title,
                    _ => continue,
                };
                let text = read(&path);
                ids.extend(text.lines().flat_map(names).map(str::to_owned));
            }
        }
    }
    ids
}

/// The ids of the list.
fn listed() -> BTreeSet<String> {
    let list = read("tests/threats.md");
    let ids = list
        .lines()
        .filter_map(|line| line.strip_prefix("- ")?.split_once(": "));
    ids.map(|(id, _)| id.to_owned()).collect()
}

/// The ids that SECURITY.md has a word about, set in bold.
fn spoken_of() -> BTreeSet<String> {
    let text = read("SECURITY.md");
    let bold = text.split("**").skip(1).step_by(2).filter(|it| is_id(it));
    bold.map(str::to_owned).collect()
}

#[test]
fn every_threat_has_a_test_or_a_word() {
    let (listed, tested, spoken_of) = (listed(), tested(), spoken_of());
    assert!(listed.len() > 80, "the list was not read: {listed:?}");
    let known = &tested | &spoken_of;
    let missing: Vec<_> = listed.difference(&known).collect();
    assert!(missing.is_empty(), "neither a test nor a word: {missing:?}");
}

#[test]
fn only_lines_that_begin_with_ids_name_threats() {
    for (line, ids) in [
        ("    /// A1, B2: twice.", &["A1", "B2"][..]),
        ("/// C15", &["C15"]),
        ("//! D6: of a whole file", &["D6"]),
        ("/// A1 is not at its end", &[]),
        ("/// HTTP/1.1: all of it", &[]),
        ("// A1: no documentation", &[]),
        ("let a = \"A1\";", &[]),
        ("", &[]),
    ] {
        assert_eq!(named(line), ids, "{line}");
    }
}

#[test]
fn only_titles_that_begin_with_ids_name_threats() {
    for (line, ids) in [
        (
            r#"  it("A15, G15: six tabs", async () => {"#,
            &["A15", "G15"][..],
        ),
        (r#"  "G10: all come back","#, &["G10"]),
        (r#"  it("comes back: A1", () => {"#, &[]),
        ("const A1 = 2;", &[]),
    ] {
        assert_eq!(named_in_title(line), ids, "{line}");
    }
}
