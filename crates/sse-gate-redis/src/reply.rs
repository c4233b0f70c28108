//! Reading what a server answers, and writing what it is sent.

use std::num::ParseIntError;
use std::time::Duration;

use redis::{FromRedisValue, RedisError, Value};
use sse_gate_core::SteadyTime;

use crate::ServerErrorKind;
use crate::fault::Fault;

/// No span on the server is longer: a hundred years, in milliseconds. Sums of such are still exact in Lua.
const LONGEST: u64 = 100 * 366 * 24 * 60 * 60 * 1000;

/// A span in milliseconds, as the server takes it.
pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).map_or(LONGEST, |millis| millis.min(LONGEST))
}

/// Reads an answer of several parts, or of none.
pub(crate) fn read<T: FromRedisValue>(value: Value) -> Result<T, Fault> {
    redis::from_redis_value(value).map_err(|error| RedisError::from(error).into())
}

pub(crate) fn number(value: Value) -> Result<u64, Fault> {
    read(value)
}

pub(crate) fn numbers<const N: usize>(value: Value) -> Result<[u64; N], Fault> {
    let numbers: Vec<u64> = read(value)?;
    let odd = |_| Fault::from(ServerErrorKind::Foreign);
    numbers.try_into().map_err(odd)
}

/// A text.
pub(crate) fn word(value: Value) -> Result<String, Fault> {
    read(value)
}

/// A text of bytes that were read.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|error| Fault::because(ServerErrorKind::Foreign, error))
}

/// A moment of the server's time: milliseconds since the Unix epoch.
pub(crate) fn moment(text: &str) -> Result<SteadyTime, Fault> {
    let millis = text.parse();
    let odd = |error: ParseIntError| Fault::because(ServerErrorKind::Foreign, error);
    millis.map(SteadyTime::from_millis).map_err(odd)
}

/// Texts, and numbers as texts.
pub(crate) fn words(value: Value) -> Result<Vec<String>, Fault> {
    read(value)
}

pub(crate) fn byte_strings(value: Value) -> Result<Vec<Vec<u8>>, Fault> {
    read(value)
}
