//! Which request goes where. Hyper has no router: a match on path and method is one.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use demo_service::http::{BoxError, Demo, ProgressStream, Response as DemoResponse, SetupError};
use demo_service::server::{self, Args};
use http::header::ALLOW;
use http::{Extensions, HeaderValue, Method};
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use sse_gate::admission::ResponseBody;
use sse_gate::{Granted, MintService, Problem, ResumableBody, ResumableStream};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::trace::TraceLayer;

type Request = http::Request<Incoming>;
type Response = http::Response<ResponseBody<HandlerBody>>;

/// The body of a stream's handler: a problem, or the stream. It is in no box, so that an event finds all of a stream in
/// one place.
type HandlerBody = Either<Full<Bytes>, StreamBody>;
type StreamBody = Either<ProgressStream, ResumableBody>;

/// The service that [`server::serve`] serves.
pub(crate) fn routes(
    demo: &Demo,
    args: &Args,
) -> Result<
    impl Service<
        Request,
        Response = http::Response<impl Body<Data = Bytes, Error = BoxError> + Send + 'static>,
        Error = Infallible,
        Future: Send,
    > + Clone
    + Send
    + 'static,
    SetupError,
> {
    let handler = |kind| {
        let demo = demo.clone();
        service_fn(move |request| stream(kind, demo.clone(), request))
    };
    let router = Arc::new(Router {
        generation_mint: demo.mint(),
        chat_mint: demo.chat_mint(),
        topic_mint: demo.topic_mint(),
        generations: demo.gate_layer()?.layer(handler(Kind::Generation)),
        chat: demo.chat_gate_layer()?.layer(handler(Kind::Chat)),
        topics: demo.topic_gate_layer()?.layer(handler(Kind::Topic)),
        demo: demo.clone(),
    });
    Ok(ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(server::cors(&args.allow_origin)?)
        .service(service_fn(move |request| {
            // It is large, and each layer would move it.
            Box::pin(Arc::clone(&router).route(request))
        })))
}

struct Router<S> {
    demo: Demo,
    generation_mint: MintService,
    chat_mint: MintService,
    topic_mint: MintService,
    generations: S,
    chat: S,
    topics: S,
}

impl<S> Router<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone,
{
    async fn route(self: Arc<Self>, request: Request) -> Result<Response, Infallible> {
        let demo = &self.demo;
        let uri = request.uri().clone();
        let path: Vec<&str> = uri.path().split('/').skip(1).collect();
        let response = match (&path[..], request.method()) {
            ([_, .., ""], _) => Demo::not_found(),
            ([""] | ["assets", _], &Method::GET | &Method::HEAD) => demo.page(uri.path()),
            (["healthz"], &Method::GET | &Method::HEAD) => demo.healthz(),
            (["readyz"], &Method::GET | &Method::HEAD) => demo.readyz(),
            (["metrics"], &Method::GET | &Method::HEAD) => demo.metrics(),
            (["demo", "login"], &Method::POST) => login(demo, request).await,
            (["demo", "logout"], &Method::POST) => logout(demo, request).await,
            (["generations"], &Method::POST) => start(demo, request).await,
            (["generations", _], &Method::GET | &Method::HEAD) => generation(demo, request).await,
            (["generations", _], &Method::DELETE) => cancel(demo, request).await,
            (["generations", "generate", _, "stream-token"], _) => {
                self.generation_mint.clone().oneshot(request).await?
            }
            (["generations", "generate", _, "stream"], _) => {
                return self.generations.clone().oneshot(request).await;
            }
            (["api", "chat", "stream", "initiate"], _) => {
                self.chat_mint.clone().oneshot(request).await?
            }
            (["api", "chat", "stream", _], _) => {
                return self.chat.clone().oneshot(request).await;
            }
            (["api", "chat", "stream", _, "stop"], &Method::POST) => stop(demo, request).await,
            (["topics", _, "stream-token"], _) => self.topic_mint.clone().oneshot(request).await?,
            (["topics", _, "stream"], _) => {
                return self.topics.clone().oneshot(request).await;
            }
            (["topics", _, "publish"], &Method::POST) => publish(demo, request).await,
            (["demo", "drop"], &Method::POST) => drop_connection(demo, request).await,
            (["" | "healthz" | "readyz" | "metrics"] | ["assets", _], _) => {
                method_not_allowed("GET,HEAD")
            }
            (
                ["demo", "login" | "logout" | "drop"]
                | ["generations"]
                | ["api", "chat", "stream", _, "stop"]
                | ["topics", _, "publish"],
                _,
            ) => method_not_allowed("POST"),
            (["generations", _], _) => method_not_allowed("GET,HEAD,DELETE"),
            _ => Demo::not_found(),
        };
        Ok(response.map(ResponseBody::from))
    }
}

fn method_not_allowed(allow: &'static str) -> DemoResponse {
    let mut response = Demo::method_not_allowed();
    let allow = HeaderValue::from_static(allow);
    response.headers_mut().insert(ALLOW, allow);
    response
}

async fn login(demo: &Demo, request: Request) -> DemoResponse {
    demo.login(request.into_body()).await
}

async fn logout(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, _) = request.into_parts();
    demo.logout(&parts).await
}

async fn start(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, body) = request.into_parts();
    demo.start(&parts, body).await
}

async fn generation(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, _) = request.into_parts();
    demo.generation(&parts).await
}

async fn cancel(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, _) = request.into_parts();
    demo.cancel(&parts).await
}

async fn stop(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, _) = request.into_parts();
    demo.stop_chat(&parts).await
}

async fn publish(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, body) = request.into_parts();
    demo.publish(&parts, body).await
}

async fn drop_connection(demo: &Demo, request: Request) -> DemoResponse {
    let (parts, body) = request.into_parts();
    demo.drop_connection(&parts, body).await
}

/// What a stream is of.
#[derive(Clone, Copy)]
enum Kind {
    Generation,
    Chat,
    Topic,
}

/// The handler of all streams, behind their gates.
async fn stream(
    kind: Kind,
    demo: Demo,
    request: Request,
) -> Result<http::Response<HandlerBody>, Infallible> {
    Ok(match open_stream(kind, &demo, request.extensions()).await {
        Ok(response) => response.map(Either::Right),
        Err(problem) => problem.into_response().map(Either::Left),
    })
}

async fn open_stream(
    kind: Kind,
    demo: &Demo,
    extensions: &Extensions,
) -> Result<http::Response<StreamBody>, Problem> {
    Ok(match kind {
        Kind::Generation => demo.stream(Granted::of(extensions)?)?.map(Either::Left),
        Kind::Chat => demo
            .chat(ResumableStream::of(extensions)?)
            .await?
            .map(Either::Right),
        Kind::Topic => demo
            .feed(ResumableStream::of(extensions)?)
            .await?
            .map(Either::Right),
    })
}
