//! What stands in front of every service, as no framework does it: [`answer`].

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use http_body_util::{Either, Full};
use hyper::service::Service;

use crate::connection::BoxError;

const EVENT_STREAM: &[u8] = b"text/event-stream";

/// The body of an answer: the service's, or one that stands in for it.
pub(crate) type Body<B> = Either<B, Full<Bytes>>;

/// Has a service answer a request, but for two things.
///
/// - A target without a path (`GET a`, `CONNECT host:1`, `OPTIONS *`) is answered with 400 in its
///   place. Routers look for a path, and warp's panics if there is none.
/// - An answer to HEAD has the headers of one to GET, and no body (RFC 9110 §9.3.2). Hyper leaves
///   the body out over HTTP/1.1 only. Over HTTP/2 a body there is a protocol error, for which
///   clients end the connection with all its streams.
pub(crate) fn answer<S, R, B>(
    service: &S,
    request: Request<R>,
) -> impl Future<Output = Result<Response<Body<B>>, S::Error>> + use<S, R, B>
where
    S: Service<Request<R>, Response = Response<B>>,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let is_head = request.method() == Method::HEAD;
    let response = has_path(&request).then(|| service.call(request));
    async move {
        let response = match response {
            Some(response) => response.await?.map(Either::Left),
            None => without_path().map(Either::Right),
        };
        Ok(if is_head { emptied(response) } else { response })
    }
}

/// Whether there is a path. An absolute target without one means the root (RFC 9110 §4.2.3); over
/// HTTP/2 the path is a field of its own, which has to be one.
fn has_path<R>(request: &Request<R>) -> bool {
    let uri = request.uri();
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    let is_absolute = request.version() < Version::HTTP_2 && uri.scheme().is_some();
    is_absolute || target.starts_with('/')
}

fn without_path() -> Response<Full<Bytes>> {
    let problem =
        r#"{"title":"Bad Request","status":400,"detail":"The request's target has no path."}"#;
    let mut response = Response::new(Full::from(problem));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let media_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// Whether a response is a stream of events, which may go on for as long as it likes.
pub(crate) fn is_stream<B>(response: &Response<B>) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    let first = media_type.and_then(|it| it.as_bytes().get(..EVENT_STREAM.len()));
    first.is_some_and(|first| first.eq_ignore_ascii_case(EVENT_STREAM))
}

/// The same answer without its body, whose length is still told if it is known.
fn emptied<B>(response: Response<Body<B>>) -> Response<Body<B>>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>>,
{
    let (mut head, body) = response.into_parts();
    // A body that is empty already may stand for one that isn't: its length is not the answer's.
    if let Some(length @ 1..) = body.size_hint().exact() {
        let length = HeaderValue::from(length);
        head.headers.entry(CONTENT_LENGTH).or_insert(length);
    }
    Response::from_parts(head, Either::Right(Full::default()))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::BodyExt;
    use hyper::service::service_fn;

    use super::*;

    async fn ask(method: &str, target: &str) -> (Response<()>, Bytes) {
        let request = Request::builder().method(method).uri(target);
        let hello = service_fn(async |_: Request<Full<Bytes>>| {
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"hello"))))
        });
        let request = request.body(Full::<Bytes>::default()).unwrap();
        let response = answer(&hello, request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (Response::from_parts(head, ()), body)
    }

    /// A16
    #[tokio::test]
    async fn an_answer_to_head_tells_its_length_and_is_empty() {
        let (head, body) = ask("HEAD", "/").await;
        assert_eq!(head.headers()[CONTENT_LENGTH], "5");
        assert!(body.is_empty());
        let (head, body) = ask("GET", "/").await;
        assert!(!head.headers().contains_key(CONTENT_LENGTH));
        assert_eq!(body, "hello");
    }

    /// A17
    #[tokio::test]
    async fn a_target_without_a_path_does_not_reach_the_service() {
        for (method, target) in [("GET", "a"), ("CONNECT", "host:1"), ("OPTIONS", "*")] {
            let (head, _) = ask(method, target).await;
            assert_eq!(head.status(), StatusCode::BAD_REQUEST, "{method} {target}");
        }
        for target in ["/", "http://host", "http://host?x"] {
            let (head, _) = ask("GET", target).await;
            assert_eq!(head.status(), StatusCode::OK, "{target}");
        }
    }

    /// A17: over HTTP/2 the path is a field of its own, which must not be missing.
    #[test]
    fn an_absolute_target_without_a_path_is_the_root_before_http_2() {
        for (version, expected) in [
            (Version::HTTP_10, true),
            (Version::HTTP_11, true),
            (Version::HTTP_2, false),
        ] {
            let request = Request::builder().version(version).uri("http://host?x");
            let request = request.body(()).unwrap();
            assert_eq!(has_path(&request), expected, "{version:?}");
        }
    }

    /// The length of a body that is empty already is not that of an answer to GET.
    #[tokio::test]
    async fn an_answer_to_head_that_is_empty_tells_no_length() {
        let empty = service_fn(async |_: Request<Full<Bytes>>| {
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
        });
        let request = Request::builder().method("HEAD").body(Full::default());
        let request = request.unwrap();
        let response = answer(&empty, request).await.unwrap();
        assert!(!response.headers().contains_key(CONTENT_LENGTH));
    }

    #[test]
    fn a_stream_is_known_by_its_type_of_content() {
        for (media_type, expected) in [
            (Some("text/event-stream"), true),
            (Some("Text/Event-Stream; charset=utf-8"), true),
            (Some("text/event"), false),
            (Some("text/plain; x=text/event-stream"), false),
            (None, false),
        ] {
            let mut response = Response::new(());
            if let Some(media_type) = media_type {
                let media_type = HeaderValue::from_static(media_type);
                response.headers_mut().insert(CONTENT_TYPE, media_type);
            }
            assert_eq!(is_stream(&response), expected, "{media_type:?}");
        }
    }
}
