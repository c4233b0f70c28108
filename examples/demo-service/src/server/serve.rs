//! Accepts connections for a tower service: [`serve`].

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_service::Service;

use super::connection::{self, BoxError};

/// Serves HTTP/1.1 and HTTP/2 on `listener` until `shutdown`, and then waits for the connections.
/// [`with_grace`](super::with_grace) bounds that.
///
/// A connection ends when no request has been under way for the time of `silence`. Answers to HEAD
/// are sent without their body, and requests whose target has no path are answered with 400.
pub async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    silence: Duration,
    shutdown: CancellationToken,
) -> io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let builder = connection::builder(silence);
    let connections = TaskTracker::new();
    let mut stopped = pin!(shutdown.cancelled());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped.as_mut() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, say: some connections must end first.
                tracing::warn!(%error, "a connection was not accepted");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (builder, service) = (builder.clone(), service.clone());
        let connection = connection::run(stream, builder, service, silence, shutdown.clone());
        // A task that waits for a future has room for it twice, unless it is in a box.
        let connection = Box::pin(connection);
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
    Ok(())
}
