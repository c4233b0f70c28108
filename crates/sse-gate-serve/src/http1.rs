//! A connection of HTTP/1.1, while hyper has it: [`serve`].

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use http::header::TRAILER;
use http::{Method, Request, Response, Version};
use http_body::Body;
use http_body_util::Either;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::activity::{Activity, Over, TrackedBody, Watched};
use crate::connection::{App, BoxError, Given, Shared};
use crate::front;
use crate::park::{Parked, Shelf, ShelvedBody, Taken, Wire};
use crate::rewind::Rewind;
use crate::server::PeerAddr;

/// How a connection's time with hyper ends.
enum End<B> {
    /// The connection has ended.
    Closed(hyper::Result<()>),
    /// Its stream can go on without hyper.
    Parks(Taken<B>),
}

/// A body as hyper gets it.
type Sent<S> = TrackedBody<Either<ShelvedBody<Given<S>>, Given<S>>>;

/// Serves a connection until it ends. `Some` if its response goes on without hyper, with what is left of the connection.
pub(crate) async fn serve<T, S: App>(
    io: Rewind<Box<T>>,
    peer: PeerAddr,
    shared: Arc<Shared<S>>,
) -> Result<Option<Parked<T, Given<S>>>, BoxError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let silence = shared.settings.silence;
    let (activity, shelf) = (Activity::new(), Shelf::default());
    let wire = TokioIo::new(Wire::new(Watched::new(io, &activity), &shelf));
    let service = service(&shared, peer, &activity, &shelf);
    // Its limits are ours: hyper has one on the head only, and would keep a timer of its own for it.
    let mut connection = Builder::new()
        .serve_connection(wire, service)
        .with_upgrades();
    let ends = poll_fn(|cx| match Pin::new(&mut connection).poll(cx) {
        Poll::Ready(ended) => Poll::Ready(End::Closed(ended)),
        // hyper has done all that it can for now.
        Poll::Pending => shelf
            .take()
            .map_or(Poll::Pending, |taken| Poll::Ready(End::Parks(taken))),
    });
    let is_asked_to_stop = tokio::select! {
        end = ends => return match end {
            End::Closed(ended) => Ok(ended.map(|()| None)?),
            End::Parks(taken) => {
                let left = connection.into_parts().ok_or("a stream was upgraded")?;
                let (unread, io) = left.io.into_inner().into_inner().into_inner().into_parts();
                let ahead = joined(&left.read_buf, &unread);
                Ok(Some(Parked::new(*io, taken, ahead, silence)))
            }
        },
        over = activity.over(shared.settings.limits()) => match over {
            Over::Answer => return Err("an answer was not taken".into()),
            Over::Idle => false,
        },
        () = shared.shutdown.cancelled() => true,
    };
    Pin::new(&mut connection).graceful_shutdown();
    if is_asked_to_stop {
        connection.await?;
        return Ok(None);
    }
    // What it still has to say may be said in the rest of the time. A request that was on its way is answered.
    activity.renew();
    tokio::select! {
        ended = connection => Ok(ended.map(|()| None)?),
        _ = activity.over(shared.settings.last_limits()) => Err("an idle connection did not end".into()),
    }
}

/// Answers the requests of a connection, and puts bodies on the shelf that may be parked.
fn service<S: App>(
    shared: &Shared<S>,
    peer: PeerAddr,
    activity: &Activity,
    shelf: &Shelf<Given<S>>,
) -> impl Service<
    Request<Incoming>,
    Response = Response<Sent<S>>,
    Error = S::Error,
    Future: Send + Unpin,
> + use<S> {
    let app = TowerToHyperService::new(shared.app());
    let parks = shared.settings.parks;
    let (activity, shelf) = (activity.clone(), shelf.clone());
    service_fn(move |mut request: Request<Incoming>| {
        let under_way = activity.begin();
        let may_park = parks && is_bare(&request);
        request.extensions_mut().insert(peer);
        let response = front::answer(&app, request);
        let shelf = shelf.clone();
        // A connection keeps room for a future as long as it is open. For a box it is little.
        Box::pin(async move {
            let response = response.await?;
            let is_stream = front::is_stream(&response);
            if is_stream {
                under_way.goes_on();
            }
            let may_park = may_park && is_stream && !response.headers().contains_key(TRAILER);
            Ok(response.map(|body| {
                under_way.until_end_of(if may_park {
                    Either::Left(ShelvedBody::new(&shelf, body))
                } else {
                    Either::Right(body)
                })
            }))
        })
    })
}

/// Whether nothing of the request is left to be read when it has been answered.
fn is_bare<R: Body>(request: &Request<R>) -> bool {
    request.version() == Version::HTTP_11
        && request.method() != Method::HEAD
        && request.body().is_end_stream()
}

/// These bytes, and those behind them, without the large buffer that they may be in.
fn joined(first: &[u8], second: &[u8]) -> Box<[u8]> {
    [first, second].concat().into()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use bytes::Bytes;
    use tokio::io::{AsyncWriteExt, duplex};
    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::probe::silent_streams;

    /// A request may come while its connection is told that it was idle for too long. Its stream has all the time.
    #[tokio::test(start_paused = true)]
    async fn a_request_that_comes_in_the_last_moment_is_served() {
        let silence = Duration::from_secs(30);
        let (mut client, io) = duplex(1024);
        let peer = PeerAddr((Ipv4Addr::LOCALHOST, 1).into());
        let head = Bytes::from_static(b"GET / HTTP/1.1\r\nHost: he");
        let io = Rewind::new(head, Box::new(io));
        let serving = tokio::spawn(serve(io, peer, silent_streams(silence)));
        sleep(silence / 10 * 9).await;
        client.write_all(b"re\r\n\r\n").await.unwrap();
        assert!(timeout(10 * silence, serving).await.is_err(), "it goes on");
    }
}
