//! One connection, from its first byte to its last: [`run`].

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use super::activity::Activity;
use super::{front, preface};

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How many requests of one connection may be under way over HTTP/2: hyper's default, named.
const MAX_STREAMS: u32 = 200;

/// How a connection is served: HTTP/1.1 and HTTP/2 with hyper's defaults, and timers.
///
/// Among the defaults are the limits on streams that a client resets right after it has opened them
/// (20 that the service has not seen yet, and 1,024 that were its fault): the connection ends there.
pub(super) fn builder(silence: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(silence);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS);
    builder
}

/// Serves a connection to its end. From `shutdown` on it takes no more requests.
///
/// It ends when no request has been under way for the time of `silence`, whatever its client has
/// sent meanwhile: no byte, half an HTTP/2 preface, half a head, or a byte now and then. It also ends
/// if an answer that is no stream is not taken within twice that time.
pub(super) async fn run<S, B>(
    stream: TcpStream,
    builder: Builder<TokioExecutor>,
    service: S,
    silence: Duration,
    shutdown: CancellationToken,
) -> Result<(), BoxError>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    stream.set_nodelay(true)?;
    let activity = Activity::new();
    let stream = tokio::select! {
        read = timeout(silence, preface::read(stream)) => match read? {
            Ok(Some(stream)) => stream,
            nothing_or_broken => return Ok(nothing_or_broken.map(drop)?),
        },
        () = shutdown.cancelled() => return Ok(()),
    };
    let (service, requests) = (TowerToHyperService::new(service), activity.clone());
    let service = service_fn(move |request| {
        let (under_way, response) = (requests.begin(), front::answer(&service, request));
        // A connection keeps room for a future as long as it is open. For a box it is little.
        Box::pin(async move {
            let response = response.await?;
            if is_stream(&response) {
                under_way.goes_on();
            }
            Ok::<_, S::Error>(response.map(|body| under_way.until_end_of(body)))
        })
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        ended = connection.as_mut() => return ended,
        () = activity.overdue(2 * silence) => return Err("an answer was not taken".into()),
        () = activity.idle(silence / 6 * 5) => {}
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            return connection.await;
        }
    }
    // What it still has to say may be said in the rest of the time.
    connection.as_mut().graceful_shutdown();
    timeout(silence / 6, connection).await?
}

fn is_stream<B>(response: &Response<B>) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    media_type.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"))
}
