//! Between warp's types and those that everybody shares.

use std::convert::Infallible;

use bytes::Bytes;
use demo_service::http::Response as DemoResponse;
use futures_util::TryStreamExt;
use http::request::Parts;
use http::{Extensions, HeaderMap, Method};
use http_body::{Body, Frame};
use http_body_util::{BodyDataStream, StreamBody};
use sse_gate::StrippedToken;
use warp::path::FullPath;
use warp::reply::Response;
use warp::{Buf, Filter, Reply};

/// The head of the request, but for its query.
pub(crate) fn parts() -> impl Filter<Extract = (Parts,), Error = Infallible> + Copy {
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional())
        .map(
            |method: Method, path: FullPath, headers: HeaderMap, token: Option<StrippedToken>| {
                let (mut parts, ()) = http::Request::new(()).into_parts();
                parts.method = method;
                parts.uri = path.as_str().parse().unwrap_or_default();
                parts.headers = headers;
                parts.extensions.extend(token.map(with).unwrap_or_default());
                parts
            },
        )
}

/// Extensions with this in them.
fn with(token: StrippedToken) -> Extensions {
    let mut extensions = Extensions::new();
    extensions.insert(token);
    extensions
}

/// The body of the request, as everybody else has it.
pub(crate) fn body() -> impl Filter<
    Extract = (impl Body<Data = Bytes, Error = warp::Error> + Send + 'static,),
    Error = warp::Rejection,
> + Copy {
    warp::body::stream().map(|stream| StreamBody::new(TryStreamExt::map_ok(stream, frame)))
}

fn frame(mut data: impl Buf) -> Frame<Bytes> {
    Frame::data(data.copy_to_bytes(data.remaining()))
}

/// A clone of this for each request.
pub(crate) fn shared<T: Clone + Send + Sync + 'static>(
    it: &T,
) -> impl Filter<Extract = (T,), Error = Infallible> + Clone + use<T> {
    let it = it.clone();
    warp::any().map(move || it.clone())
}

/// A response in warp's type.
pub(crate) fn reply(response: DemoResponse) -> Response {
    response.map(|body| body.into_inner().into())
}

/// A stream in warp's type.
pub(crate) fn reply_with_stream<B>(response: http::Response<B>) -> Response
where
    B: Body<Data = Bytes, Error = Infallible> + Send + Sync + 'static,
{
    let (parts, body) = response.into_parts();
    let mut response = warp::reply::stream(BodyDataStream::new(body)).into_response();
    *response.headers_mut() = parts.headers;
    response
}
