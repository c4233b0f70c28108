//! From the answer of a mint to the URL of its stream: [`Place`].

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use url::Url;

use super::TokenError;
use crate::InvalidUrlError;
use crate::request::{join, origin, parse};

/// What stands for the id in a URL. Alone, it is the URL of a stream beside its mint.
const STREAM_ID: &str = "{stream_id}";

/// Where the stream of a token is, and where the token stands in its URL.
#[derive(Debug)]
pub(super) struct Place {
    /// The query parameter of a token.
    pub(super) parameter: String,
    /// The URL of a stream whose mint names none, relative to that of the mint.
    pub(super) url: Option<String>,
    /// The origin of streams, if it is not that of the mint.
    pub(super) origin: Option<url::Origin>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            parameter: "token".to_owned(),
            url: None,
            origin: None,
        }
    }
}

/// The answer of a mint: flow A's or flow B's.
#[derive(Deserialize)]
struct Answer<'a> {
    sse_token: Option<&'a str>,
    #[serde(borrow)]
    stream_url: Option<Cow<'a, str>>,
    stream_id: Option<&'a str>,
}

/// The answer of a mint is not one. It does not show the answer, which may hold a token.
#[derive(Debug)]
struct AnswerError(&'static str);

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer of the mint {}", self.0)
    }
}

impl std::error::Error for AnswerError {}

impl Place {
    pub(super) fn set_origin(&mut self, url: &str) -> Result<(), InvalidUrlError> {
        self.origin = Some(parse(url)?.origin());
        Ok(())
    }

    /// The URL of the stream that this answer of the mint at `mint` leads to.
    pub(super) fn find(&self, mint: &Url, answer: &[u8]) -> Result<Url, TokenError> {
        let wrong = |why| TokenError::permanent(AnswerError(why));
        let answer: Answer<'_> =
            serde_json::from_slice(answer).map_err(|_| wrong("is not the JSON of one"))?;
        let secret = answer.sse_token.or(answer.stream_id);
        let secret = secret.ok_or_else(|| wrong("has no sse_token and no stream_id"))?;
        if !is_plain(secret) {
            return Err(wrong("has a token with characters that no URL should have"));
        }
        let own = self.url.as_deref();
        let target = match (answer.stream_url, answer.sse_token) {
            (Some(url), _) => url,
            (None, Some(_)) => own
                .filter(|url| !url.contains(STREAM_ID))
                .ok_or_else(|| wrong("has no stream_url"))?
                .into(),
            (None, None) => own
                .filter(|url| url.contains(STREAM_ID))
                .unwrap_or(STREAM_ID)
                .replace(STREAM_ID, secret)
                .into(),
        };
        let url = join(mint, &target).map_err(|_| wrong("leads to no URL of a stream"))?;
        let mint_origin = mint.origin();
        if url.origin() != *self.origin.as_ref().unwrap_or(&mint_origin) {
            let error = format!("the stream is of another origin: {}", origin(&url));
            return Err(TokenError::permanent(error));
        }
        Ok(self.with_token(url, answer.sse_token))
    }

    fn with_token(&self, mut url: Url, token: Option<&str>) -> Url {
        if let Some(token) = token {
            url.query_pairs_mut().append_pair(&self.parameter, token);
        }
        url
    }
}

/// Whether a token has only characters that mean nothing in a URL.
fn is_plain(token: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    // `.` and `..` are segments with a meaning.
    token.bytes().all(is_good) && token.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(answer: &str) -> Result<String, String> {
        let mint = parse("https://example.org/api/chat/initiate?x=y").unwrap();
        let url = Place::default().find(&mint, answer.as_bytes());
        url.map(String::from).map_err(|error| {
            let (_, source) = error.into_parts();
            let text = source.expect("a reason").to_string();
            assert!(!text.contains("t0k"), "{text}");
            text
        })
    }

    /// D3, H8: a token goes to the origin that it was asked of, and nowhere else.
    #[test]
    fn an_answer_leads_to_a_stream_of_the_same_origin() {
        for (answer, expected) in [
            (
                r#"{"sse_token":"t0k","stream_url":"/s"}"#,
                "https://example.org/s?token=t0k",
            ),
            (
                r#"{"sse_token":"t0k","stream_url":"/s?a=b"}"#,
                "https://example.org/s?a=b&token=t0k",
            ),
            (r#"{"stream_id":"t0k"}"#, "https://example.org/api/chat/t0k"),
            (
                r#"{"stream_id":"t0k","stream_url":"/s/t0k"}"#,
                "https://example.org/s/t0k",
            ),
        ] {
            assert_eq!(find(answer).as_deref(), Ok(expected), "{answer}");
        }
        for answer in [
            "",
            "[]",
            "{}",
            r#"{"sse_token":"t0k"}"#,
            r#"{"stream_url":"/s"}"#,
            r#"{"sse_token":"","stream_url":"/s"}"#,
            r#"{"sse_token":"t0k&a=b","stream_url":"/s"}"#,
            r#"{"stream_id":"../t0k"}"#,
            r#"{"stream_id":".."}"#,
            r#"{"sse_token":"t0k","stream_url":"https://evil.example/s"}"#,
            r#"{"sse_token":"t0k","stream_url":"http://example.org/s"}"#,
            r#"{"sse_token":"t0k","stream_url":"//evil.example/s"}"#,
            r#"{"sse_token":"t0k","stream_url":"javascript:1"}"#,
        ] {
            assert!(find(answer).is_err(), "{answer}");
        }
    }

    #[test]
    fn streams_of_another_origin_are_taken_if_it_is_named() {
        let mint = parse("https://api.example.org/token").unwrap();
        let mut place = Place::default();
        place.set_origin("https://streams.example.org").unwrap();
        let answer = |host: &str| format!(r#"{{"sse_token":"t","stream_url":"https://{host}/s"}}"#);
        let find = |host| place.find(&mint, answer(host).as_bytes());
        assert!(find("streams.example.org").is_ok());
        assert!(find("api.example.org").is_err());
    }

    /// D3: a secret stands where it is looked for, and what the mint says goes first.
    #[test]
    fn the_users_url_is_taken_if_the_answer_has_none() {
        let mint = parse("https://example.org/api/initiate").unwrap();
        let token = r#"{"sse_token":"t"}"#;
        let id = r#"{"stream_id":"i"}"#;
        let both = r#"{"sse_token":"t","stream_url":"/s"}"#;
        for (url, answer, expected) in [
            ("/feed?a=b", token, Some("/feed?a=b&token=t")),
            ("feed", token, Some("/api/feed?token=t")),
            ("https://example.org/feed", token, Some("/feed?token=t")),
            ("https://evil.example/feed", token, None),
            ("/chat/{stream_id}", token, None),
            ("/chat/{stream_id}", id, Some("/chat/i")),
            ("/feed", id, Some("/api/i")),
            ("/feed", both, Some("/s?token=t")),
        ] {
            let place = Place {
                url: Some(url.to_owned()),
                ..Place::default()
            };
            let found = place.find(&mint, answer.as_bytes()).ok();
            let found = found.map(String::from);
            let expected = expected.map(|it| format!("https://example.org{it}"));
            assert_eq!(found, expected, "{url} {answer}");
        }
    }
}
