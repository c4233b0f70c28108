//! What sends requests, and notes when the bytes of the answers arrive: [`Client`], [`Recording`].
//!
//! It is not the client of `sse-gate-client`: that one hides what `doctor` looks for, such as the times at which bytes
//! arrive, headers, and answers that are no streams. It has a new connection for each request, as browsers that come
//! back often have, and decompresses nothing.
//!
//! An arrival is what the connection gave at once. A proxy may cut or join what the server wrote, so that the number of
//! arrivals means nothing, and only their times do.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};
use http::{Request, StatusCode, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, timeout, timeout_at};

/// How much of a body is kept. Of the rest only the times count: a stream that is watched for an hour, or that means
/// harm, fills no memory.
const KEPT: usize = 8 * 1024 * 1024;

/// What an arrival costs beside its bytes.
const ARRIVAL: usize = 128;

/// An HTTP client with a connection of its own for each request, as HTTP/2 where the server offers it.
pub(super) struct Client(legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// The deployment could not be probed.
#[derive(Debug)]
pub(super) struct ProbeError {
    what: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ProbeError {
    pub(super) fn new(what: impl Into<String>) -> Self {
        let what = what.into();
        Self { what, source: None }
    }

    fn caused<E>(what: &str, source: E) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        Self {
            what: what.to_owned(),
            source: Some(source.into()),
        }
    }
}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for ProbeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}

/// How a body ended. The times begin with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It had not ended when the client stopped reading.
    Open(Duration),
    /// It is complete by the rules of HTTP.
    Complete(Duration),
    /// The connection broke in the middle of it.
    Cut(Duration),
}

/// Bytes that arrived at once.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    /// When, counted from the request.
    pub(super) at: Duration,
    pub(super) bytes: Bytes,
}

/// An answer, and when its parts came.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) status: StatusCode,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    /// When the head came, counted from the request.
    pub(super) head_at: Duration,
    /// What came, as far as it is kept. The last one may stand for all that came later: it has no bytes then.
    pub(super) arrivals: Vec<Arrival>,
    pub(super) end: End,
}

/// An answer whose body is still to be read.
pub(super) struct Opened {
    started: Instant,
    body: Incoming,
    pub(super) recording: Recording,
}

impl Client {
    /// A client that trusts the certificates that the system trusts.
    pub(super) fn new() -> Result<Self, ProbeError> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider());
        let connector = connector.map_err(|error| {
            ProbeError::caused("the system's root certificates can't be read", error)
        })?;
        let connector = connector.https_or_http().enable_all_versions().build();
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        Ok(Self(client))
    }

    /// Sends a request. The answer is `None` if its head does not come in time.
    pub(super) async fn open(
        &self,
        request: Request<Full<Bytes>>,
        patience: Duration,
    ) -> Result<Option<Opened>, ProbeError> {
        let started = Instant::now();
        let Ok(answer) = timeout(patience, self.0.request(request)).await else {
            return Ok(None);
        };
        let answer = answer.map_err(|error| {
            let what = if error.is_connect() {
                "no connection"
            } else {
                "the connection broke before an answer came"
            };
            ProbeError::caused(what, error)
        })?;
        let (head, body) = answer.into_parts();
        let head_at = started.elapsed();
        let recording = Recording {
            status: head.status,
            version: head.version,
            headers: head.headers,
            head_at,
            arrivals: Vec::new(),
            end: End::Open(head_at),
        };
        Ok(Some(Opened {
            started,
            body,
            recording,
        }))
    }
}

impl Opened {
    /// Reads until the time is over (counted from the request), the body ends, or enough has come.
    pub(super) async fn read(
        mut self,
        until: Duration,
        is_enough: impl Fn(&[Arrival]) -> bool,
    ) -> Recording {
        let deadline = self.started + until;
        let mut kept = 0;
        let recording = &mut self.recording;
        recording.end = loop {
            let frame = timeout_at(deadline, self.body.frame()).await;
            let at = self.started.elapsed();
            match frame {
                Err(_) => break End::Open(at),
                Ok(None) => break End::Complete(at),
                Ok(Some(Err(_))) => break End::Cut(at),
                Ok(Some(Ok(frame))) => {
                    if let Ok(bytes) = frame.into_data() {
                        kept += bytes.len() + ARRIVAL;
                        recording.note(Arrival { at, bytes }, kept <= KEPT);
                    }
                }
            }
            if is_enough(&recording.arrivals) {
                break End::Open(at);
            }
        };
        self.recording
    }
}

impl Recording {
    /// Adds an arrival, or its time alone.
    fn note(&mut self, arrival: Arrival, is_kept: bool) {
        let at = arrival.at;
        match self.arrivals.last_mut() {
            _ if is_kept => self.arrivals.push(arrival),
            Some(last) if last.bytes.is_empty() => last.at = at,
            _ => self.arrivals.push(Arrival {
                at,
                bytes: Bytes::new(),
            }),
        }
    }

    /// The values of a header as one list, empty if it is not there.
    pub(super) fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        let values: Vec<_> = values.map(HeaderValue::as_bytes).collect();
        String::from_utf8_lossy(&values.join(&b", "[..])).into_owned()
    }

    /// Whether an `EventSource` would take it: 200, and the type without its parameters (HTML, §9.2.3).
    pub(super) fn is_event_stream(&self) -> bool {
        let content_type = self.header("content-type");
        let essence = content_type.split(';').next().unwrap_or_default();
        let is_stream = essence.trim().eq_ignore_ascii_case("text/event-stream");
        self.status == StatusCode::OK && is_stream
    }

    /// The encoding of the body, unless it is plain.
    pub(super) fn encoding(&self) -> Option<String> {
        let encoding = self.header("content-encoding");
        (!matches!(encoding.as_str(), "" | "identity")).then_some(encoding)
    }

    /// All of the body that has come.
    pub(super) fn body(&self) -> Vec<u8> {
        let parts: Vec<_> = self.arrivals.iter().map(|it| &it.bytes[..]).collect();
        parts.concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::sample::{answer, stream};

    /// H5: of what comes after so much, the last time is kept, and nothing else.
    #[test]
    fn what_is_not_kept_leaves_its_time() {
        let mut recording = stream(&[], &[]);
        for second in 1..=1_000 {
            let at = Duration::from_secs(second);
            let bytes = Bytes::from_static(b":\n");
            recording.note(Arrival { at, bytes }, second <= 3);
        }
        let kept: Vec<_> = recording
            .arrivals
            .iter()
            .map(|it| (it.at.as_secs(), it.bytes.len()))
            .collect();
        assert_eq!(kept, [(1, 2), (2, 2), (3, 2), (1_000, 0)]);
    }

    #[test]
    fn an_event_stream_has_status_200_and_its_type() {
        assert!(stream(&[], &[]).is_event_stream());
        let kind = ("content-type", "Text/Event-Stream ; charset=utf-8");
        for (status, headers, expected) in [
            (200, &[kind][..], true),
            (404, &[kind], false),
            (200, &[("content-type", "text/html")], false),
            (200, &[], false),
        ] {
            let answer = answer(status, headers);
            assert_eq!(answer.is_event_stream(), expected, "{answer:?}");
        }
    }
}
