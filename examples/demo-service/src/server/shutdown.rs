//! The end: on Ctrl-C or SIGTERM.

use std::io;
use std::pin::pin;
use std::time::Duration;

use tokio::signal::ctrl_c;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long connections have to finish after the streams were told to end.
const GRACE: Duration = Duration::from_millis(1_500);

/// A token that is cancelled by Ctrl-C or SIGTERM.
///
/// Streams must end with it: a server that waits for its connections would wait for them for ever.
pub fn on_signal() -> CancellationToken {
    let shutdown = CancellationToken::new();
    let token = shutdown.clone();
    tokio::spawn(async move {
        signalled().await;
        tracing::info!("shutting down");
        token.cancel();
    });
    shutdown
}

/// Runs a server that stops by itself after `shutdown`, and cuts it off if it takes too long.
pub async fn with_grace<S>(serving: S, shutdown: CancellationToken) -> io::Result<()>
where
    S: IntoFuture<Output = io::Result<()>>,
{
    let mut serving = pin!(serving.into_future());
    tokio::select! {
        served = serving.as_mut() => return served,
        () = shutdown.cancelled() => {}
    }
    timeout(GRACE, serving).await.unwrap_or_else(|_| {
        tracing::warn!("some connections were cut");
        Ok(())
    })
}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM can't be listened for");
            let _ = ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn signalled() {
    let _ = ctrl_c().await;
}
