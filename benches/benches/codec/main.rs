//! How fast events are decoded and encoded beside the peers, and what the peers make of the corpus.
//!
//! `cargo bench -p sse-gate-benches --bench codec`; add `-- decode`, `linear`, `encode` or
//! `conformance` for a part.
#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod conformance;
mod decode;
mod encode;
mod linear;
mod peers;
mod sink;
mod streams;

fn main() {
    // What was asked for by name, or all.
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let tables: [(&str, fn()); 4] = [
        ("conformance", conformance::table),
        ("decode", decode::table),
        ("linear", linear::table),
        ("encode", encode::table),
    ];
    for (name, table) in tables {
        if wanted.is_empty() || wanted.iter().any(|want| want == name) {
            println!("\n## {name}\n");
            table();
        }
    }
}
