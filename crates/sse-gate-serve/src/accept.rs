//! Accepts connections until the shutdown: [`run`].

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::caps::Caps;
use crate::connection::{self, App, BoxError, Shared};
use crate::server::{PeerAddr, Tls};
use crate::socket;

/// How long to wait when no connection can be accepted: some have to end first.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves all connections of a listener. From the shutdown on, they have the time of grace to end.
pub(crate) async fn run<S: App>(
    listener: TcpListener,
    tls: Option<Tls>,
    caps: Caps,
    shared: Arc<Shared<S>>,
) -> io::Result<()> {
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    // If this future is dropped, no connection goes on without it.
    let _cut_in_the_end = cut.clone().drop_guard();
    let shutdown = shared.shutdown.clone();
    let mut stopped = pin!(shutdown.cancelled());
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &caps) => accepted,
            () = stopped.as_mut() => break,
        };
        let (stream, peer, counted) = match accepted {
            Ok(Some(accepted)) => accepted,
            Ok(None) => continue,
            Err(error) => {
                // Out of file descriptors, say.
                tracing::warn!(%error, "a connection was not accepted");
                sleep(PAUSE).await;
                continue;
            }
        };
        let (tls, shared, cut) = (tls.clone(), Arc::clone(&shared), cut.clone());
        let open = shared.stats.connection();
        connections.spawn(async move {
            let served = Box::pin(serve(stream, tls, PeerAddr(peer), shared));
            let ended = tokio::select! {
                ended = served => ended,
                () = cut.cancelled() => Ok(()),
            };
            drop((counted, open));
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    connections.close();
    if timeout(shared.settings.grace, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!(connections = connections.len(), "some connections were cut");
        cut.cancel();
        connections.wait().await;
    }
    Ok(())
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

async fn serve<S: App>(
    stream: TcpStream,
    tls: Option<Tls>,
    peer: PeerAddr,
    shared: Arc<Shared<S>>,
) -> Result<(), BoxError> {
    socket::prepare(&stream, shared.settings.silence)?;
    match tls {
        None => connection::run(stream, peer, shared).await,
        #[cfg(feature = "rustls")]
        Some(tls) => {
            let stream = timeout(shared.settings.silence, tls.accept(stream)).await??;
            connection::run(stream, peer, shared).await
        }
        #[cfg(not(feature = "rustls"))]
        Some(never) => match never {},
    }
}
