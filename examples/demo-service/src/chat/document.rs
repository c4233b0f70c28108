//! The documents that questions are answered from.

/// A document in Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document<'a> {
    /// Where it is: a path from the repository's root on.
    pub source: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// The repository's own documents, as they were when this was compiled.
pub(super) fn embedded() -> impl Iterator<Item = Document<'static>> {
    let documents: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/documents.rs"));
    documents
        .iter()
        .map(|&(source, text)| Document { source, text })
}
