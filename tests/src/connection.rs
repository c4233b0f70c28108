//! A client's end of an HTTP/1.1 connection: [`Connection`].

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::{Request, Response, in_time};

/// Sends bytes as they are, and reads responses.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// How a body is framed (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

impl Connection {
    /// Connects.
    pub async fn open(addr: SocketAddr) -> Self {
        let connection = Self::try_open(addr).await;
        connection.expect("the server takes connections")
    }

    /// Connects; `None` if nothing listens there.
    pub async fn try_open(addr: SocketAddr) -> Option<Self> {
        let stream = in_time("connect", TcpStream::connect(addr)).await.ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends these bytes.
    pub async fn send(&mut self, bytes: &[u8]) {
        // A server that has said no already may have closed its end.
        let _ = in_time("send", self.stream.get_mut().write_all(bytes)).await;
    }

    /// Sends a request, and reads the whole response.
    pub async fn exchange(&mut self, request: &Request) -> Response {
        self.send(&request.bytes()).await;
        self.response(request).await
    }

    /// Sends a request, and reads the response if the server gives one before it hangs up.
    pub async fn exchange_if_any(&mut self, request: &Request) -> Option<Response> {
        self.send(&request.bytes()).await;
        self.try_response(request).await
    }

    /// Reads the whole response to a request; interim ones (100 Continue) are left out.
    pub async fn response(&mut self, request: &Request) -> Response {
        self.try_response(request)
            .await
            .unwrap_or_else(|| panic!("no response to {} {:.200}", request.method, request.target))
    }

    /// As [`response`](Self::response); `None` if the connection ends before it.
    pub async fn try_response(&mut self, request: &Request) -> Option<Response> {
        let mut response = self.head().await?;
        self.body(request, &mut response).await?;
        Some(response)
    }

    /// Reads the body of the response to a request; `None` if it breaks off.
    pub(crate) async fn body(&mut self, request: &Request, response: &mut Response) -> Option<()> {
        if request.method == "HEAD" || matches!(response.status, 204 | 304) {
            return Some(());
        }
        match framing(response) {
            Framing::Length(length) => {
                response.body.resize(length, 0);
                let read = self.stream.read_exact(&mut response.body);
                in_time("a body", read).await.ok()?;
            }
            Framing::UntilClose => {
                let read = self.stream.read_to_end(&mut response.body);
                in_time("a body", read).await.ok()?;
            }
            Framing::Chunked => {
                while let Some(chunk) = self.chunk().await? {
                    response.body.extend(chunk);
                }
            }
        }
        Some(())
    }

    /// Reads the head of the next final response.
    pub(crate) async fn head(&mut self) -> Option<Response> {
        loop {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let read = self.stream.read_until(b'\n', &mut head);
                let read = in_time("a head", read).await;
                if read.unwrap_or_default() == 0 {
                    return None;
                }
            }
            let response = Response::parse_head(&head);
            if response.status >= 200 {
                return Some(response);
            }
        }
    }

    /// Reads a chunk of a chunked body: `Some(None)` is its proper end, `None` is none.
    pub(crate) async fn chunk(&mut self) -> Option<Option<Vec<u8>>> {
        let mut size = String::new();
        in_time("a chunk", self.stream.read_line(&mut size))
            .await
            .ok()?;
        let size = usize::from_str_radix(size.trim_end(), 16).ok()?;
        let mut chunk = vec![0; size + 2];
        let read = self.stream.read_exact(&mut chunk);
        in_time("the rest of a chunk", read).await.ok()?;
        chunk.truncate(size);
        Some((size > 0).then_some(chunk))
    }

    /// What one read gives: the server's first write, if it wrote nothing before.
    pub async fn first_write(&mut self) -> Vec<u8> {
        let read = in_time("a first write", self.stream.fill_buf()).await;
        let bytes = read.expect("the server writes").to_vec();
        self.stream.consume(bytes.len());
        bytes
    }

    /// Ends the connection with a TCP reset, without a word.
    pub fn reset(self) {
        let stream = self.stream.into_inner();
        stream.set_zero_linger().expect("a socket's option");
    }

    /// Whether the server has closed its end, once it has said nothing more.
    pub async fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        let read = self.stream.read_to_end(&mut rest);
        in_time("the end of a connection", read).await.is_err() || rest.is_empty()
    }
}

/// How the body of a response is framed, by its head.
pub(crate) fn framing(response: &Response) -> Framing {
    if response.header("transfer-encoding") == Some("chunked") {
        return Framing::Chunked;
    }
    let length = response.header("content-length");
    length.map_or(Framing::UntilClose, |length| {
        Framing::Length(length.parse().expect("a length is a number"))
    })
}
