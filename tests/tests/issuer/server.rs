//! An issuer on a socket: [`Issuer`].

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use sse_gate::JwtAuthenticator;
use sse_gate::jwt::RemoteJwkSet;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::signing::Key;

const REALM: &str = "/realms/main";
const CONFIGURATION: &str = "/realms/main/.well-known/openid-configuration";
const CERTS: &str = "/realms/main/protocol/openid-connect/certs";

/// How the issuer answers for its keys.
#[derive(Clone)]
pub(crate) enum Mood {
    /// With its keys, as a document of type `application/json`.
    Good,
    /// With its keys, as plain text.
    OtherType,
    /// Not at all.
    Silent,
    /// With the beginning of an answer.
    Stalled,
    /// With 10 MB, in pieces.
    Huge,
    /// With pieces that never end.
    Endless,
    /// With this status, and a `Location` that would be good.
    Status(u16),
    /// With this text.
    Text(String),
}

/// A server that publishes keys, as Keycloak does for a realm.
pub(crate) struct Issuer {
    addr: SocketAddr,
    state: Arc<Mutex<State>>,
    task: Option<JoinHandle<()>>,
}

struct State {
    mood: Mood,
    keys: Vec<Value>,
    /// What it says its own name is, if not the right one.
    name: Option<String>,
    configurations: usize,
    fetches: usize,
}

type Body = BoxBody<Bytes, Infallible>;

impl Issuer {
    pub(crate) async fn start(keys: &[Key]) -> Self {
        let state = State {
            mood: Mood::Good,
            keys: Vec::new(),
            name: None,
            configurations: 0,
            fetches: 0,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut issuer = Self {
            addr: listener.local_addr().unwrap(),
            state: Arc::new(Mutex::new(state)),
            task: None,
        };
        issuer.rotate(keys);
        issuer.serve(listener);
        issuer
    }

    fn serve(&mut self, listener: TcpListener) {
        let (state, addr) = (Arc::clone(&self.state), self.addr);
        self.task = Some(tokio::spawn(async move {
            // Its connections end with it.
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let state = Arc::clone(&state);
                let service = service_fn(move |request: Request<Incoming>| {
                    let answer = state.lock().unwrap().answer(addr, request.uri().path());
                    async move {
                        match answer {
                            Some(answer) => Ok::<_, Infallible>(answer),
                            None => std::future::pending().await,
                        }
                    }
                });
                let http = hyper::server::conn::http1::Builder::new();
                connections.spawn(http.serve_connection(TokioIo::new(socket), service));
            }
        }));
    }

    /// Refuses connections from now on.
    pub(crate) async fn stop(&mut self) {
        let task = self.task.take().unwrap();
        task.abort();
        let _ = task.await;
    }

    /// Comes back at its old address.
    pub(crate) async fn restart(&mut self) {
        let listener = TcpListener::bind(self.addr).await.unwrap();
        self.serve(listener);
    }

    /// Publishes these keys, and one for encryption.
    pub(crate) fn rotate(&self, keys: &[Key]) {
        let keys = keys.iter().map(Key::jwk);
        self.state.lock().unwrap().keys = keys.chain([crate::signing::encryption_key()]).collect();
    }

    pub(crate) fn answers(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    pub(crate) fn calls_itself(&self, name: &str) {
        self.state.lock().unwrap().name = Some(name.to_owned());
    }

    /// How often it was asked for its keys.
    pub(crate) fn fetches(&self) -> usize {
        self.state.lock().unwrap().fetches
    }

    /// How often it was asked for its configuration.
    pub(crate) fn configurations(&self) -> usize {
        self.state.lock().unwrap().configurations
    }

    /// Its name, as JWTs have it.
    pub(crate) fn name(&self) -> String {
        format!("http://{}{REALM}", self.addr)
    }

    /// Its keys, as a service has them that knows its name.
    pub(crate) fn keys(&self) -> RemoteJwkSet {
        let connector = HttpConnector::new();
        let client: Client<_, Empty<Bytes>> =
            Client::builder(TokioExecutor::new()).build(connector);
        RemoteJwkSet::builder_for_issuer(&self.name())
            .with_insecure_http()
            .build(client)
            .unwrap()
    }

    pub(crate) fn authenticator(&self) -> JwtAuthenticator {
        JwtAuthenticator::new(self.keys(), &self.name(), "streams").unwrap()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl State {
    /// The answer; `None` if it never comes.
    fn answer(&mut self, addr: SocketAddr, path: &str) -> Option<Response<Body>> {
        match path {
            CONFIGURATION => {
                self.configurations += 1;
                let name = self.name.clone();
                let name = name.unwrap_or_else(|| format!("http://{addr}{REALM}"));
                let document = json!({
                    "issuer": name,
                    "jwks_uri": format!("http://{addr}{CERTS}"),
                    "token_endpoint": format!("{name}/protocol/openid-connect/token"),
                    "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
                });
                Some(text("application/json", document.to_string()))
            }
            CERTS => {
                self.fetches += 1;
                self.certs()
            }
            _ => Some(status(404)),
        }
    }

    fn certs(&self) -> Option<Response<Body>> {
        let keys = json!({ "keys": self.keys }).to_string();
        Some(match &self.mood {
            Mood::Good => text("application/json", keys),
            Mood::OtherType => text("text/plain", keys),
            Mood::Silent => return None,
            Mood::Stalled => Response::new(pieces(["{\"keys\":"], true)),
            Mood::Huge => Response::new(pieces(vec![" ".repeat(100_000); 100], false)),
            Mood::Endless => Response::new(
                StreamBody::new(stream::repeat_with(|| frame(" ".repeat(100)))).boxed(),
            ),
            Mood::Status(code) => {
                let mut response = status(*code);
                let here = CERTS.parse().unwrap();
                response.headers_mut().insert("location", here);
                response
            }
            Mood::Text(other) => text("application/json", other.clone()),
        })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "streams of frames are fallible")]
fn frame(text: String) -> Result<Frame<Bytes>, Infallible> {
    Ok(Frame::data(Bytes::from(text)))
}

fn pieces<T: Into<String>>(texts: impl IntoIterator<Item = T>, stalls: bool) -> Body {
    let texts: Vec<_> = texts.into_iter().map(|text| frame(text.into())).collect();
    let frames = stream::iter(texts);
    if stalls {
        StreamBody::new(futures_util::StreamExt::chain(frames, stream::pending())).boxed()
    } else {
        StreamBody::new(frames).boxed()
    }
}

fn text(kind: &'static str, text: String) -> Response<Body> {
    let response = Response::builder().header("content-type", kind);
    response.body(Full::new(Bytes::from(text)).boxed()).unwrap()
}

fn status(code: u16) -> Response<Body> {
    let mut response = Response::new(Empty::new().boxed());
    *response.status_mut() = StatusCode::from_u16(code).unwrap();
    response
}
