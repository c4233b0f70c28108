//! One request and its response: [`Exchange`].

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::program::in_time;

/// A request that was sent, and what has come back so far. Dropped, its connection is cut.
pub(crate) struct Exchange {
    socket: TcpStream,
    text: String,
}

impl Exchange {
    /// Sends a request by HTTP/1.0: so its response has no chunks, and ends with the connection.
    pub(crate) async fn begin(
        addr: &str,
        method: &str,
        target: &str,
        headers: &str,
        body: &str,
    ) -> Self {
        let mut socket = TcpStream::connect(addr).await.unwrap();
        let length = match body.len() {
            0 => String::new(),
            length => format!("Content-Length: {length}\r\n"),
        };
        let head = format!("{method} {target} HTTP/1.0\r\nHost: {addr}\r\n{headers}{length}\r\n");
        socket.write_all((head + body).as_bytes()).await.unwrap();
        Self {
            socket,
            text: String::new(),
        }
    }

    /// Reads until what has come is as it should be, and gives all of it.
    pub(crate) async fn until(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> &str {
        while !is_so(&self.text) {
            assert!(self.read(what).await, "no {what} in {:?}", self.text);
        }
        &self.text
    }

    /// Reads to the end.
    pub(crate) async fn whole(mut self) -> String {
        while self.read("the end of the response").await {}
        self.text
    }

    /// The status, from a response that has ended.
    pub(crate) async fn status(self) -> u16 {
        let text = self.whole().await;
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        status.unwrap_or_else(|| panic!("no status in {text:?}"))
    }

    /// Reads what is there, or comes next; whether there was anything.
    async fn read(&mut self, what: &str) -> bool {
        let mut bytes = [0; 4096];
        let count = in_time(what, self.socket.read(&mut bytes)).await.unwrap();
        self.text
            .push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        count > 0
    }
}

/// The data of the page's own events in a response: those of the library have JSON objects.
pub(crate) fn data(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines.filter(|data| !data.starts_with('{')).collect()
}

/// The last id in a response.
pub(crate) fn last_id(text: &str) -> &str {
    let mut ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.next_back().expect("an id")
}
