//! A client as a browser's `EventSource` is one: [`Client`].

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};

use crate::cluster::{Node, NodeResponse};

/// Holds a URL and the last id that it got.
pub(crate) struct Client {
    pub(crate) uri: String,
    pub(crate) id: String,
    pub(crate) connection: Option<NodeResponse>,
}

impl Client {
    /// A client of alice's with an open stream on this node.
    pub(crate) async fn open(node: &Node, id: &str) -> Self {
        let mut client = Self::new(node.uri(id).await);
        assert_eq!(client.connect(node).await, StatusCode::OK);
        client.read_until("event: sse.open").await;
        client
    }

    pub(crate) fn new(uri: String) -> Self {
        Self {
            uri,
            id: String::new(),
            connection: None,
        }
    }

    pub(crate) fn request(&self) -> Request<Empty<Bytes>> {
        let mut request = Request::get(&self.uri).header("accept", "text/event-stream");
        if !self.id.is_empty() {
            request = request.header("last-event-id", &self.id);
        }
        request.body(Empty::new()).unwrap()
    }

    /// Asks once more, on this node. The connection that it had is given back.
    pub(crate) async fn connect(&mut self, node: &Node) -> StatusCode {
        let response = node.ask(self.request()).await;
        let status = response.status();
        self.connection = Some(response);
        status
    }

    /// Reads until this has come.
    pub(crate) async fn read_until(&mut self, part: &str) -> String {
        let mut text = String::new();
        while !text.contains(part) {
            let Some(frame) = self.frame().await else {
                panic!("the stream has ended before {part:?}: {text:?}");
            };
            text.push_str(&frame);
        }
        text
    }

    /// Reads to the end.
    pub(crate) async fn read_to_end(&mut self) -> String {
        let mut text = String::new();
        while let Some(frame) = self.frame().await {
            text.push_str(&frame);
        }
        text
    }

    async fn frame(&mut self) -> Option<String> {
        let body = self.connection.as_mut().unwrap().body_mut();
        let frame = tokio::time::timeout(Duration::from_secs(10), body.frame()).await;
        let frame = frame.expect("something comes in time")?.unwrap();
        let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
        let mut ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
        if let Some(id) = ids.next_back() {
            id.clone_into(&mut self.id);
        }
        Some(text)
    }
}
