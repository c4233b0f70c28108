//! A client with one connection at a time, which sees what a browser would: [`Client`].

use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use sse_gate_core::TokenKey;
use sse_gate_resume::Subscription;
use sse_gate_resume::backend::Written;
use sse_gate_resume::error::ResumeError;

use super::Stage;
use super::reference::{Decoded, decode};

/// What one look at a connection gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Got {
    /// Bytes, and there may be more.
    Some(Vec<u8>),
    /// The last bytes, or none.
    Last(Vec<u8>),
    /// It waits.
    Nothing,
}

/// Looks once.
pub(crate) fn poll(subscription: &mut Subscription) -> Got {
    let mut buffer = BytesMut::new();
    let mut cx = Context::from_waker(Waker::noop());
    match subscription.poll_write(&mut cx, &mut buffer) {
        Poll::Ready(Written::More) => Got::Some(buffer.to_vec()),
        Poll::Ready(Written::Last) => Got::Last(buffer.to_vec()),
        Poll::Pending => {
            assert!(buffer.is_empty(), "it waits and has written");
            Got::Nothing
        }
    }
}

/// A client.
pub(crate) struct Client {
    pub(crate) token: TokenKey,
    pub(crate) connection: Option<Subscription>,
    /// Its `Last-Event-ID`.
    pub(crate) id: String,
}

impl Client {
    pub(crate) fn new(token: TokenKey, connection: Subscription) -> Self {
        Self {
            token,
            connection: Some(connection),
            id: String::new(),
        }
    }

    /// Another one that holds the same.
    pub(crate) fn thief(&self) -> Self {
        Self {
            token: self.token,
            connection: None,
            id: self.id.clone(),
        }
    }

    /// Reads all there is, and gives what a page sees of it: names and data. Whether it has ended,
    /// too.
    pub(crate) fn read(&mut self) -> (Vec<(String, String)>, bool) {
        let (decoded, ended) = self.read_stream();
        let events = decoded.events.into_iter();
        (
            events.map(|event| (event.kind, event.data)).collect(),
            ended,
        )
    }

    /// The same, in full.
    pub(crate) fn read_stream(&mut self) -> (Decoded, bool) {
        let connection = self.connection.as_mut().expect("it is connected");
        let mut stream = Vec::new();
        let ended = loop {
            match poll(connection) {
                Got::Some(bytes) => stream.extend(bytes),
                Got::Last(bytes) => {
                    stream.extend(bytes);
                    break true;
                }
                Got::Nothing => break false,
            }
        };
        let decoded = decode(&stream, &self.id);
        self.id.clone_from(&decoded.last_event_id);
        (decoded, ended)
    }

    /// Reads all there is, and gives the data of the application's events.
    pub(crate) fn read_data(&mut self) -> Vec<String> {
        let (events, _) = self.read();
        let own = events
            .into_iter()
            .filter(|(name, _)| !name.starts_with("sse."));
        own.map(|(_, data)| data).collect()
    }

    /// Whether its connection is still good: it has not ended.
    pub(crate) fn is_served(&mut self) -> bool {
        self.connection.is_some() && !self.read().1
    }

    pub(crate) fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Comes back with what it holds. An old connection stays until the server ends it.
    pub(crate) fn reconnect(&mut self, stage: &Stage) -> Result<u64, ResumeError> {
        let resumed = stage.resume(&self.id, self.token)?;
        let generation = resumed.lease().generation();
        self.connection = Some(resumed.subscribe());
        Ok(generation)
    }
}
