//! The page keeps its promises: whole, from this origin only, and without a way for data to become
//! markup.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use demo_service::infer::{Sample, TypeName, Unmetered, rust_types};
use demo_service::page::{ASSETS, Asset, CONTENT_SECURITY_POLICY, INDEX, asset};

fn scripts() -> impl Iterator<Item = &'static Asset> {
    ASSETS
        .iter()
        .filter(|asset| asset.content_type.starts_with("text/javascript"))
}

/// What stands between `before` and the next double quote, each time.
fn quoted<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
}

#[test]
fn every_file_is_served() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/assets");
    let files: BTreeSet<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| format!("/assets/{}", file.unwrap().file_name().to_str().unwrap()))
        .filter(|path| path != "/assets/index.html")
        .collect();
    assert_eq!(
        files,
        ASSETS.iter().map(|asset| asset.path.to_owned()).collect()
    );
    assert_eq!(asset("/"), Some(&INDEX));
    assert_eq!(asset("/assets/none.js"), None);
}

#[test]
fn whatever_the_page_refers_to_is_there() {
    let mut paths: Vec<String> = Vec::new();
    for attribute in ["href=\"/", "src=\"/"] {
        paths.extend(quoted(INDEX.body, attribute).map(|rest| format!("/{rest}")));
    }
    for script in scripts() {
        paths.extend(quoted(script.body, "from \"./").map(|name| format!("/assets/{name}")));
    }
    assert!(paths.len() > 10, "{paths:?}");
    for path in paths {
        assert!(asset(&path).is_some(), "{path}");
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for rule in [
        "default-src 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(CONTENT_SECURITY_POLICY.contains(rule), "{rule}");
    }
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
    for inline in [" style=", "<style", " onclick=", "javascript:", "<script>"] {
        assert!(!INDEX.body.contains(inline), "{inline}");
    }
    for asset in ASSETS.iter().chain([&INDEX]) {
        let namespace = "http://www.w3.org/2000/svg";
        let body = asset.body.replace(namespace, "");
        assert!(
            !body.contains("http:") && !body.contains("https:"),
            "{}",
            asset.path
        );
    }
}

#[test]
fn no_script_makes_html_of_text_or_stores_the_jwt() {
    for script in scripts() {
        for bad in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ] {
            assert!(!script.body.contains(bad), "{} has {bad}", script.path);
        }
        for bad in [
            "localStorage.",
            "sessionStorage",
            "document.cookie",
            "indexedDB",
        ] {
            assert!(!script.body.contains(bad), "{} has {bad}", script.path);
        }
    }
}

#[test]
fn every_id_that_a_script_asks_for_is_in_the_page() {
    let ids: BTreeSet<_> = quoted(INDEX.body, " id=\"").collect();
    assert_eq!(
        ids.len(),
        quoted(INDEX.body, " id=\"").count(),
        "an id is there twice"
    );
    for script in scripts() {
        for id in quoted(script.body, "byId(\"") {
            assert!(ids.contains(id), "{} asks for {id}", script.path);
        }
    }
    for id in quoted(INDEX.body, "data-testid=\"") {
        assert!(ids.contains(id), "{id}");
    }
}

/// The chat and the feed show their streams with the same code, by ids that differ in a prefix.
#[test]
fn every_part_of_a_stream_is_there_for_both() {
    let script = asset("/assets/stream-view.js").unwrap().body;
    let parts: BTreeSet<_> = quoted(script, "part(\"").collect();
    assert!(parts.len() > 4, "{parts:?}");
    let counts = ["connections", "events", "lost", "doubled"];
    for count in counts {
        assert!(script.contains(&format!("{count}: 0")), "{count}");
    }
    for part in parts.into_iter().chain(counts) {
        for stream in ["chat", "feed"] {
            let id = format!(" id=\"{stream}-{part}\"");
            assert!(INDEX.body.contains(&id), "{id}");
        }
    }
}

#[test]
fn the_sample_on_the_page_gives_code() {
    let script = asset("/assets/sample.js").unwrap().body;
    let sample = script.split('`').nth(1).unwrap();
    let sample = Sample::new(sample.to_owned()).unwrap();
    let code = rust_types(&sample, &TypeName::new("Order").unwrap(), &mut Unmetered).unwrap();
    assert!(code.contains("pub struct Order {"), "{code}");
}
