//! The first bytes of a connection, which say whether it is HTTP/2: [`read`].

use std::io::{self, Cursor};

use tokio::io::{AsyncReadExt, Chain, Join, join};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// What a client of HTTP/2 sends first (RFC 9113 §3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection from its first byte on, although some bytes have been read already.
pub(super) type Connection = Join<Chain<Cursor<Vec<u8>>, OwnedReadHalf>, OwnedWriteHalf>;

/// Waits for the bytes by which HTTP/1.1 and HTTP/2 are told apart. `None` if the client has hung
/// up before the first.
///
/// hyper-util waits for them, too, but without a limit: it has no timer there. The caller sets one
/// around this function, and hyper-util finds what it looks for at once.
pub(super) async fn read(stream: TcpStream) -> io::Result<Option<Connection>> {
    let (mut reader, writer) = stream.into_split();
    let mut buffer = [0; PREFACE.len()];
    let mut filled = 0;
    while filled < PREFACE.len() && buffer[..filled] == PREFACE[..filled] {
        let read = reader.read(&mut buffer[filled..]).await?;
        if read == 0 {
            break;
        }
        filled += read;
    }
    let first = Cursor::new(buffer[..filled].to_vec());
    Ok((filled > 0).then(|| join(first.chain(reader), writer)))
}
