//! What the kernel is told of a connection: [`prepare`].

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

/// The kernel counts in seconds, and takes no zero.
const SHORTEST: Duration = Duration::from_secs(1);

/// Linux takes no longer time before it probes a connection.
const LONGEST: Duration = Duration::from_secs(32_767);

/// Whether a connection has the options of its listener from the start, so that they are set once for all.
///
/// On Linux, a socket that is accepted is a copy of the one that listens (`sk_clone`). A test here holds it to that.
pub(crate) const ARE_INHERITED: bool = cfg!(any(target_os = "android", target_os = "linux"));

/// Sends each write at once, and has the kernel find out whether the client is still there: its machine may be gone
/// without a word, and a stream that is silent would not notice.
///
/// What was sent has to be acknowledged within twice the time of silence, where the system can watch that (Linux and
/// its kin). A connection without any traffic is probed after the time of silence.
pub(crate) fn prepare(socket: &SockRef<'_>, silence: Duration) -> io::Result<()> {
    socket.set_tcp_nodelay(true)?;
    let silence = silence.clamp(SHORTEST, LONGEST);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(silence))?;
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    socket.set_tcp_user_timeout(Some(2 * silence))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// G3
    #[tokio::test]
    async fn the_kernel_looks_whether_the_client_is_there() {
        let silence = Duration::from_secs(20);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if ARE_INHERITED {
            prepare(&SockRef::from(&listener), silence).unwrap();
        }
        let address = listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let socket = SockRef::from(&stream);
        if !ARE_INHERITED {
            prepare(&socket, silence).unwrap();
        }
        assert!(stream.nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        #[cfg(target_os = "linux")]
        {
            assert_eq!(socket.tcp_user_timeout().unwrap(), Some(2 * silence));
            assert_eq!(socket.tcp_keepalive_time().unwrap(), silence);
        }
        for any in [Duration::ZERO, Duration::from_millis(1), Duration::MAX] {
            prepare(&socket, any).unwrap();
        }
    }
}
