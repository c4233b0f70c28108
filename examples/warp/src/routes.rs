//! Which request goes where, in warp's filters.
#![expect(
    clippy::needless_pass_by_value,
    reason = "filters hand over what they extract"
)]

use std::convert::Infallible;

use bytes::Bytes;
use demo_service::http::{Demo, SetupError};
use demo_service::server::{self, Args};
use http::HeaderValue;
use http::header::ALLOW;
use http::request::Parts;
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use sse_gate::{GateRejection, Granted, MintService, ResumableStream};
use tower::{Service, ServiceBuilder, ServiceExt};
use tower_http::trace::TraceLayer;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::path::FullPath;
use warp::reply::Response;

use crate::convert::{body, parts, reply, reply_with_stream, shared};

/// The service that [`server::serve`] serves.
///
/// `warp::serve` takes no tower layers. The gate stands in front of the filters: behind it, a
/// filter finds what it has granted.
pub(crate) fn routes(
    demo: &Demo,
    args: &Args,
) -> Result<
    impl Service<
        http::Request<Incoming>,
        Response = http::Response<impl Body<Data = Bytes, Error = warp::Error> + Send + 'static>,
        Error = Infallible,
        Future: Send,
    > + Clone
    + Send
    + 'static,
    SetupError,
> {
    Ok(ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(server::cors(&args.allow_origin)?)
        // Cors wants a body that can be empty.
        .map_response(|response: http::Response<_>| response.map(BodyExt::boxed_unsync))
        .layer(demo.gate_layer()?.in_front_of_router())
        .layer(demo.chat_gate_layer()?.in_front_of_router())
        .layer(demo.topic_gate_layer()?.in_front_of_router())
        .service(warp::service(filters(demo))))
}

fn filters(demo: &Demo) -> BoxedFilter<(Response,)> {
    let nothing = warp::any().map(|| reply(Demo::not_found())).boxed();
    let routes = [generations(demo), resumables(demo), vec![nothing]];
    let routes = routes.into_iter().flatten();
    routes.fold(slash_at_end(), |before, route| {
        before.or(route).unify().boxed()
    })
}

/// What is there but for the resumable streams.
fn generations(demo: &Demo) -> Vec<BoxedFilter<(Response,)>> {
    let mint = demo.mint();
    let demo = || shared(demo);
    let asset = warp::path!("assets" / String).map(drop).untuple_one();
    let id = warp::path!("generations" / String).map(drop).untuple_one();
    vec![
        at(
            warp::path::end().or(asset).unify(),
            get().and(demo()).and(warp::path::full()).map(page),
            "GET,HEAD",
        ),
        at(
            warp::path!("healthz"),
            get().and(demo()).map(healthz),
            "GET,HEAD",
        ),
        at(
            warp::path!("readyz"),
            get().and(demo()).map(readyz),
            "GET,HEAD",
        ),
        at(
            warp::path!("metrics"),
            get().and(demo()).map(metrics),
            "GET,HEAD",
        ),
        at(
            warp::path!("demo" / "login"),
            warp::post().and(demo()).and(body()).then(login),
            "POST",
        ),
        at(
            warp::path!("demo" / "logout"),
            warp::post().and(demo()).and(parts()).then(logout),
            "POST",
        ),
        at(
            warp::path!("generations"),
            warp::post()
                .and(demo())
                .and(parts())
                .and(body())
                .then(start),
            "POST",
        ),
        at(
            id,
            (get().and(demo()).and(parts()).then(generation))
                .or(warp::delete().and(demo()).and(parts()).then(cancel))
                .unify(),
            "GET,HEAD,DELETE",
        ),
        mint_at(
            warp::path!("generations" / "generate" / String / "stream-token")
                .map(drop)
                .untuple_one(),
            &mint,
        ),
        warp::path!("generations" / "generate" / String / "stream")
            .and(demo())
            .and(warp::ext::optional())
            .map(stream)
            .boxed(),
    ]
}

/// The chat and the feed.
fn resumables(demo: &Demo) -> Vec<BoxedFilter<(Response,)>> {
    let (chat_mint, topic_mint) = (demo.chat_mint(), demo.topic_mint());
    let demo = || shared(demo);
    vec![
        mint_at(
            warp::path!("api" / "chat" / "stream" / "initiate"),
            &chat_mint,
        ),
        warp::path!("api" / "chat" / "stream" / String)
            .and(demo())
            .and(warp::ext::optional())
            .then(chat)
            .boxed(),
        at(
            warp::path!("api" / "chat" / "stream" / String / "stop")
                .map(drop)
                .untuple_one(),
            warp::post().and(demo()).and(parts()).then(stop_chat),
            "POST",
        ),
        mint_at(
            warp::path!("topics" / String / "stream-token")
                .map(drop)
                .untuple_one(),
            &topic_mint,
        ),
        warp::path!("topics" / String / "stream")
            .and(demo())
            .and(warp::ext::optional())
            .then(feed)
            .boxed(),
        at(
            warp::path!("topics" / String / "publish")
                .map(drop)
                .untuple_one(),
            warp::post()
                .and(demo())
                .and(parts())
                .and(body())
                .then(publish),
            "POST",
        ),
        at(
            warp::path!("demo" / "drop"),
            warp::post()
                .and(demo())
                .and(parts())
                .and(body())
                .then(drop_connection),
            "POST",
        ),
    ]
}

