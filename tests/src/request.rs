//! A request over HTTP/1.1, as it is written: [`Request`].

use std::fmt::Write as _;

/// A method, a target, headers in their order, and a body: sent as they stand here, right or
/// wrong.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A request with nothing but a method, a target, and `Host`.
    pub fn new(method: &str, target: impl Into<String>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.into(),
            headers: vec![("Host".to_owned(), "sse.test".to_owned())],
            body: Vec::new(),
        }
    }

    /// A GET.
    pub fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    /// A POST, with its body's length.
    pub fn post(target: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", target).body(body)
    }

    /// What an `EventSource` sends.
    pub fn stream(target: impl Into<String>) -> Self {
        Self::get(target).header("Accept", "text/event-stream")
    }

    /// What an `EventSource` sends that comes back: with the last id it saw.
    pub fn resume(target: impl Into<String>, id: &str) -> Self {
        Self::stream(target).header("Last-Event-ID", id)
    }

    /// The same with another method.
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// The same with another target.
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = target.into();
        self
    }

    /// The same with one header more, were there one of this name or not.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with all these headers more.
    pub fn headers<'h>(self, headers: impl IntoIterator<Item = &'h (&'h str, &'h str)>) -> Self {
        let add = |request: Self, (name, value): &(&str, &str)| request.header(name, *value);
        headers.into_iter().fold(self, add)
    }

    /// The same without the headers of this name.
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// The same with this JWT.
    pub fn bearer(self, jwt: &str) -> Self {
        self.header("Authorization", format!("Bearer {jwt}"))
    }

    /// The same with a body of JSON.
    pub fn json(self, value: &serde_json::Value) -> Self {
        self.header("Content-Type", "application/json")
            .body(value.to_string())
    }

    /// The same with a body and its length.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.without("Content-Length")
            .header("Content-Length", length)
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
