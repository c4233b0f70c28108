//! Accepts connections until the shutdown: [`run`].

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use crate::caps::Caps;
use crate::connection::{App, BoxError, Connection, Shared};
use crate::progress::Progress;
use crate::server::{PeerAddr, Tls};
use crate::socket;

/// How long to wait when no connection can be accepted: some have to end first.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves all connections of a listener. From the shutdown on, they have the time of grace to end.
///
/// If this future is dropped, no connection goes on without it.
pub(crate) async fn run<S: App>(
    listener: TcpListener,
    tls: Option<Tls>,
    caps: Caps,
    shared: Arc<Shared<S>>,
) -> io::Result<()> {
    let silence = shared.settings.silence;
    socket::prepare_listener(&SockRef::from(&listener), silence)?;
    let mut connections = JoinSet::new();
    let shutdown = shared.shutdown.clone();
    let mut stopped = pin!(shutdown.cancelled());
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &caps) => accepted,
            Some(ended) = connections.join_next() => {
                tell(ended);
                continue;
            }
            () = stopped.as_mut() => break,
        };
        let (stream, peer, counted) = match accepted {
            Ok(Some(accepted)) => accepted,
            Ok(None) => continue,
            Err(error) if is_of_one_connection(&error) => {
                tracing::debug!(%error, "a connection broke");
                continue;
            }
            Err(error) => {
                // Out of file descriptors, say.
                tracing::warn!(%error, "a connection was not accepted");
                sleep(PAUSE).await;
                continue;
            }
        };
        if let Err(error) = socket::prepare_connection(&SockRef::from(&stream), silence) {
            tracing::debug!(%error, "a connection broke");
            continue;
        }
        let kept = (counted, shared.stats.connection());
        let (peer, shared) = (PeerAddr(peer), Arc::clone(&shared));
        start(&mut connections, stream, tls.clone(), peer, shared, kept);
    }
    drop(listener);
    let all = async {
        while let Some(ended) = connections.join_next().await {
            tell(ended);
        }
    };
    if timeout(shared.settings.grace, all).await.is_err() {
        tracing::warn!(connections = connections.len(), "some connections were cut");
        connections.shutdown().await;
    }
    Ok(())
}

/// Whether only the connection that was to be accepted has failed. The next one can be accepted at once.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Serves a connection in a task of its own.
fn start<S: App>(
    connections: &mut JoinSet<Result<(), BoxError>>,
    stream: TcpStream,
    tls: Option<Tls>,
    peer: PeerAddr,
    shared: Arc<Shared<S>>,
    kept: impl Send + Unpin + 'static,
) {
    let silence = shared.settings.silence;
    match tls {
        None => {
            let io = Progress::new(stream, silence);
            connections.spawn(Connection::new(io, peer, shared, kept));
        }
        #[cfg(feature = "rustls")]
        Some(tls) => {
            // Below TLS, which takes bytes into a buffer of its own.
            let accepted = timeout(silence, tls.accept(Progress::new(stream, silence)));
            // In boxes, as a task has room for a parked stream, and little else.
            let mut accepted = Box::pin(accepted);
            connections.spawn(async move {
                let accepted = tokio::select! {
                    accepted = &mut accepted => accepted??,
                    () = shared.shutdown.cancelled() => return Ok(()),
                };
                Connection::new(Box::new(accepted), peer, shared, kept).await
            });
        }
        #[cfg(not(feature = "rustls"))]
        Some(never) => match never {},
    }
}

/// Writes to the log how a connection ended, unless it ended well.
fn tell(ended: Result<Result<(), BoxError>, JoinError>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection broke"),
        // The message of a panic may have anything of a request in it: it is the panic hook's to show.
        Err(_) => tracing::error!("a connection's service panicked"),
    }
}

/// The next connection for which there is room. `None` if its peer has too many.
async fn accept(
    listener: &TcpListener,
    caps: &Caps,
) -> io::Result<Option<(TcpStream, SocketAddr, crate::caps::Counted)>> {
    let Some(room) = caps.room().await else {
        return Ok(None);
    };
    let (stream, peer) = listener.accept().await?;
    let counted = caps.count(room, peer.ip());
    Ok(counted.map(|counted| (stream, peer, counted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its client may have gone before it was accepted. That is no reason to wait before the next.
    #[test]
    fn a_connection_that_broke_is_known_from_a_server_without_descriptors() {
        for (kind, is_of_one) in [
            (io::ErrorKind::ConnectionAborted, true),
            (io::ErrorKind::ConnectionReset, true),
            (io::ErrorKind::ConnectionRefused, true),
            (io::ErrorKind::OutOfMemory, false),
            (io::ErrorKind::Other, false),
        ] {
            assert_eq!(is_of_one_connection(&kind.into()), is_of_one, "{kind:?}");
        }
    }
}
