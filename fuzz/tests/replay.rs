//! Replays the corpora.

use std::fs;
use std::path::Path;

/// Runs a law over every input that is kept for it.
fn replay(law: fn(&[u8]), name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut inputs = 0;
    for file in fs::read_dir(&folder).expect("the corpus is there") {
        let path = file.expect("the corpus can be listed").path();
        println!("{}", path.display());
        law(&fs::read(&path).expect("an input can be read"));
        inputs += 1;
    }
    assert!(inputs > 5, "the corpus of {name} has {inputs} inputs");
}

/// B4, B5, B7, B8
#[test]
fn the_law_of_token_text_holds() {
    replay(sse_gate_fuzz::token_text, "token_text");
}

/// B1, B3, B4, B7, B8
#[test]
fn the_law_of_query_holds() {
    replay(sse_gate_fuzz::query, "query");
}

/// H1, H2
#[test]
fn the_law_of_encoder_holds() {
    replay(sse_gate_fuzz::encoder, "encoder");
}

/// H4, H5, H6
#[test]
fn the_law_of_decoder_holds() {
    replay(sse_gate_fuzz::decoder, "decoder");
}

/// B5, B7, B8, I1
#[test]
fn the_law_of_resume_id_holds() {
    replay(sse_gate_fuzz::resume_id, "resume_id");
}

/// I1, I2, I3, I14, D14, B7
#[test]
fn the_law_of_last_event_id_holds() {
    replay(sse_gate_fuzz::last_event_id, "last_event_id");
}
