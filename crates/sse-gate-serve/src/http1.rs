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
use tokio::time::timeout;

use crate::activity::{Activity, Over, TrackedBody};
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
    let wire = TokioIo::new(Wire::new(io, &shelf));
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
                let (unread, io) = left.io.into_inner().into_inner().into_parts();
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
    } else {
        // What it still has to say may be said in the rest of the time.
        timeout(silence / 6, connection).await??;
    }
    Ok(None)
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
