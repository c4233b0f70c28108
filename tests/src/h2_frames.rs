//! HTTP/2 in frames of one's own (RFC 9113), all of a request in one write: [`status_of`].

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::in_time;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Asks for a stream with HEADERS that are not the end, and these frames of data behind them; the
/// status, if it is 200 or 400.
pub async fn status_of(addr: SocketAddr, target: &str, data: &[&str]) -> Option<u16> {
    let mut stream = in_time("connect", TcpStream::connect(addr))
        .await
        .expect("the server takes connections");
    let mut bytes = PREFACE.to_vec();
    push(&mut bytes, SETTINGS, 0, 0, &[]);
    push(&mut bytes, HEADERS, END_HEADERS, 1, &head(target));
    for (at, payload) in data.iter().enumerate() {
        let flags = if at + 1 == data.len() { END_STREAM } else { 0 };
        push(&mut bytes, DATA, flags, 1, payload.as_bytes());
    }
    in_time("send", stream.write_all(&bytes))
        .await
        .expect("a connection");
    loop {
        let mut head = [0; 9];
        in_time("a frame", stream.read_exact(&mut head))
            .await
            .ok()?;
        let [a, b, c, kind, ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        in_time("its payload", stream.read_exact(&mut payload))
            .await
            .ok()?;
        if kind == HEADERS {
            // The static table of RFC 7541 has these two.
            return match payload.first() {
                Some(0x88) => Some(200),
                Some(0x8c) => Some(400),
                _ => None,
            };
        }
    }
}

fn push(bytes: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("a small frame");
    bytes.extend_from_slice(&length.to_be_bytes()[1..]);
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
}

/// The block of an `EventSource`'s request, each field written out (RFC 7541 §6.2.2).
fn head(target: &str) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in [
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "sse.test"),
        (":path", target),
        ("accept", "text/event-stream"),
    ] {
        block.push(0);
        for text in [name, value] {
            push_length(&mut block, text.len());
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

/// A length in seven bits and as many bytes more as it takes (RFC 7541 §5.1).
fn push_length(block: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(127) else {
        block.push(u8::try_from(length).expect("less than 127"));
        return;
    };
    block.push(127);
    while rest >= 128 {
        block.push(u8::try_from(rest % 128).expect("seven bits") | 128);
        rest /= 128;
    }
    block.push(u8::try_from(rest).expect("seven bits"));
}
