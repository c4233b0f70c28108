//! Which RSA keys are strong enough, and no burden to verify with.

use simple_asn1::ASN1Block;

use super::InvalidKey;

/// The shortest modulus, in bits (RFC 7518 §3.3).
pub(super) const MIN_BITS: u64 = 2048;

/// The longest modulus, in bits. Verification takes time that grows with its square.
pub(super) const MAX_BITS: u64 = 8192;

/// Checks a modulus and an exponent, unsigned and with the first byte first.
pub(super) fn check(modulus: &[u8], exponent: &[u8]) -> Result<(), InvalidKey> {
    let bits = bits(modulus);
    if bits < MIN_BITS {
        return Err(InvalidKey::because("RSA key is shorter than 2,048 bits"));
    }
    if bits > MAX_BITS {
        return Err(InvalidKey::because("RSA key is longer than 8,192 bits"));
    }
    // With 1 each text is its own signature. An even one belongs to no key.
    let is_odd = exponent.last().is_some_and(|byte| byte % 2 == 1);
    if !is_odd || self::bits(exponent) < 2 {
        return Err(InvalidKey::because("exponent of the RSA key is not usable"));
    }
    Ok(())
}

/// Checks an `RSAPublicKey` in DER (RFC 8017 §A.1.1): a modulus and an exponent.
pub(super) fn check_der(der: &[u8]) -> Result<(), InvalidKey> {
    let blocks = simple_asn1::from_der(der).unwrap_or_default();
    if let [ASN1Block::Sequence(_, numbers)] = &blocks[..]
        && let [
            ASN1Block::Integer(_, modulus),
            ASN1Block::Integer(_, exponent),
        ] = &numbers[..]
    {
        return check(&modulus.to_bytes_be().1, &exponent.to_bytes_be().1);
    }
    Err(InvalidKey::because("text is not a public RSA key"))
}

/// How many bits a number has, leading zeros left out.
fn bits(number: &[u8]) -> u64 {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let Some(first) = number.get(zeros) else {
        return 0;
    };
    let len = u64::try_from(number.len() - zeros).unwrap_or(u64::MAX);
    len.saturating_mul(8) - u64::from(first.leading_zeros())
}
