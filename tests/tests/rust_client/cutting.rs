//! A transport that breaks streams, and remembers what was asked for: [`Cutting`].

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use sse_gate_client::{BoxError, Transport};

/// Breaks the first streams, each after so many chunks.
#[derive(Debug)]
pub(crate) struct Cutting<T> {
    inner: T,
    record: Record,
    cuts: Mutex<Vec<usize>>,
}

/// What was asked for, for all to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record(Arc<Mutex<Vec<String>>>);

impl Record {
    /// Method and URL of each request.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.0.lock().expect("no panic").clone()
    }

    /// How many requests have this in method and URL.
    pub(crate) fn count(&self, part: &str) -> usize {
        let requests = self.requests();
        requests.iter().filter(|it| it.contains(part)).count()
    }

    /// The token of the last stream, from its URL.
    pub(crate) fn last_token(&self) -> String {
        let requests = self.requests();
        let last = requests.iter().rfind(|it| it.contains("sset1_"));
        let url = last.expect("a stream was asked for");
        url[url.find("sset1_").expect("it has a token")..].to_owned()
    }
}

impl<T> Cutting<T> {
    /// The last of these numbers is for the first stream.
    pub(crate) fn new(inner: T, cuts: &[usize]) -> (Self, Record) {
        let record = Record::default();
        let cutting = Self {
            inner,
            record: record.clone(),
            cuts: Mutex::new(cuts.to_vec()),
        };
        (cutting, record)
    }
}

impl<T: Transport> Transport for Cutting<T> {
    type Body = Cut<T::Body>;
    type Error = T::Error;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Self::Body>, T::Error> {
        let is_stream = request.method() == "GET";
        let line = format!("{} {}", request.method(), request.uri());
        self.record.0.lock().expect("no panic").push(line);
        let response = self.inner.send(request).await?;
        let cut = is_stream.then(|| self.cuts.lock().expect("no panic").pop());
        Ok(response.map(|body| Cut {
            body: Box::pin(body),
            left: cut.flatten(),
        }))
    }
}

/// A body that breaks after so many chunks, if there is a number.
pub(crate) struct Cut<B> {
    body: Pin<Box<B>>,
    left: Option<usize>,
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>>> Body for Cut<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.left {
            Some(0) => return Poll::Ready(Some(Err("the test cuts here".into()))),
            Some(left) => *left -= 1,
            None => {}
        }
        let frame = self.body.as_mut().poll_frame(cx);
        if frame.is_pending()
            && let Some(left) = &mut self.left
        {
            *left += 1;
        }
        frame.map(|it| it.map(|it| it.map_err(Into::into)))
    }
}
