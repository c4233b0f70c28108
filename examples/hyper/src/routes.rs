//! Which request goes where. Hyper has no router: a match on path and method is one.

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use demo_service::http::{Demo, Mint, Response as DemoResponse, SetupError, read};
use demo_service::server::{self, Args};
use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Incoming};
use sse_gate::{Granted, Problem};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::trace::TraceLayer;

type Request = http::Request<Incoming>;
type Response = http::Response<UnsyncBoxBody<Bytes, Infallible>>;

/// The service that [`server::serve`] serves.
pub(crate) fn routes(
    demo: &Demo,
    args: &Args,
) -> Result<
    impl Service<
        Request,
        Response = http::Response<impl Body<Data = Bytes, Error = Infallible> + Send + 'static>,
        Error = Infallible,
        Future: Send,
    > + Clone
    + Send
    + 'static,
    SetupError,
> {
    let handler = {
        let demo = demo.clone();
        service_fn(move |request| ready(Ok(stream(&demo, &request))))
    };
    let router = Router {
        demo: demo.clone(),
        mint: demo.mint()?,
        stream: demo.gate_layer()?.layer(handler),
    };
    Ok(ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(server::cors(&args.allow_origin)?)
        .service(service_fn(move |request| router.clone().route(request))))
}

#[derive(Clone)]
struct Router<S> {
    demo: Demo,
    mint: Mint,
    stream: S,
}

impl<S, B> Router<S>
where
    S: Service<Request, Response = http::Response<B>, Error = Infallible>,
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    async fn route(self, request: Request) -> Result<Response, Infallible> {
        let Self { demo, mint, stream } = self;
        let uri = request.uri().clone();
        let path: Vec<&str> = uri.path().split('/').skip(1).collect();
        let response = match (&path[..], request.method()) {
            ([_, .., ""], _) => Demo::not_found(),
            ([""] | ["assets", _], &Method::GET | &Method::HEAD) => demo.page(uri.path()),
            (["healthz"], &Method::GET | &Method::HEAD) => demo.healthz(),
            (["metrics"], &Method::GET | &Method::HEAD) => demo.metrics(),
            (["demo", "login"], &Method::POST) => login(&demo, request).await,
            (["generations"], &Method::POST) => start(&demo, request).await,
            (["generations", _], &Method::GET | &Method::HEAD) => generation(&demo, request).await,
            (["generations", _], &Method::DELETE) => cancel(&demo, request).await,
            (["generations", "generate", _, "stream-token"], _) => mint.oneshot(request).await?,
            (["generations", "generate", _, "stream"], _) => {
                let response = stream.oneshot(request).await?;
                return Ok(response.map(BodyExt::boxed_unsync));
            }
            (["" | "healthz" | "metrics"] | ["assets", _], _) => method_not_allowed("GET,HEAD"),
            (["demo", "login"] | ["generations"], _) => method_not_allowed("POST"),
            (["generations", _], _) => method_not_allowed("GET,HEAD,DELETE"),
            _ => Demo::not_found(),
        };
        Ok(response.map(BodyExt::boxed_unsync))
    }
}

fn method_not_allowed(allow: &'static str) -> DemoResponse {
    let mut response = Demo::method_not_allowed();
    let allow = HeaderValue::from_static(allow);
    response.headers_mut().insert(ALLOW, allow);
    response
}

async fn login(demo: &Demo, request: Request) -> DemoResponse {
    match read(request.into_body()).await {
        Ok(body) => demo.login(&body),
        Err(response) => response,
    }
}

async fn start(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, body) = request.into_parts();
    match read(body).await {
        Ok(body) => demo.start(&parts, &body).await,
        Err(response) => response,
    }
}

async fn generation(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, _) = request.into_parts();
    demo.generation(&parts).await
}

async fn cancel(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, _) = request.into_parts();
    demo.cancel(&parts).await
}

fn stream(demo: &Demo, request: &Request) -> Response {
    let Some(granted) = request.extensions().get::<Granted>() else {
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The stream has no gate.")
            .into_response()
            .map(BodyExt::boxed_unsync);
    };
    match demo.stream(granted) {
        Ok(response) => response.map(BodyExt::boxed_unsync),
        Err(problem) => problem.into_response().map(BodyExt::boxed_unsync),
    }
}
