//! Fourth stage: Rust tokens to readable text, counted in items.

use proc_macro2::TokenStream;

use super::{Failure, Meter, Stage};

/// The longest code, in bytes: 256 KiB.
pub const MAX_CODE_BYTES: usize = 256 << 10;

/// The text of all items, proven to be a Rust file.
pub(super) fn format(items: Vec<TokenStream>, meter: &mut impl Meter) -> Result<String, Failure> {
    let total = items.len();
    meter.advance(Stage::Formatting, 0, total)?;
    let mut code = String::new();
    for (done, tokens) in items.into_iter().enumerate() {
        if done > 0 {
            code.push('\n');
        }
        let item = syn::parse2(tokens)?;
        let file = syn::File {
            shebang: None,
            attrs: Vec::new(),
            items: vec![item],
        };
        code.push_str(&prettyplease::unparse(&file));
        if code.len() > MAX_CODE_BYTES {
            return Err(Failure::CodeTooLong);
        }
        if done + 1 < total {
            meter.advance(Stage::Formatting, done + 1, total)?;
        }
    }
    // Each item was Rust before it was text. Now the text has to be Rust.
    syn::parse_file(&code)?;
    meter.advance(Stage::Formatting, total, total)?;
    Ok(code)
}
