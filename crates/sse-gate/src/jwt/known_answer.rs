//! Whether the cryptography works: verifies a signature that is known to be good.
//!
//! The keys and signatures were made with OpenSSL 3.0, once, and the private keys thrown away.

use std::panic::catch_unwind;

use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey};

const MESSAGE: &[u8] = b"sse-gate known answer";

/// Chooses AWS-LC if both backends are built in: one crate's features must not break another's.
/// A choice that the program has made before stands.
fn choose_backend() {
    #[cfg(all(feature = "jwt-rust-crypto", feature = "jwt-aws-lc-rs"))]
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

/// Whether the backend takes a good signature of this algorithm's for good, and a bad one for bad.
///
/// Without a backend, or with two and no choice, `jsonwebtoken` panics. The panic ends here.
pub(super) fn verifies(algorithm: Algorithm) -> bool {
    choose_backend();
    catch_unwind(|| {
        let Some((key, signature)) = known(algorithm) else {
            return false;
        };
        let holds = |message| verify(signature, message, &key, algorithm).ok();
        holds(MESSAGE) == Some(true) && holds(b"another message") == Some(false)
    })
    .unwrap_or(false)
}

/// A public key, and the signature of [`MESSAGE`] that belongs to it.
fn known(algorithm: Algorithm) -> Option<(DecodingKey, &'static str)> {
    match algorithm {
        Algorithm::HS256 => Some((DecodingKey::from_secret(&[b'k'; 32]), HS256_SIGNATURE)),
        Algorithm::ES256 => Some((DecodingKey::from_ec_pem(ES256_KEY).ok()?, ES256_SIGNATURE)),
        Algorithm::EdDSA => Some((DecodingKey::from_ed_pem(EDDSA_KEY).ok()?, EDDSA_SIGNATURE)),
        Algorithm::RS256 => Some((DecodingKey::from_rsa_pem(RS256_KEY).ok()?, RS256_SIGNATURE)),
        _ => None,
    }
}

const HS256_SIGNATURE: &str = "jdX3UMJUpPuTdhKT6wIixMz17moxIFANI04PQcwWRqo";

const ES256_KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZ3nShyuIA/ngYFXv/aRWmmnUbB+/
4VKFyy3jyoV+vMwki9PtLxPu2qogslcRhPWflNtuEbYeDgi0HEdyE00k6A==
-----END PUBLIC KEY-----";
const ES256_SIGNATURE: &str =
    "Iyz0U7LZoDMrLWWarKcGl9pIEB0wcSRBa4oDrVzM-nZW69AcIqjiHvlRZU-HG9HZkczmyj9croB8IDdXh4I4UQ";

const EDDSA_KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAIygVwr0iPUsin8RGKy9vcZCGbHrRmrfoIasGslQb2YE=
-----END PUBLIC KEY-----";
const EDDSA_SIGNATURE: &str =
    "hsxGc32COWwaiH8HvwJagORE_Yf5uBQa2bLMBb0Dy4kd7mLJtU_8W3fKehKVUsUoyiMQQonPP1rtL4OEw54NCA";

const RS256_KEY: &[u8] = b"-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmFkUIADHywykl1/i0oUQ
clPfrG060ECZZpACSBVQ8roJHvib/ARUIC3qRVfa1XExDd7Ug98MGMb453D7XyLG
0pf3drRdK9U7nk+rmQAGADutHtE5D6QzjG7UA07+eOzz8IHZ/oVIyfUjD6FyJw8c
dRJO+prtnTmIUfH1G7XzpucNc45a2UoUGbgUjYDY0X+0a9yoEEySZnM3uYgwfNX+
4ZWswaLPn3WQ0o1pV/o0Inc1swE5jD9N3ROvgL3EYkLZbbl8QeRnRbnctxM/RD/G
++o3wn3ZIN1lAZdGMZF5gX7vLW4G8tpDZ7KeZTk3amRkJFnawG3XoNkHKQGSKcf6
rwIDAQAB
-----END PUBLIC KEY-----";
const RS256_SIGNATURE: &str = concat!(
    "G_f4X048B_XFxSAu_NIDfLgAi505xKhUWx7KqyICm44Kp81Elyc1LO-zrsRq6gpJkKLyH42DhH2mUdb51L6ovT",
    "0FYZHqHptByJJXQJazaT98805JFXojw7bZfQR_UXDrf4NmFYs3kyx9VhpYUSsxG8VYi_hFtAfWDoOv8bpI1oMF",
    "o5KNS-RmzdJ9VikNHjnLQLODwo6Hs7zc320gUUXeEDWWDObsRkmtL8aZYL9qtI-m95vqpUhjxnptoOutg-tX42",
    "zQGBzUrXkfIZb4zA_OxGzImrE00LwGE6T6mcwMKIqPP3meDdjNVI7QPgpoz-lROoZTOh541pUUit2vmV3ytQ",
);
