//! Serves the demo: [`serve`].

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use super::Args;

/// How long connections have to finish after the streams were told to end.
const GRACE: Duration = Duration::from_millis(1_500);

/// Serves the demo until `shutdown`, and cuts what takes too long to end.
pub async fn serve<S, B>(
    listener: TcpListener,
    app: S,
    args: &Args,
    shutdown: CancellationToken,
) -> io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let server = sse_gate_serve::serve(listener, app)
        .with_silence(args.silence_timeout())
        .with_answer_time(2 * args.silence_timeout())
        .with_grace(GRACE)
        .with_parking(!args.no_park)
        .until(shutdown.cancelled_owned());
    server.await
}
