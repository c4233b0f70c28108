//! Chunks (RFC 9112 §7.1): [`push_chunk`], [`LAST_CHUNK`].

use std::io::Write;

/// The end of a body in chunks, without trailers.
pub(super) const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// Writes a chunk with this data. No data is no chunk: an empty one would be the end.
pub(super) fn push_chunk(data: &[u8], out: &mut Vec<u8>) {
    if data.is_empty() {
        return;
    }
    // A `Vec` takes all that is written to it.
    let _ = write!(out, "{:X}\r\n", data.len());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_has_its_length_in_hexadecimal_before_it() {
        let mut out = Vec::new();
        push_chunk(&[b'x'; 26], &mut out);
        assert_eq!(out, b"1A\r\nxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
        push_chunk(b"", &mut out);
        assert_eq!(out.len(), 4 + 26 + 2, "an empty chunk would end the body");
    }
}
