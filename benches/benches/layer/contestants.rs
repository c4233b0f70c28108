//! What stands in front of the stream.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, ServiceExt, middleware};
use futures_util::FutureExt;
use hyper_util::rt::TokioIo;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use sse_gate::mint::Authenticator;
use sse_gate::{
    Event, Gate, GateLayer, GrantRequest, JwtAuthenticator, JwtKey, SseBody, SseRoute, StreamSlots,
    StripTokenLayer, Subject,
};
use tokio::net::TcpListener;
use tower::Layer;
use tower_sessions::{MemoryStore as SessionStore, Session, SessionManagerLayer};
use uuid::Uuid;

use crate::server::Server;

/// Makes one request, ready to be sent.
type MakeRequest = Box<dyn FnMut() -> String>;

pub(crate) struct Contestant {
    name: &'static str,
    server: Server,
    make_request: MakeRequest,
}

impl Contestant {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    pub(crate) fn requests(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| (self.make_request)()).collect()
    }
}

/// Which of [`all`] the others are compared with.
pub(crate) const AXUM: usize = 1;

/// All of them.
pub(crate) fn all() -> Vec<Contestant> {
    vec![
        bare_hyper(),
        bare_axum(),
        empty_layer(),
        ticket(),
        bearer(),
        sessions(),
        gate(),
    ]
}

const PATH: &str = "/generations/7/stream";
const PATTERN: &str = "/generations/{id}/stream";

fn request(query: &str, headers: &str) -> String {
    format!(
        "GET {PATH}{query} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n{headers}\r\n"
    )
}

/// A stream of one event.
fn one_event()
-> SseBody<futures_util::stream::Iter<std::array::IntoIter<Result<Event<'static>, Infallible>, 1>>>
{
    SseBody::new(futures_util::stream::iter([Ok(
        Event::new().data("{\"progress\":0.5}")
    )]))
}

async fn handler() -> Response {
    one_event().into_response().map(Body::new)
}

async fn serve(listener: TcpListener, app: Router) {
    axum::serve(listener, app)
        .await
        .expect("it serves for ever");
}

fn bare_hyper() -> Contestant {
    let server = Server::start(|listener: TcpListener| async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            stream.set_nodelay(true).expect("a TCP socket");
            let service = hyper::service::service_fn(|_| async {
                Ok::<_, Infallible>(one_event().into_response())
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    });
    Contestant {
        name: "hyper",
        server,
        make_request: Box::new(|| request("", "")),
    }
}

fn axum_with(
    name: &'static str,
    app: Router,
    make_request: impl FnMut() -> String + 'static,
) -> Contestant {
    let server = Server::start(move |listener| serve(listener, app));
    Contestant {
        name,
        server,
        make_request: Box::new(make_request),
    }
}

fn bare_axum() -> Contestant {
    axum_with("axum", Router::new().route(PATTERN, get(handler)), || {
        request("", "")
    })
}

fn empty_layer() -> Contestant {
    let app = Router::new()
        .route(PATTERN, get(handler))
        .layer(middleware::from_fn(
            |request: Request, next: middleware::Next| async { next.run(request).await },
        ));
    axum_with("axum, a layer that does nothing", app, || request("", ""))
}

/// What one writes in an hour: a map of uuids that are removed when they are shown.
fn ticket() -> Contestant {
    let tickets: Arc<Mutex<HashMap<String, String>>> = Arc::default();
    let known = Arc::clone(&tickets);
    let check = move |request: Request, next: middleware::Next| {
        let query = request.uri().query().unwrap_or_default();
        let ticket = query.strip_prefix("token=").unwrap_or_default();
        let user = known.lock().expect("no panic").remove(ticket);
        async move {
            match user {
                Some(_) => next.run(request).await,
                None => StatusCode::UNAUTHORIZED.into_response(),
            }
        }
    };
    let app = Router::new()
        .route(PATTERN, get(handler))
        .layer(middleware::from_fn(check));
    axum_with("axum, hand-rolled tickets", app, move || {
        let ticket = Uuid::new_v4().to_string();
        tickets
            .lock()
            .expect("no panic")
            .insert(ticket.clone(), "alice".to_owned());
        request(&format!("?token={ticket}"), "")
    })
}

/// The JWT itself, verified for every stream.
fn bearer() -> Contestant {
    const SECRET: &[u8] = &[7; 32];
    let key = JwtKey::hs256(SECRET).expect("32 bytes");
    let authenticator = JwtAuthenticator::new(key, "issuer", "audience").expect("a backend");
    let claims = json!({"sub": "alice", "iss": "issuer", "aud": "audience", "exp": u32::MAX});
    let jwt = encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(SECRET),
    );
    let jwt = jwt.expect("claims are JSON");
    let check = move |request: Request, next: middleware::Next| {
        let authenticator = authenticator.clone();
        async move {
            let (parts, body) = request.into_parts();
            match authenticator.authenticate(&parts).await {
                Ok(_) => next.run(Request::from_parts(parts, body)).await,
                Err(_) => StatusCode::UNAUTHORIZED.into_response(),
            }
        }
    };
    let app = Router::new()
        .route(PATTERN, get(handler))
        .layer(middleware::from_fn(check));
    axum_with("axum, an HS256 JWT for every stream", app, move || {
        request("", &format!("authorization: Bearer {jwt}\r\n"))
    })
}

/// A session, loaded for every stream. It is no ticket: it opens any number.
fn sessions() -> Contestant {
    let store = SessionStore::default();
    let session = Session::new(None, Arc::new(store.clone()), None);
    session
        .insert("user", "alice")
        .now_or_never()
        .expect("memory")
        .expect("it is JSON");
    session
        .save()
        .now_or_never()
        .expect("memory")
        .expect("there is room");
    let id = session.id().expect("it was saved");
    let check = |session: Session| async move {
        match session.get::<String>("user").await {
            Ok(Some(_)) => handler().await,
            _ => StatusCode::UNAUTHORIZED.into_response(),
        }
    };
    let layer = SessionManagerLayer::new(store).with_secure(false);
    let app = Router::new().route(PATTERN, get(check)).layer(layer);
    axum_with("axum, tower-sessions", app, move || {
        request("", &format!("cookie: id={id}\r\n"))
    })
}

fn gate() -> Contestant {
    let gate = Gate::in_memory();
    let route = SseRoute::new(PATTERN).expect("a good pattern");
    let layer = GateLayer::new(&gate, &route).with_slots(StreamSlots::new(10_000, 10_000));
    let app = Router::new().route(PATTERN, get(handler).layer(layer));
    let app = StripTokenLayer::new([&route]).layer(app);
    let server = Server::start(move |listener| async move {
        let app = ServiceExt::<Request>::into_make_service(app);
        axum::serve(listener, app)
            .await
            .expect("it serves for ever");
    });
    let mut users = 0_u64;
    let make_request = move || {
        users += 1;
        let subject = Subject::new(format!("user {users}")).expect("a good name");
        let resource = route.resource(["7"]).expect("a short id");
        let issued = gate
            .issue(GrantRequest::new(subject, resource))
            .now_or_never();
        let issued = issued.expect("memory").expect("there is room");
        request(&format!("?token={}", issued.token().expose()), "")
    };
    let name = "axum, StripTokenLayer, GateLayer and a redemption";
    Contestant {
        name,
        server,
        make_request: Box::new(make_request),
    }
}
