//! What the claims share: [`Scripted`].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::StreamExt;
use http::{Request, Response};
use http_body_util::Full;
use serde_json::Value;
use sse_gate_client::{Error, EventSource, Settings, TokenSource, Transport};

/// The complete end of a stream.
pub(crate) const COMPLETE: &str = "event: sse.close\ndata: {\"reason\":\"complete\"}\n\n";

/// Gives one answer after the other, and keeps the requests.
#[derive(Clone)]
pub(crate) struct Scripted {
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
    requests: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Scripted {
    /// A status and a body for each answer.
    pub(crate) fn new<const N: usize>(answers: [(u16, &str); N]) -> Self {
        let answers = answers.map(|(status, body)| (status, body.to_owned()));
        Self {
            answers: Arc::new(Mutex::new(answers.into())),
            requests: Arc::default(),
        }
    }

    /// The data of all events of a stream, and its error if it has one.
    pub(crate) async fn read(
        &self,
        source: impl TokenSource,
        settings: Settings,
    ) -> (Vec<String>, Option<Error>) {
        let source = EventSource::with_settings(self.clone(), source, settings);
        let (mut events, mut data) = (source.events(), Vec::new());
        loop {
            match events.next().await {
                Some(Ok(event)) => data.push(event.data().to_owned()),
                Some(Err(error)) => return (data, Some(error)),
                None => return (data, None),
            }
        }
    }

    /// The method and the path of each request.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.each(|it| format!("{} {}", it.method(), it.uri().path()))
    }

    /// The URL of each request.
    pub(crate) fn urls(&self) -> Vec<String> {
        self.each(|it| it.uri().to_string())
    }

    /// A header of each request.
    pub(crate) fn header(&self, name: &str) -> Vec<Option<String>> {
        self.each(|it| {
            let value = it.headers().get(name)?;
            Some(value.to_str().expect("it is text").to_owned())
        })
    }

    /// What was posted.
    pub(crate) fn posted(&self) -> Vec<Value> {
        let bodies = self.each(|it| it.body().clone());
        let bodies = bodies.iter().filter(|it| !it.is_empty());
        bodies
            .map(|it| serde_json::from_slice(it).expect("it is JSON"))
            .collect()
    }

    fn each<T>(&self, look: impl Fn(&Request<Bytes>) -> T) -> Vec<T> {
        let requests = self.requests.lock().expect("no panic");
        requests.iter().map(look).collect()
    }
}

impl Transport for Scripted {
    type Body = Full<Bytes>;
    type Error = &'static str;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Full<Bytes>>, &'static str> {
        self.requests.lock().expect("no panic").push(request);
        let next = self.answers.lock().expect("no panic").pop_front();
        let (status, body) = next.ok_or("there is no answer left")?;
        let answer = Response::builder()
            .status(status)
            .header("content-type", "text/event-stream");
        answer
            .body(body.into())
            .map_err(|_| "the answer is not one")
    }
}
