//! One entry of a JWK Set: whether it is a key that verifies JWTs, and which.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::{RsaAlgorithm, SkippedKeyReason};
use crate::jwt::{JwtKey, KeyId};

/// The members of private keys (RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 8037 §2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

type Entry = Map<String, Value>;

/// The key of an entry and its `kid`, or why it is skipped.
///
/// What is loudest is said first: a secret that is public, before a `use` that does not fit.
pub(super) fn read(
    entry: &Value,
    rsa: RsaAlgorithm,
) -> Result<(Option<KeyId>, JwtKey), SkippedKeyReason> {
    let entry = entry.as_object().ok_or(SkippedKeyReason::Malformed)?;
    let kind = required(entry, "kty")?;
    if kind == "oct" {
        return Err(SkippedKeyReason::Symmetric);
    }
    if PRIVATE.iter().any(|name| entry.contains_key(*name)) {
        return Err(SkippedKeyReason::Private);
    }
    if text(entry, "use")?.is_some_and(|usage| usage != "sig") {
        return Err(SkippedKeyReason::Use);
    }
    check_operations(entry)?;
    let id = text(entry, "kid")?.map(KeyId::new).transpose();
    let id = id.map_err(|_| SkippedKeyReason::InvalidId)?;
    let key = match kind {
        "RSA" => rsa_key(entry, rsa),
        "EC" => ec_key(entry),
        "OKP" => ed_key(entry),
        _ => Err(SkippedKeyReason::Unsupported),
    };
    Ok((id, key?))
}

fn check_operations(entry: &Entry) -> Result<(), SkippedKeyReason> {
    let Some(operations) = entry.get("key_ops") else {
        return Ok(());
    };
    let operations = operations.as_array().ok_or(SkippedKeyReason::Malformed)?;
    if !operations.iter().any(|operation| operation == "verify") {
        return Err(SkippedKeyReason::Operations);
    }
    Ok(())
}

/// RFC 7518 §6.3.1.
fn rsa_key(entry: &Entry, rsa: RsaAlgorithm) -> Result<JwtKey, SkippedKeyReason> {
    let algorithm = match text(entry, "alg")? {
        None => rsa.to_algorithm(),
        Some("RS256") => Algorithm::RS256,
        Some("RS384") => Algorithm::RS384,
        Some("RS512") => Algorithm::RS512,
        Some("PS256") => Algorithm::PS256,
        Some("PS384") => Algorithm::PS384,
        Some("PS512") => Algorithm::PS512,
        Some(_) => return Err(SkippedKeyReason::Algorithm),
    };
    let (modulus, exponent) = (bytes(entry, "n")?, bytes(entry, "e")?);
    JwtKey::from_rsa_numbers(algorithm, &modulus, &exponent)
        .map_err(|_| SkippedKeyReason::InvalidKey)
}

/// RFC 7518 §6.2.1: both coordinates are as long as the field.
fn ec_key(entry: &Entry) -> Result<JwtKey, SkippedKeyReason> {
    let (algorithm, name) = match required(entry, "crv")? {
        "P-256" => (Algorithm::ES256, "ES256"),
        "P-384" => (Algorithm::ES384, "ES384"),
        _ => return Err(SkippedKeyReason::Unsupported),
    };
    check_algorithm(entry, name)?;
    let (x, y) = (bytes(entry, "x")?, bytes(entry, "y")?);
    if x.len() != y.len() {
        return Err(SkippedKeyReason::InvalidKey);
    }
    JwtKey::from_ec_point(algorithm, &[&[4], &x[..], &y[..]].concat())
        .map_err(|_| SkippedKeyReason::InvalidKey)
}

/// RFC 8037 §2.
fn ed_key(entry: &Entry) -> Result<JwtKey, SkippedKeyReason> {
    if required(entry, "crv")? != "Ed25519" {
        return Err(SkippedKeyReason::Unsupported);
    }
    check_algorithm(entry, "EdDSA")?;
    let point = bytes(entry, "x")?.try_into();
    let point = point.map_err(|_| SkippedKeyReason::InvalidKey)?;
    Ok(JwtKey::from_ed_point(&point))
}

/// The only algorithm of a curve, whether the entry names it or not.
fn check_algorithm(entry: &Entry, only: &str) -> Result<(), SkippedKeyReason> {
    match text(entry, "alg")? {
        Some(named) if named != only => Err(SkippedKeyReason::Algorithm),
        _ => Ok(()),
    }
}

fn text<'a>(entry: &'a Entry, name: &str) -> Result<Option<&'a str>, SkippedKeyReason> {
    match entry.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(SkippedKeyReason::Malformed),
    }
}

fn required<'a>(entry: &'a Entry, name: &str) -> Result<&'a str, SkippedKeyReason> {
    text(entry, name)?.ok_or(SkippedKeyReason::Malformed)
}

fn bytes(entry: &Entry, name: &str) -> Result<Vec<u8>, SkippedKeyReason> {
    BASE64_URL_SAFE_NO_PAD
        .decode(required(entry, name)?)
        .map_err(|_| SkippedKeyReason::InvalidKey)
}
