//! A client as a browser's `EventSource` is one: [`Client`].

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use sse_gate::admission::ResponseBody;
use sse_gate::codec::{Decoder, Frame};

use crate::desk::DeskBody;
use crate::scene::Scene;
use crate::support::{Body, with};

/// Holds a URL and the last id that it got, and has one connection or none.
pub(crate) struct Client {
    pub(crate) uri: String,
    pub(crate) id: String,
    pub(crate) connection: Option<Connection>,
}

/// A response that is being read.
pub(crate) struct Connection {
    body: Pin<Box<ResponseBody<DeskBody>>>,
    decoder: Decoder,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Got {
    pub(crate) frames: Vec<Bytes>,
    pub(crate) events: Vec<Event>,
    pub(crate) retries: Vec<Duration>,
    pub(crate) ended: bool,
}

/// An event as a page sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: String,
    pub(crate) id: String,
}

impl Client {
    pub(crate) fn new(uri: String) -> Self {
        Self {
            uri,
            id: String::new(),
            connection: None,
        }
    }

    /// Another one that holds the same.
    pub(crate) fn twin(&self) -> Self {
        Self {
            id: self.id.clone(),
            ..Self::new(self.uri.clone())
        }
    }

    /// One that holds the URL and nothing else.
    pub(crate) fn twin_without_id(&self) -> Self {
        Self::new(self.uri.clone())
    }

    /// The request that it makes now.
    pub(crate) fn request(&self) -> Request<Body> {
        let id = [("last-event-id", self.id.as_str())];
        with(&self.uri, if self.id.is_empty() { &[] } else { &id })
    }

    /// Asks once more. The connection that it had is there until the server ends it.
    pub(crate) async fn connect(&mut self, scene: &Scene) -> StatusCode {
        let response = scene.ask(self.request()).await;
        self.take(response)
    }

    pub(crate) fn take(&mut self, response: Response<ResponseBody<DeskBody>>) -> StatusCode {
        let status = response.status();
        if status == StatusCode::OK {
            self.connection = Some(Connection::new(response));
        }
        status
    }

    pub(crate) fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Reads what is there, and keeps the last id.
    pub(crate) fn read(&mut self) -> Got {
        let got = self.connection.as_mut().expect("it is connected").read();
        if let Some(event) = got.events.last()
            && !event.id.is_empty()
        {
            self.id.clone_from(&event.id);
        }
        got
    }

    /// Reads what is there: the data of the application's events.
    pub(crate) fn read_data(&mut self) -> Vec<String> {
        self.read().data()
    }

    /// Whether its connection waits for more.
    pub(crate) fn is_served(&mut self) -> bool {
        self.connection.is_some() && !self.read().ended
    }
}

impl Connection {
    pub(crate) fn new(response: Response<ResponseBody<DeskBody>>) -> Self {
        Self {
            body: Box::pin(response.into_body()),
            decoder: Decoder::new(),
        }
    }

    /// Asks for frames until there is none or the body waits.
    pub(crate) fn read(&mut self) -> Got {
        let mut got = Got::default();
        let mut cx = Context::from_waker(Waker::noop());
        while let Poll::Ready(frame) = self.body.as_mut().poll_frame(&mut cx) {
            self.add(frame, &mut got);
            if got.ended {
                break;
            }
        }
        got
    }

    /// Asks for one frame only.
    pub(crate) fn read_frame(&mut self) -> Got {
        let mut got = Got::default();
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready(frame) = self.body.as_mut().poll_frame(&mut cx) {
            self.add(frame, &mut got);
        }
        got
    }

    /// Waits for a frame, or the end.
    pub(crate) async fn wait(&mut self) -> Got {
        let mut got = Got::default();
        let frame = poll_fn(|cx| self.body.as_mut().poll_frame(cx)).await;
        self.add(frame, &mut got);
        got
    }

    fn add(
        &mut self,
        frame: Option<Result<http_body::Frame<Bytes>, std::convert::Infallible>>,
        got: &mut Got,
    ) {
        let Some(Ok(frame)) = frame else {
            got.ended = true;
            return;
        };
        let bytes = frame.into_data().expect("a frame of data");
        let mut feed = self.decoder.feed(&bytes);
        while let Some(frame) = feed.next_frame() {
            match frame.expect("a small event") {
                Frame::Event(message) => got.events.push(Event {
                    name: message.event().to_owned(),
                    data: message.data().to_owned(),
                    id: message.id().to_owned(),
                }),
                Frame::Retry(wait) => got.retries.push(wait),
                Frame::Comment(_) => {}
            }
        }
        drop(feed);
        got.frames.push(bytes);
        // Who is told that this was the end asks no more.
        got.ended = self.body.is_end_stream();
    }
}

impl Got {
    /// The data of the application's events.
    pub(crate) fn data(&self) -> Vec<String> {
        let own = self.events.iter().filter(|it| !it.name.starts_with("sse."));
        own.map(|event| event.data.clone()).collect()
    }

    /// The names of all events.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.events
            .iter()
            .map(|event| event.name.as_str())
            .collect()
    }

    /// All frames as one text.
    pub(crate) fn text(&self) -> String {
        let bytes = self.frames.concat();
        String::from_utf8(bytes).unwrap()
    }
}

/// All that a client gets that is asked to wait.
pub(crate) fn retry_later(millis: u128, id: &str) -> String {
    format!("retry: {millis}\nevent: sse.wait\nid: {id}\ndata: {{\"v\":1}}\n\n")
}
