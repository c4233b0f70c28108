//! Evidence that tests make up: [`evidence`], [`answer`], [`stream`].

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{StatusCode, Version};

use super::client::{Arrival, End, Recording};
use super::evidence::{Absence, Evidence, Probe};

/// An answer over HTTP/1.1 without a body. It is still open after 3 s.
pub(super) fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Recording {
    let pairs = headers.iter().map(|(name, value)| {
        let value = HeaderValue::from_static(value);
        (HeaderName::from_static(name), value)
    });
    Recording {
        status: StatusCode::from_u16(status).expect("a status"),
        version: Version::HTTP_11,
        headers: pairs.collect::<HeaderMap>(),
        head_at: Duration::ZERO,
        arrivals: Vec::new(),
        end: End::Open(Duration::from_secs(3)),
    }
}

/// An event stream with these headers. Its parts come at these times, in milliseconds.
pub(super) fn stream(
    headers: &[(&'static str, &'static str)],
    parts: &[(u64, &'static str)],
) -> Recording {
    let mut stream = answer(200, headers);
    let kind = HeaderValue::from_static("text/event-stream");
    stream.headers.insert(CONTENT_TYPE, kind);
    stream.arrivals = arrivals(parts);
    stream
}

/// Texts that came at these times, in milliseconds.
pub(super) fn arrivals(parts: &[(u64, &'static str)]) -> Vec<Arrival> {
    let arrivals = parts.iter().map(|(at, text)| Arrival {
        at: Duration::from_millis(*at),
        bytes: Bytes::from_static(text.as_bytes()),
    });
    arrivals.collect()
}

/// What is known after a stream was watched for 3 s, and nothing else was asked for.
pub(super) fn evidence(stream: Probe) -> Evidence {
    Evidence {
        idle: Duration::from_secs(3),
        origin: None,
        mint: None,
        url: "http://a/feed?token=sset1_x".parse().expect("a URL"),
        redirects: Vec::new(),
        stream,
        plain: None,
        resumed: Err(Absence::NotTried),
        reused: Err(Absence::NotTried),
        preflights: Vec::new(),
        tokens: vec!["sset1_xyz".to_owned()],
        secrets: vec!["eyJ.secret".to_owned()],
    }
}
