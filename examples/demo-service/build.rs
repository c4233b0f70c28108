//! Lists the repository's documents, for the chat to embed.
//!
//! A list kept by hand would miss the next decision that is written down.

use std::path::Path;
use std::{env, fs, io};

/// The files at the top that are about the project; those in folders follow them.
const TOP: [&str; 5] = [
    "README.md",
    "ARCHITECTURE.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
];

fn main() -> io::Result<()> {
    let root = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../..");
    let mut files = TOP.map(str::to_owned).to_vec();
    files.extend(inside(&root, "docs/decisions")?.filter(|file| is_markdown(file)));
    for folder in ["crates", "examples"] {
        files.extend(inside(&root, folder)?.map(|folder| folder + "/README.md"));
    }
    files.push("benches/README.md".to_owned());

    let mut list = vec!["&[".to_owned()];
    for file in files.iter().filter(|file| root.join(file).is_file()) {
        let path = root.join(file).canonicalize()?;
        let path = path.to_str().ok_or(io::ErrorKind::InvalidFilename)?;
        list.push(format!("    ({file:?}, include_str!({path:?})),"));
    }
    list.push("]".to_owned());
    let output = Path::new(&variable("OUT_DIR")?).join("documents.rs");
    fs::write(output, list.join("\n"))?;
    // What is in a file is the compiler's affair; that there is a new one is Cargo's. A crate is
    // new when the workspace says so.
    for path in ["build.rs", "../../docs/decisions", "../../Cargo.toml"] {
        println!("cargo::rerun-if-changed={path}");
    }
    Ok(())
}

/// What is in a folder below the root, in order, by paths from the root on.
fn inside(root: &Path, folder: &str) -> io::Result<impl Iterator<Item = String>> {
    let entries = fs::read_dir(root.join(folder))?.collect::<io::Result<Vec<_>>>()?;
    let names = entries.iter().map(fs::DirEntry::file_name);
    let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    let folder = folder.to_owned();
    Ok(names
        .into_iter()
        .map(move |name| format!("{folder}/{name}")))
}

fn is_markdown(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|it| it == "md")
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}
