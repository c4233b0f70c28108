//! From the answer of a mint to the URL of its stream: [`minted`].
//!
//! | answer | URL |
//! |---|---|
//! | `{"sse_token","stream_url"}` | `stream_url`, with the token in its query unless it is there |
//! | `{"sse_token"}` | that of the command line, with the token in its query |
//! | `{"stream_id","stream_url"}` | `stream_url` |
//! | `{"stream_id"}` | that of the command line, with the id in place of `{stream_id}` |
//!
//! It is at the origin of the URL of the command line, or it is an error: no token goes elsewhere. A server behind a
//! proxy that names its own address there is a fault that clients would run into, too.

use super::client::ProbeError;
use super::url::Url;

/// Where the id of a mint's stream stands in the URL.
const STREAM_ID: &str = "{stream_id}";

/// The URL that this answer of a mint leads to, and the token in it.
pub(super) fn minted(url: &Url, answer: &[u8]) -> Result<(Url, String), ProbeError> {
    let answer: serde_json::Value = serde_json::from_slice(answer)
        .map_err(|_| ProbeError::new("the mint did not answer with JSON"))?;
    let (token, id) = (answer["sse_token"].as_str(), answer["stream_id"].as_str());
    let secret = token.or(id).ok_or_else(|| {
        ProbeError::new("the mint's answer has no `sse_token` and no `stream_id`")
    })?;
    if !is_plain(secret) {
        let error = "the mint's token has characters that no URL should have";
        return Err(ProbeError::new(error));
    }
    let target = match answer["stream_url"].as_str() {
        Some(reference) => url.join(reference),
        None => url.replace(STREAM_ID, secret),
    };
    let target = target.and_then(|target| match target.token() {
        None if token.is_some() => target.with_token(secret),
        _ => Ok(target),
    });
    let error = "the mint's `stream_url` is neither a path nor a URL";
    let target = target.map_err(|_| ProbeError::new(error))?;
    if !target.is_same_origin(url) {
        let origin = target.origin();
        return Err(ProbeError::new(format!(
            "the mint's `stream_url` leads to another origin, {origin}: see `SseRoute::with_url_prefix`"
        )));
    }
    Ok((target, secret.to_owned()))
}

/// Whether a token has only characters that mean nothing in a URL (RFC 3986, section 2.3).
fn is_plain(token: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    // `.` and `..` are segments with a meaning.
    token.bytes().all(is_good) && token.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D3, H8: a token goes to the origin that was asked for, and takes no other place than its own.
    #[test]
    fn an_answer_leads_to_a_stream_of_the_same_origin() {
        let url: Url = "https://a/chat/{stream_id}".parse().expect("a URL");
        for (answer, expected) in [
            (
                r#"{"sse_token":"t","stream_url":"/s?x=1"}"#,
                Some("https://a/s?x=1&token=t"),
            ),
            (
                r#"{"sse_token":"t","stream_url":"/s?token=t"}"#,
                Some("https://a/s?token=t"),
            ),
            (r#"{"stream_id":"t"}"#, Some("https://a/chat/t")),
            (
                r#"{"stream_id":"t","stream_url":"/s/t"}"#,
                Some("https://a/s/t"),
            ),
            (r#"{"stream_id":"../t"}"#, None),
            (r#"{"stream_id":".."}"#, None),
            (r#"{"sse_token":"t&x=y","stream_url":"/s"}"#, None),
            (r#"{"sse_token":"t","stream_url":"http://a/s"}"#, None),
            (r#"{"sse_token":"t","stream_url":"https://a:1/s"}"#, None),
            (r#"{"sse_token":"t","stream_url":"//b/s"}"#, None),
            (r#"{"stream_url":"/s"}"#, None),
            ("[]", None),
            ("", None),
        ] {
            let found = minted(&url, answer.as_bytes()).ok();
            let found = found.map(|(url, _)| url.uri().to_string());
            assert_eq!(found.as_deref(), expected, "{answer}");
        }
    }
}
