//! HTTP/2 frame by frame (RFC 9113), right or wrong: [`Frame`], [`FrameConnection`].

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::in_time;

/// What a client sends first.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const SETTINGS: u8 = 0x4;
const PING: u8 = 0x6;
const GOAWAY: u8 = 0x7;
const WINDOW_UPDATE: u8 = 0x8;

const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const ACK: u8 = 0x1;

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its type.
    pub kind: u8,
    /// Its flags.
    pub flags: u8,
    /// The id of its stream, 0 for the connection.
    pub stream: u32,
    /// What is in it.
    pub payload: Vec<u8>,
}

/// What a frame from a server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The status of a response.
    Status(u16),
    /// So many bytes of a body.
    Data(usize),
    /// The stream was reset, with this error code.
    Reset(u32),
    /// The connection ends, with this error code.
    GoAway(u32),
    /// Anything else.
    Other,
}

impl Frame {
    /// A request's head. `names` are sent as they are, pseudo-headers and all.
    pub fn headers(stream: u32, fields: &[(&str, &str)], ends_stream: bool) -> Self {
        let mut payload = Vec::new();
        for (name, value) in fields {
            // Literal without indexing, with a new name (RFC 7541 §6.2.2).
            payload.push(0);
            for text in [name, value] {
                push_length(&mut payload, text.len());
                payload.extend_from_slice(text.as_bytes());
            }
        }
        let flags = if ends_stream { END_STREAM } else { 0 };
        Self::new(HEADERS, END_HEADERS | flags, stream, payload)
    }

    /// The head of a usual request.
    pub fn request(stream: u32, method: &str, path: &str, more: &[(&str, &str)]) -> Self {
        let mut fields = vec![
            (":method", method),
            (":scheme", "http"),
            (":path", path),
            (":authority", "sse.test"),
        ];
        fields.extend_from_slice(more);
        Self::headers(stream, &fields, !matches!(method, "POST" | "PUT"))
    }

    /// A part of a body.
    pub fn data(stream: u32, bytes: &[u8], ends_stream: bool) -> Self {
        Self::new(DATA, u8::from(ends_stream), stream, bytes.to_vec())
    }

    /// Cancels a stream (error code `CANCEL`).
    pub fn reset(stream: u32) -> Self {
        Self::new(RST_STREAM, 0, stream, 8_u32.to_be_bytes().to_vec())
    }

    /// A client's settings, by their ids.
    pub fn settings(settings: &[(u16, u32)]) -> Self {
        let bytes = settings.iter().flat_map(|(id, value)| {
            let (id, value) = (id.to_be_bytes(), value.to_be_bytes());
            id.into_iter().chain(value)
        });
        Self::new(SETTINGS, 0, 0, bytes.collect())
    }

    /// Room for so many more bytes, of a stream or of the connection.
    pub fn window_update(stream: u32, bytes: u32) -> Self {
        Self::new(WINDOW_UPDATE, 0, stream, bytes.to_be_bytes().to_vec())
    }

    /// A question that the server is to answer.
    pub fn ping() -> Self {
        Self::new(PING, 0, 0, vec![7; 8])
    }

    /// Any frame.
    pub fn new(kind: u8, flags: u8, stream: u32, payload: Vec<u8>) -> Self {
        Self {
            kind,
            flags,
            stream,
            payload,
        }
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.payload.len()).expect("a small payload");
        let mut bytes = length.to_be_bytes()[1..].to_vec();
        bytes.extend([self.kind, self.flags]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// What it says.
    pub fn said(&self) -> Said {
        let number = |at: usize| {
            let bytes = self.payload.get(at..at + 4);
            bytes.map_or(0, |it| u32::from_be_bytes([it[0], it[1], it[2], it[3]]))
        };
        match self.kind {
            DATA => Said::Data(self.payload.len()),
            HEADERS => status(&self.payload).map_or(Said::Other, Said::Status),
            RST_STREAM => Said::Reset(number(0)),
            GOAWAY => Said::GoAway(number(4)),
            _ => Said::Other,
        }
    }

    /// Whether nothing follows it on its stream.
    pub fn ends_stream(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }
}

/// A length, or another number with a prefix of seven bits (RFC 7541 §5.1).
fn push_length(bytes: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(127) else {
        bytes.push(u8::try_from(length).expect("less than 127"));
        return;
    };
    bytes.push(127);
    while rest >= 128 {
        bytes.push(u8::try_from(rest % 128).expect("seven bits") | 0x80);
        rest /= 128;
    }
    bytes.push(u8::try_from(rest).expect("seven bits"));
}

/// The status at the start of a response's head, from a server that was told to keep no table.
fn status(block: &[u8]) -> Option<u16> {
    match *block {
        // The table is empty from now on.
        [0x20, ref rest @ ..] => status(rest),
        [indexed @ 0x88..=0x8e, ..] => {
            Some([200, 204, 206, 304, 400, 404, 500][usize::from(indexed - 0x88)])
        }
        [0x08 | 0x18 | 0x48, 3, ref digits @ ..] => digits.get(..3).and_then(|digits| {
            let text = std::str::from_utf8(digits).ok()?;
            text.parse().ok()
        }),
        [0x08 | 0x18 | 0x48, coded @ 0x80..=0xff, ref rest @ ..] => {
            huffman_digits(rest.get(..usize::from(coded & 0x7f))?)
        }
        _ => None,
    }
}

/// Three digits in the code of RFC 7541, Appendix B: 0 to 2 have five bits, the others six.
fn huffman_digits(bytes: &[u8]) -> Option<u16> {
    let bits = bytes
        .iter()
        .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
    let mut left = 8 * u32::try_from(bytes.len()).ok()?;
    let mut number = 0;
    for _ in 0..3 {
        let five = bits >> left.checked_sub(5)? & 31;
        let digit = if five <= 2 {
            left -= 5;
            five
        } else {
            left = left.checked_sub(6)?;
            (bits >> left & 63).checked_sub(0x19)? + 3
        };
        number = 10 * number + digit;
    }
    u16::try_from(number).ok()
}

/// A client's end of a connection over which frames are sent as they are.
#[derive(Debug)]
pub struct FrameConnection {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl FrameConnection {
    /// Connects, and sends the preface with these settings: beside them that the server is to keep
    /// no table of headers.
    pub async fn open(addr: SocketAddr, settings: &[(u16, u32)]) -> Self {
        let mut connection = Self::silent(addr).await;
        let mut all = vec![(0x1, 0)];
        all.extend_from_slice(settings);
        let mut bytes = PREFACE.to_vec();
        bytes.extend(Frame::settings(&all).bytes());
        connection.send_bytes(&bytes).await;
        connection
    }

