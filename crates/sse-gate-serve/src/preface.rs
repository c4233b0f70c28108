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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt, duplex};

    use super::*;

    /// The first bytes of a client that sends these in pieces and hangs up, and what is left to be read.
    async fn first(sent: &'static [u8], piece: usize) -> (Option<First>, Vec<u8>) {
        let (mut client, mut server) = duplex(piece);
        let sending = tokio::spawn(async move { client.write_all(sent).await });
        let first = read(&mut server).await.unwrap();
        let mut rest = Vec::new();
        server.read_to_end(&mut rest).await.unwrap();
        sending.await.unwrap().unwrap();
        (first, rest)
    }

    /// However the bytes come, none is lost.
    #[tokio::test]
    async fn http_2_is_known_by_its_preface() {
        let sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nframes";
        for piece in 1..=sent.len() {
            let (first, rest) = first(sent, piece).await;
            let first = first.expect("there are bytes");
            assert!(first.is_http2, "pieces of {piece}");
            assert!(first.bytes.starts_with(PREFACE), "pieces of {piece}");
            assert_eq!(
                [&first.bytes[..], &rest].concat(),
                sent,
                "pieces of {piece}"
            );
        }
    }

    /// No more bytes are waited for than are needed to see that it is no preface.
    #[tokio::test]
    async fn anything_else_is_no_http_2() {
        for (sent, known_after) in [
            (&b"GET / HTTP/1.1\r\n"[..], 1),
            (b"PRX", 3),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\rx", 24),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r", 23),
            (b"P", 1),
        ] {
            let name = sent.escape_ascii();
            let (first, rest) = first(sent, 1).await;
            let first = first.expect("there are bytes");
            assert!(!first.is_http2, "{name}");
            assert_eq!(first.bytes, &sent[..known_after], "{name}");
            assert_eq!(rest, &sent[known_after..], "{name}");
        }
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_at_once_has_no_first_bytes() {
        assert!(first(b"", 1).await.0.is_none());
    }
}
