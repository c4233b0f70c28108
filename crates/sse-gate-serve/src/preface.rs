//! The first bytes of a connection, which say whether it is HTTP/2: [`read`].

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

/// What a client of HTTP/2 sends first (RFC 9113 §3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// So much is read at once, in bytes: the head of most requests.
const PIECE: usize = 1024;

/// The first bytes of a connection.
pub(crate) struct First {
    pub(crate) bytes: Bytes,
    pub(crate) is_http2: bool,
}

/// Waits for the bytes by which HTTP/1.1 and HTTP/2 are told apart, and takes what is there behind them. `None` if the
/// client has hung up before the first. It has no limit of its own: the caller sets one around it.
pub(crate) async fn read(io: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<First>> {
    let mut bytes = BytesMut::with_capacity(PIECE);
    // As long as it may become the preface.
    while bytes.len() < PREFACE.len() && PREFACE.starts_with(&bytes) {
        if io.read_buf(&mut bytes).await? == 0 {
            break;
        }
    }
    Ok((!bytes.is_empty()).then(|| First {
        is_http2: bytes.starts_with(PREFACE),
        bytes: bytes.freeze(),
    }))
}
