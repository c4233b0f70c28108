//! A connection of HTTP/2: [`serve`].

use std::pin::pin;
use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http2::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::activity::{Activity, Over, Watched};
use crate::connection::{App, BoxError, Shared};
use crate::front;
use crate::rewind::Rewind;
use crate::server::PeerAddr;

/// How many requests of one connection may be under way: hyper's default, named.
const MAX_STREAMS: u32 = 200;

/// Serves a connection until it ends.
///
/// Among hyper's defaults are the limits on streams that a client resets right after it has opened them (20 that the
/// service has not seen yet, and 1,024 that were its fault): the connection ends there.
pub(crate) async fn serve<T, S: App>(
    io: Rewind<T>,
    peer: PeerAddr,
    shared: Arc<Shared<S>>,
) -> Result<(), BoxError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = Activity::new();
    let app = TowerToHyperService::new(shared.app());
    let requests = activity.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let under_way = requests.begin();
        request.extensions_mut().insert(peer);
        let response = front::answer(&app, request);
        async move {
            let response = response.await?;
            let is_stream = front::is_stream(&response);
            Ok::<_, S::Error>(response.map(|body| {
                // The client says of each stream how much it takes, and no write tells that it takes nothing.
                if is_stream {
                    under_way.until_end_of_stream(body)
                } else {
                    under_way.until_end_of(body)
                }
            }))
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS);
    let io = TokioIo::new(Watched::new(io, &activity));
    let mut connection = pin!(builder.serve_connection(io, service));
    tokio::select! {
        ended = connection.as_mut() => return Ok(ended?),
        over = activity.over(shared.settings.limits()) => match over {
            Over::Answer => return Err("an answer was not taken".into()),
            Over::Idle => {}
        },
        () = shared.shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            return Ok(connection.await?);
        }
    }
    // What it still has to say may be said in the rest of the time. A request that was on its way is answered.
    connection.as_mut().graceful_shutdown();
    activity.renew();
    tokio::select! {
        ended = connection => Ok(ended?),
        _ = activity.over(shared.settings.last_limits()) => Err("an idle connection did not end".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use bytes::Bytes;
    use tokio::io::duplex;
    use tokio::time::Instant;

    use super::*;
    use crate::probe::empty_answers;

    /// G20
    #[tokio::test(start_paused = true)]
    async fn a_client_that_answers_nothing_has_the_time_of_silence() {
        let silence = Duration::from_secs(30);
        let (_client, io) = duplex(1024);
        let peer = PeerAddr((Ipv4Addr::LOCALHOST, 1).into());
        let start = Instant::now();
        let preface = Bytes::from_static(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        let served = serve(Rewind::new(preface, io), peer, empty_answers(silence)).await;
        assert!(served.is_err());
        let took = start.elapsed();
        assert!(took >= silence && took < silence + silence / 10, "{took:?}");
    }
}
