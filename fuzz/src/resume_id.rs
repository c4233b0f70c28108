//! The spelling of resume ids.

use std::sync::Arc;

use futures_util::FutureExt;
use sse_gate::core::TokenKey;
use sse_gate::sessions::backend::ResumeId;
use sse_gate::sessions::error::ResumeError;
use sse_gate::sessions::{
    InvalidIdReason, Logs, MemorySessions, Opening, ResumeKey, ResumeKeys, Sessions,
};
use sse_gate::{GrantRequest, Granted, Resource, Subject};

/// A text is taken for a resume id exactly if it is spelled as one would be written, and nobody
/// goes on with a text that was never given out.
pub fn resume_id(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let is_spelled = spelling(text).as_deref() == Some(text);
    assert_eq!(ResumeId::parse(text).is_some(), is_spelled, "{text:?}");
    let refused = match shown(text) {
        ResumeError::Refused(why) => why,
        other => panic!("{other:?}"),
    };
    let expected = if is_spelled {
        InvalidIdReason::Unknown
    } else {
        InvalidIdReason::Malformed
    };
    assert_eq!(refused, expected, "{text:?}");
}

/// What a server says to it that has one session.
fn shown(text: &str) -> ResumeError {
    let key = ResumeKey::new('k', [7; 32]).expect("a letter");
    let sessions = Sessions::new(MemorySessions::default(), ResumeKeys::new(key));
    let log = Arc::new(
        futures_util::FutureExt::now_or_never(Logs::default().create())
            .expect("memory is ready at once")
            .expect("randomness"),
    );
    let subject = Subject::new("fuzz").expect("a short name");
    let request = GrantRequest::new(subject, Resource::new(["fuzz"]).expect("a short part"));
    let granted = Granted::for_test(request).now_or_never();
    let granted = granted.expect("it waits for nobody");
    let token = TokenKey::from_bytes([1; 32]);
    let arrival = sessions.arrival().now_or_never();
    let arrival = arrival
        .expect("it waits for nobody")
        .expect("it can be asked");
    let opening = Opening::new(arrival, &granted, token, log);
    let opened = sessions.open(opening).now_or_never();
    let _open = opened.expect("it waits for nobody").expect("there is room");
    let resumed = sessions.resume(text, token).now_or_never();
    let resumed = resumed.expect("it waits for nobody");
    resumed.expect_err("nobody was given an id")
}

/// Takes an id apart and writes its parts down again, in another way than the library: what is
/// spelled well comes out as it went in.
fn spelling(text: &str) -> Option<String> {
    let parts: Vec<_> = text.split('.').collect();
    let ["sser1", kid, session, generation, tag, seq] = parts[..] else {
        return None;
    };
    let is_kid = kid.len() == 1 && kid.chars().all(|it| it.is_ascii_alphanumeric());
    let generation = number(generation).filter(|own| *own < 36_u128.pow(6))?;
    let seq = number(seq).filter(|own| *own <= u64::MAX.into())?;
    let (session, tag) = (sixteen_bytes(session)?, sixteen_bytes(tag)?);
    is_kid.then(|| {
        let (generation, seq) = (in_base36(generation), in_base36(seq));
        format!("sser1.{kid}.{session}.{generation}.{tag}.{seq}")
    })
}

fn number(text: &str) -> Option<u128> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let is_number = !text.is_empty() && text.len() < 20 && text.bytes().all(is_digit);
    is_number.then(|| u128::from_str_radix(text, 36).expect("these are its digits"))
}

fn in_base36(number: u128) -> String {
    let digits = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let last = usize::try_from(number % 36).expect("it is below 36");
    let last = char::from(digits[last]).to_string();
    match number / 36 {
        0 => last,
        rest => in_base36(rest) + &last,
    }
}

/// What 22 characters of base64url say, written again: 132 bits, of which the last four are none.
fn sixteen_bytes(text: &str) -> Option<String> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let value = |byte| alphabet.iter().position(|own| *own == byte);
    let places: Option<Vec<_>> = text.bytes().map(value).collect();
    let mut places = places.filter(|places| places.len() == 22)?;
    places[21] &= 0b11_0000;
    let written = places.into_iter().map(|it| char::from(alphabet[it]));
    Some(written.collect())
}
