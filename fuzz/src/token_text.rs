//! The spelling of tokens.

use std::sync::LazyLock;

use futures_util::FutureExt;
use sse_gate::core::RefusalReason;
use sse_gate::{Gate, Resource};

/// A text is taken for a token exactly if it is spelled as one, and nobody is let in by a text that
/// was never issued.
pub fn token_text(data: &[u8]) {
    static RESOURCE: LazyLock<Resource> =
        LazyLock::new(|| Resource::new(["fuzz"]).expect("a short part"));
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let gate = Gate::in_memory();
    let refused = gate.redeem(text, &RESOURCE).now_or_never();
    let refusal = refused
        .expect("it waits for nobody")
        .expect_err("nobody has a token");
    let expected = if is_spelled(data) {
        RefusalReason::Unknown
    } else {
        RefusalReason::Malformed
    };
    assert_eq!(refusal.reason(), expected, "{text:?}");
    assert_eq!(refusal.to_string(), "token was refused");
}

/// The spelling, said once more in another way: the checksum is read as a number.
fn is_spelled(text: &[u8]) -> bool {
    if text.len() != 55 || !text.starts_with(b"sset1_") {
        return false;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(u64::from(byte - b'0')),
        b'A'..=b'Z' => Some(u64::from(byte - b'A') + 10),
        b'a'..=b'z' => Some(u64::from(byte - b'a') + 36),
        _ => None,
    };
    let sum = text[49..]
        .iter()
        .try_fold(0, |sum, byte| Some(sum * 62 + digit(*byte)?));
    let is_base64url = |byte: &u8| digit(*byte).is_some() || b"-_".contains(byte);
    text[6..49].iter().all(is_base64url) && sum == Some(u64::from(crc32fast::hash(&text[..49])))
}
