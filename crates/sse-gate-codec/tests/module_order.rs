//! The files of the decoder use each other in one direction only: that of the table in
//! `src/decode/mod.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The row of each file, from the table: ``//! | 2 | `utf8` | … |``.
fn rows(module: &str) -> BTreeMap<String, usize> {
    let mut rows = BTreeMap::new();
    for line in module.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let ["//!", row, files, ..] = cells[..] else {
            continue;
        };
        if let Ok(row) = row.parse() {
            for file in files.split(", ") {
                rows.insert(file.trim_matches('`').to_owned(), row);
            }
        }
    }
    rows
}

#[test]
fn each_file_of_the_decoder_uses_only_files_of_earlier_rows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/decode");
    let read = |file: &str| {
        fs::read_to_string(folder.join(file).with_extension("rs")).expect("a source can be read")
    };
    let module = read("mod");
    let rows = rows(&module);
    let files = module
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    let mut count = 0;
    for file in files {
        let row = rows
            .get(file)
            .unwrap_or_else(|| panic!("{file} is in no row"));
        let source = read(file);
        for line in source.lines() {
            let Some(path) = line.strip_prefix("use super::") else {
                assert!(!line.starts_with("use crate::decode"), "{file}: {line}");
                continue;
            };
            let used = path.split("::").next().unwrap_or_default();
            assert!(
                rows[used] < *row,
                "{file} uses {used}, which is not in an earlier row"
            );
            count += 1;
        }
    }
    assert!(count > 30, "only {count} uses were found");
}