/// The endpoint at which tokens are asked for. It answers other methods, too.
fn mint_at(
    path: impl Filter<Extract = (), Error = warp::Rejection> + Clone + Send + Sync + 'static,
    mint: &MintService,
) -> BoxedFilter<(Response,)> {
    let request = shared(mint).and(parts()).and(body());
    path.and(request).then(token).boxed()
}

/// What is at a path: these endpoints, and 405 for every other method.
fn at(
    path: impl Filter<Extract = (), Error = warp::Rejection> + Clone + Send + Sync + 'static,
    endpoints: impl Filter<Extract = (Response,), Error = warp::Rejection>
    + Clone
    + Send
    + Sync
    + 'static,
    allow: &'static str,
) -> BoxedFilter<(Response,)> {
    let other = warp::any().map(move || method_not_allowed(allow));
    path.and(endpoints.or(other).unify()).boxed()
}

/// Warp takes a path with a slash at its end for the one without. There is nothing.
fn slash_at_end() -> BoxedFilter<(Response,)> {
    warp::path::full()
        .and_then(async |path: FullPath| match path.as_str() {
            "/" => Err(warp::reject()),
            path if path.ends_with('/') => Ok(reply(Demo::not_found())),
            _ => Err(warp::reject()),
        })
        .boxed()
}

/// GET, and HEAD, whose body `server::serve` leaves out.
fn get() -> impl Filter<Extract = (), Error = warp::Rejection> + Copy {
    warp::get().or(warp::head()).unify()
}

fn method_not_allowed(allow: &'static str) -> Response {
    let mut response = reply(Demo::method_not_allowed());
    let allow = HeaderValue::from_static(allow);
    response.headers_mut().insert(ALLOW, allow);
    response
}

fn page(demo: Demo, path: FullPath) -> Response {
    reply(demo.page(path.as_str()))
}

fn healthz(demo: Demo) -> Response {
    reply(demo.healthz())
}

fn readyz(demo: Demo) -> Response {
    reply(demo.readyz())
}

fn metrics(demo: Demo) -> Response {
    reply(demo.metrics())
}

async fn login(demo: Demo, body: impl Body<Data = Bytes, Error = warp::Error>) -> Response {
    reply(demo.login(body).await)
}

async fn logout(demo: Demo, parts: Parts) -> Response {
    reply(demo.logout(&parts).await)
}

async fn start(
    demo: Demo,
    parts: Parts,
    body: impl Body<Data = Bytes, Error = warp::Error>,
) -> Response {
    reply(demo.start(&parts, body).await)
}

async fn generation(demo: Demo, parts: Parts) -> Response {
    reply(demo.generation(&parts).await)
}

async fn cancel(demo: Demo, parts: Parts) -> Response {
    reply(demo.cancel(&parts).await)
}

async fn token(
    mint: MintService,
    parts: Parts,
    body: impl Body<Data = Bytes, Error = warp::Error> + Send + 'static,
) -> Response {
    match mint.oneshot(http::Request::from_parts(parts, body)).await {
        Ok(response) => reply(response),
    }
}

fn stream(_id: String, demo: Demo, granted: Option<Granted>) -> Response {
    let Some(granted) = granted else {
        return reply(GateRejection::Route.to_response());
    };
    match demo.stream(&granted) {
        Ok(response) => reply_with_stream(response),
        Err(problem) => reply(problem.into_response()),
    }
}

async fn chat(_id: String, demo: Demo, stream: Option<ResumableStream>) -> Response {
    let Some(stream) = stream else {
        return reply(GateRejection::Route.to_response());
    };
    match demo.chat(&stream).await {
        Ok(response) => reply_with_stream(response),
        Err(problem) => reply(problem.into_response()),
    }
}

async fn stop_chat(demo: Demo, parts: Parts) -> Response {
    reply(demo.stop_chat(&parts).await)
}

async fn feed(_topic: String, demo: Demo, stream: Option<ResumableStream>) -> Response {
    let Some(stream) = stream else {
        return reply(GateRejection::Route.to_response());
    };
    match demo.feed(&stream).await {
        Ok(response) => reply_with_stream(response),
        Err(problem) => reply(problem.into_response()),
    }
}

async fn publish(
    demo: Demo,
    parts: Parts,
    body: impl Body<Data = Bytes, Error = warp::Error>,
) -> Response {
    reply(demo.publish(&parts, body).await)
}

async fn drop_connection(
    demo: Demo,
    parts: Parts,
    body: impl Body<Data = Bytes, Error = warp::Error>,
) -> Response {
    reply(demo.drop_connection(&parts, body).await)
}
