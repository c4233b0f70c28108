//! Links lead somewhere, and each page is in the book and tested.

use std::fs;
use std::path::Path;

use crate::pages;

const SUMMARY: &str = include_str!("../../pages/SUMMARY.md");

/// What a text links to.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.split("](").skip(1);
    ends.map(|rest| rest.split(')').next().unwrap())
}

#[test]
fn links_between_pages_lead_to_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let summary = ("SUMMARY.md".to_owned(), SUMMARY.to_owned());
    for (page, text) in pages().into_iter().chain([summary]) {
        for link in links(&text).filter(|link| !link.starts_with("https://")) {
            assert!(folder.join(link).is_file(), "{page} links to {link}");
        }
        for include in text.split("{{#include ").skip(1) {
            let file = include.split("}}").next().unwrap();
            assert!(folder.join(file).is_file(), "{page} includes {file}");
        }
    }
}

#[test]
fn each_page_is_in_the_book_and_its_rust_is_tested() {
    let tested = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    for (page, _) in pages() {
        assert!(
            links(SUMMARY).any(|link| link == page),
            "{page} is not in the book"
        );
        assert!(
            tested.contains(&format!("\"{page}\"")),
            "{page} is not tested"
        );
    }
}

#[test]
fn no_rust_is_ignored() {
    for (page, text) in pages() {
        assert!(!text.contains("```rust,ignore"), "{page}");
        assert!(!text.contains("```ignore"), "{page}");
    }
}
