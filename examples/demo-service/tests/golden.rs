//! The code for a few samples, kept to be read; `compiles.rs` compiles and runs it.
//!
//! After a change on purpose, `UPDATE_GOLDEN=1 cargo test -p demo-service --test golden` writes the
//! files anew, for review.

use std::path::Path;
use std::{env, fs};

use demo_service::infer::{Sample, TypeName, Unmetered, rust_types};

#[test]
fn samples_give_the_code_that_was_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for name in ["keys", "lists", "names", "numbers", "order", "scalars"] {
        let json = fs::read_to_string(folder.join(name).with_extension("json")).unwrap();
        let (sample, root) = (Sample::new(json).unwrap(), TypeName::new(name).unwrap());
        let code = rust_types(&sample, &root, &mut Unmetered).unwrap();
        let file = folder.join(name).with_extension("rs");
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(file, code).unwrap();
        } else {
            assert_eq!(code, fs::read_to_string(file).unwrap(), "{name}");
        }
    }
}
