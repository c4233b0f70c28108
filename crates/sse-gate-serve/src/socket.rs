//! What the kernel is told of a connection: [`prepare_listener`], [`prepare_connection`].

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

/// The kernel counts in seconds, and takes no zero.
const SHORTEST: Duration = Duration::from_secs(1);

/// Linux takes no longer time before it probes a connection.
const LONGEST: Duration = Duration::from_secs(32_767);

/// So many bytes may wait in the kernel to be sent, at most.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 128 * 1024;

/// Prepares a listener, whose connections have its options from then on, where the system does that.
///
/// On Linux, a socket that is accepted is a copy of the one that listens (`sk_clone`). A test here holds it to that.
pub(crate) fn prepare_listener(socket: &SockRef<'_>, silence: Duration) -> io::Result<()> {
    if ARE_INHERITED {
        prepare(socket, silence)?;
    }
    Ok(())
}

/// Prepares a connection, unless it has the options of its listener: it may have come before that had them.
pub(crate) fn prepare_connection(socket: &SockRef<'_>, silence: Duration) -> io::Result<()> {
    if is_prepared(socket, silence) {
        return Ok(());
    }
    prepare(socket, silence)
}

const ARE_INHERITED: bool = cfg!(any(target_os = "android", target_os = "linux"));

#[cfg(any(target_os = "android", target_os = "linux"))]
fn is_prepared(socket: &SockRef<'_>, silence: Duration) -> bool {
    let timeout = 2 * silence.clamp(SHORTEST, LONGEST);
    socket
        .tcp_user_timeout()
        .is_ok_and(|is| is == Some(timeout))
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn is_prepared(_: &SockRef<'_>, _: Duration) -> bool {
    false
}

/// Sends each write at once, and has the kernel find out whether the client is still there: its machine may be gone
/// without a word, and a stream that is silent would not notice.
///
/// What was sent has to be acknowledged within twice the time of silence, where the system can watch that (Linux and
/// its kin). A connection without any traffic is probed after the time of silence.
///
/// There, too, few unsent bytes wait in the kernel. It takes more only when much of its buffer is free, and that may have
/// megabytes: a client that takes bytes all the time, but slowly, would look like one that takes none.
fn prepare(socket: &SockRef<'_>, silence: Duration) -> io::Result<()> {
    socket.set_tcp_nodelay(true)?;
    let silence = silence.clamp(SHORTEST, LONGEST);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(silence))?;
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    socket.set_tcp_user_timeout(Some(2 * silence))?;
    #[cfg(any(target_os = "android", target_os = "linux"))]
    socket.set_tcp_notsent_lowat(UNSENT)?;
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
        let address = listener.local_addr().unwrap();
        let _before = TcpStream::connect(address).await.unwrap();
        prepare_listener(&SockRef::from(&listener), silence).unwrap();
        let _after = TcpStream::connect(address).await.unwrap();
        for is_inherited in [false, ARE_INHERITED] {
            let (stream, _) = listener.accept().await.unwrap();
            let socket = SockRef::from(&stream);
            assert_eq!(is_prepared(&socket, silence), is_inherited);
            prepare_connection(&socket, silence).unwrap();
            assert!(stream.nodelay().unwrap());
            assert!(socket.keepalive().unwrap());
            #[cfg(target_os = "linux")]
            {
                assert_eq!(socket.tcp_user_timeout().unwrap(), Some(2 * silence));
                assert_eq!(socket.tcp_keepalive_time().unwrap(), silence);
                assert_eq!(socket.tcp_notsent_lowat().unwrap(), UNSENT);
            }
            for any in [Duration::ZERO, Duration::from_millis(1), Duration::MAX] {
                prepare_connection(&socket, any).unwrap();
            }
        }
    }
}
