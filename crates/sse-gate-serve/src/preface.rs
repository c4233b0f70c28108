//! The first bytes of a connection, which say whether it is HTTP/2: [`read`].

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt};

/// What a client of HTTP/2 sends first (RFC 9113 §3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The first bytes of a connection.
pub(crate) struct First {
    pub(crate) bytes: Bytes,
    pub(crate) is_http2: bool,
}

/// Waits for the bytes by which HTTP/1.1 and HTTP/2 are told apart. `None` if the client has hung
/// up before the first. It has no limit of its own: the caller sets one around it.
pub(crate) async fn read(io: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<First>> {
    let mut buffer = [0; PREFACE.len()];
    let mut filled = 0;
    while filled < PREFACE.len() && buffer[..filled] == PREFACE[..filled] {
        let read = io.read(&mut buffer[filled..]).await?;
        if read == 0 {
            break;
        }
        filled += read;
    }
    Ok((filled > 0).then(|| First {
        bytes: Bytes::copy_from_slice(&buffer[..filled]),
        is_http2: buffer == *PREFACE,
    }))
}