    /// Connects, and asks for a stream with HEADERS that are not the end and this data behind them,
    /// each a frame, all in one write; the status.
    pub async fn status_with(addr: SocketAddr, target: &str, data: &[&str]) -> Result<u16, u32> {
        let mut head = Frame::request(1, "GET", target, &[("accept", "text/event-stream")]);
        head.flags = END_HEADERS;
        let mut bytes = PREFACE.to_vec();
        bytes.extend(Frame::settings(&[(0x1, 0)]).bytes());
        bytes.extend(head.bytes());
        for (at, piece) in data.iter().enumerate() {
            let is_last = at + 1 == data.len();
            bytes.extend(Frame::data(1, piece.as_bytes(), is_last).bytes());
        }
        let mut connection = Self::silent(addr).await;
        connection.send_bytes(&bytes).await;
        connection.status(1).await
    }

    /// Connects, and sends nothing.
    pub async fn silent(addr: SocketAddr) -> Self {
        let stream = in_time("connect", TcpStream::connect(addr)).await;
        let stream = stream.expect("the server takes connections");
        stream.set_nodelay(true).expect("a socket's option");
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// Sends bytes as they are. A server that has hung up gets none.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        let _ = in_time("send", self.stream.write_all(bytes)).await;
    }

    /// Sends frames.
    pub async fn send(&mut self, frames: &[Frame]) {
        let bytes: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
        self.send_bytes(&bytes).await;
    }

    /// The next frame, settings and pings answered on the way; `None` if the server hangs up.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            let frame = in_time("a frame", self.read()).await?;
            match (frame.kind, frame.flags & ACK) {
                (SETTINGS, 0) => self.send(&[Frame::new(SETTINGS, ACK, 0, vec![])]).await,
                (PING, 0) => {
                    let answer = Frame::new(PING, ACK, 0, frame.payload.clone());
                    self.send(&[answer]).await;
                }
                _ => {}
            }
            if !matches!(frame.kind, SETTINGS | PING) {
                return Some(frame);
            }
        }
    }

    /// The next frame of a stream that says what is asked for.
    ///
    /// # Panics
    ///
    /// If the connection ends first.
    pub async fn until<T>(&mut self, stream: u32, wanted: impl Fn(Said) -> Option<T>) -> T {
        loop {
            let frame = self.next().await;
            let frame =
                frame.unwrap_or_else(|| panic!("the connection ended before stream {stream}"));
            if frame.stream == stream
                && let Some(found) = wanted(frame.said())
            {
                return found;
            }
        }
    }

    /// The status of the response on a stream; an error is the code that it was reset with.
    pub async fn status(&mut self, stream: u32) -> Result<u16, u32> {
        let head = |said| match said {
            Said::Status(status) => Some(Ok(status)),
            Said::Reset(code) => Some(Err(code)),
            _ => None,
        };
        self.until(stream, head).await
    }

    /// Returns when the server has hung up. What it has said before is thrown away.
    pub async fn closed(&mut self) {
        let mut buffer = [0; 1024];
        while self.stream.read(&mut buffer).await.unwrap_or_default() > 0 {}
    }

    async fn read(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.parse() {
                return Some(frame);
            }
            let read = self.stream.read_buf(&mut self.unread).await;
            if read.unwrap_or_default() == 0 {
                return None;
            }
        }
    }

    fn parse(&mut self) -> Option<Frame> {
        let head = self.unread.get(..9)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let length = usize::try_from(length).expect("24 bits");
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let (kind, flags) = (head[3], head[4]);
        let payload = self.unread.get(9..9 + length)?.to_vec();
        self.unread.drain(..9 + length);
        Some(Frame::new(kind, flags, stream & 0x7fff_ffff, payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_status_is_read() {
        for (block, expected) in [
            (&[0x88][..], 200),
            (&[0x20, 0x8d], 404),
            (b"\x08\x03405", 405),
            (&[0x48, 0x82, 0b0110_1000, 0b0000_0001], 401),
        ] {
            assert_eq!(status(block), Some(expected), "{block:x?}");
        }
        assert_eq!(status(&[]), None);
    }
}
