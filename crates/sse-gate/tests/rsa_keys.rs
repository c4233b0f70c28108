//! Which RSA keys verify JWTs: by the size of the modulus, and by the exponent.
#![cfg(feature = "jwt")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64ct::{Base64, Encoding};
use sse_gate::JwtKey;

/// DER (X.690 §8.1): a tag, the length of the content, and the content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..0x80 => vec![tag, len[1]],
        0x80..0x100 => vec![tag, 0x81, len[1]],
        _ => vec![tag, 0x82, len[0], len[1]],
    };
    [head, content.to_vec()].concat()
}

/// A positive integer: it begins with a zero byte if its first bit is set.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if bytes[0] < 0x80 { &[] } else { &[0] };
    der(2, &[sign, bytes].concat())
}

/// The PEM of a public key (RFC 8017 §A.1.1) of so many bits, with this exponent.
fn pem(bits: usize, exponent: &[u8]) -> String {
    let mut modulus = vec![0xA5; bits.div_ceil(8)];
    modulus[0] = 0xFF >> (modulus.len() * 8 - bits);
    let key = der(0x30, &[integer(&modulus), integer(exponent)].concat());
    let text = Base64::encode_string(&key);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN RSA PUBLIC KEY-----\n{lines}\n-----END RSA PUBLIC KEY-----\n")
}

/// With an exponent of 1 each text is its own signature; with an even one there is no key.
#[test]
fn an_exponent_is_odd_and_more_than_one() {
    for (exponent, good) in [
        (&[0][..], false),
        (&[1], false),
        (&[2], false),
        (&[3], true),
        (&[4], false),
        (&[5], true),
        (&[16], false),
        (&[1, 0, 0], false),
        (&[1, 0, 1], true),
    ] {
        let key = JwtKey::rs256_pem(pem(2048, exponent).as_bytes());
        assert_eq!(key.is_ok(), good, "{exponent:?}");
    }
}

/// 2,048 bits are the least.
#[test]
fn a_modulus_has_at_least_2048_bits() {
    for (bits, good) in [(1024, false), (2047, false), (2048, true), (3072, true)] {
        let key = JwtKey::ps512_pem(pem(bits, &[1, 0, 1]).as_bytes());
        assert_eq!(key.is_ok(), good, "{bits} bits");
    }
}
