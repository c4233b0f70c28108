//! A route that takes callers, and what was seen of them: [`Scene`].

use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{ACCEPT, AUTHORIZATION};
use http::request::{Builder, Parts};
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use sse_gate::admission::ResponseBody;
use sse_gate::core::{CredentialReason, ManualClock, Observer, SystemEntropy};
use sse_gate::mint::{AuthError, Bearer, Denied, Identity, MintRequest, MintService, Permit};
use sse_gate::sessions::SessionInfo;
use sse_gate::sessions::{LogBudget, LogLimits, SessionObserver, SessionSignal};
use sse_gate::{
    Event, Gate, GateLayer, GrantRequest, Granted, Log, Logs, MemorySessions, ResumableStream,
    ResumeKeys, Sessions, Signal, SseBody, SseRoute, Subject,
};
use tower::{Layer, ServiceExt};

use crate::hand::Hand;

pub(crate) type BoxBody = UnsyncBoxBody<Bytes, Infallible>;

/// A signal, and the error behind it.
type Word = (Signal, Option<String>);

/// What observers were told, and the errors behind it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<Word>>>, Arc<Mutex<Vec<SessionSignal>>>);

impl Observer for Told {
    fn observe(&self, signal: Signal) {
        self.0.lock().unwrap().push((signal, None));
    }

    fn observe_error(&self, signal: Signal, error: &(dyn Error + 'static)) {
        let said = Some(error.to_string());
        self.0.lock().unwrap().push((signal, said));
    }
}

impl SessionObserver for Told {
    fn observe(&self, signal: SessionSignal, _: Option<SessionInfo<'_>>) {
        self.1.lock().unwrap().push(signal);
    }
}

impl Told {
    /// What was told since it was asked last, without word of the connections.
    pub(crate) fn take(&self) -> Vec<(Signal, Option<String>)> {
        let mut told = std::mem::take(&mut *self.0.lock().unwrap());
        let of_connection =
            |signal: &Signal| matches!(signal, Signal::StreamOpened | Signal::StreamClosed { .. });
        told.retain(|(signal, _)| !of_connection(signal));
        told
    }

    pub(crate) fn signals(&self) -> Vec<Signal> {
        self.take().into_iter().map(|(signal, _)| signal).collect()
    }

    pub(crate) fn of_sessions(&self) -> Vec<SessionSignal> {
        std::mem::take(&mut *self.1.lock().unwrap())
    }
}

pub(crate) struct Scene {
    pub(crate) gate: Gate,
    pub(crate) told: Told,
    pub(crate) clock: ManualClock,
    pub(crate) route: SseRoute,
    pub(crate) mint: MintService,
    pub(crate) store: Hand,
    pub(crate) sessions: Sessions,
    pub(crate) log: Log,
    pub(crate) layer: GateLayer,
}

impl Scene {
    /// A resumable route for callers.
    pub(crate) fn new() -> Self {
        let strict = Self::strict();
        let layer = strict.layer.clone().resumable(&strict.sessions);
        Self { layer, ..strict }
    }

    /// A strict one.
    pub(crate) fn strict() -> Self {
        let (told, clock) = (Told::default(), ManualClock::default());
        let builder = Gate::builder();
        let builder = builder
            .with_observer(told.clone())
            .with_clock(clock.clone());
        Self::of(builder.in_memory(), told, clock)
    }

    /// The same over this gate.
    pub(crate) fn of(gate: Gate, told: Told, clock: ManualClock) -> Self {
        let route = SseRoute::new("/rooms/{room}/events").unwrap();
        let mint = MintService::new(&gate, &route, who, whether);
        let store = Hand::new(MemorySessions::default().with_clock(clock.clone()));
        let keys = ResumeKeys::generate(&SystemEntropy).unwrap();
        let sessions = Sessions::new(store.clone(), keys)
            .with_clock(clock.clone())
            .with_observer(told.clone());
        let limits = LogLimits::default().with_max_events(3);
        let logs = Logs::new(limits, LogBudget::default()).with_clock(clock.clone());
        Self {
            layer: GateLayer::new(&gate, &route).with_callers(&mint),
            log: FutureExt::now_or_never(logs.create())
                .expect("memory is ready at once")
                .unwrap(),
            gate,
            told,
            clock,
            route,
            mint,
            store,
            sessions,
        }
    }

    /// The response to come.
    pub(crate) fn call(
        &self,
        request: Request<Full<Bytes>>,
    ) -> impl Future<Output = Response<ResponseBody<BoxBody>>> + Send + use<> {
        let log = self.log.clone();
        let service = self.layer.layer(tower::service_fn(move |request| {
            handle(log.clone(), request)
        }));
        async move { service.oneshot(request).await.unwrap() }
    }

    /// The response, read as far as there is something.
    pub(crate) async fn ask(&self, request: Request<Full<Bytes>>) -> Got {
        let (head, body) = self.call(request).await.into_parts();
        let mut body = Box::pin(body);
        let text = read(&mut body);
        Got {
            status: head.status.as_u16(),
            headers: head.headers,
            text,
            body,
        }
    }

    pub(crate) async fn publish(&self, texts: &[&str]) {
        for text in texts {
            self.log.append(&Event::new().data(*text)).await.unwrap();
        }
    }

    /// A token of this subject's for a room.
    pub(crate) async fn token(&self, name: &str, room: &str) -> String {
        let resource = self.route.resource([room]).unwrap();
        let request = GrantRequest::new(Subject::new(name).unwrap(), resource);
        let issued = self.gate.issue(request).await.unwrap();
        issued.token().expose().to_owned()
    }
}

/// A response, and what was read of it.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
    pub(crate) body: std::pin::Pin<Box<ResponseBody<BoxBody>>>,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The last id that was read.
    pub(crate) fn id(&self) -> &str {
        let mut ids = self.text.lines().rev();
        ids.find_map(|line| line.strip_prefix("id: ")).unwrap()
    }

    /// The data of the application's events, those of the library left out.
    pub(crate) fn data(&self) -> Vec<&str> {
        let lines = self.text.lines();
        let data = lines.filter_map(|line| line.strip_prefix("data: "));
        data.filter(|data| !data.starts_with('{')).collect()
    }

    /// Reads on, as far as there is something.
    pub(crate) fn read(&mut self) -> String {
        read(&mut self.body)
    }
}

fn read(body: &mut std::pin::Pin<Box<ResponseBody<BoxBody>>>) -> String {
    let mut text = Vec::new();
    while let Some(Some(frame)) = body.frame().now_or_never() {
        text.extend_from_slice(&frame.unwrap().into_data().unwrap());
    }
    String::from_utf8(text).unwrap()
}

/// A request of a program that sets its own headers.
pub(crate) fn by(name: &str) -> Builder {
    Request::get("/rooms/7/events")
        .header(ACCEPT, "text/event-stream")
        .header(AUTHORIZATION, format!("Bearer {name}"))
}

pub(crate) fn empty(request: Builder) -> Request<Full<Bytes>> {
    request.body(Full::default()).unwrap()
}

/// Knows callers by the names that they show, and refuses those whose name is a reason to.
pub(crate) async fn who(parts: Parts) -> Result<Identity, AuthError> {
    let bearer = Bearer::of(&parts.headers)?;
    let identity = Identity::named(bearer.as_str())?;
    Err(match bearer.as_str() {
        "expired" => AuthError::of(CredentialReason::Expired).because("it ended yesterday"),
        "unchecked" => AuthError::unavailable("no route"),
        "ended" => return Ok(identity.with_expiry_secs(1)),
        _ => return Ok(identity),
    })
}

/// Permits what is asked, and refuses those whose name is a reason to.
async fn whether(request: MintRequest) -> Result<Permit, Denied> {
    assert!(request.body.is_empty(), "the content is the handler's");
    let retry_after = Duration::from_secs(3);
    let name = request.identity.subject().as_str();
    match name {
        "stranger" => Err(Denied::Forbidden),
        "lost" => Err(Denied::NotFound),
        "odd" => Err(Denied::Unprocessable),
        "greedy" => Err(Denied::TooMany { retry_after }),
        "late" => Err(Denied::Busy { retry_after }),
        "unlucky" => Err(Denied::unavailable("the database is down")),
        "elsewhere" => {
            let other = SseRoute::new("/rooms/{room}/events").unwrap();
            let other = other.resource(["8"]).unwrap();
            let subject = request.identity.subject().clone();
            Ok(Permit::new(GrantRequest::new(subject, other)))
        }
        _ => {
            let room = request.param("room").unwrap().to_owned();
            assert_eq!(request.stream_url(), None, "there is no URL to tell");
            Ok(request.permit().with_payload(&room)?)
        }
    }
}

/// Follows the log, or says nothing for ever. Its headers say what it has seen.
async fn handle(log: Log, request: Request<Full<Bytes>>) -> Result<Response<BoxBody>, Infallible> {
    let (parts, content) = request.into_parts();
    let content = content.collect().await.unwrap().to_bytes();
    let granted = Granted::of(&parts.extensions).unwrap().clone();
    let stream = ResumableStream::of(&parts.extensions).ok();
    let mut seen = vec![
        ("subject", granted.subject().as_str().to_owned()),
        ("content", String::from_utf8(content.to_vec()).unwrap()),
        ("uri", parts.uri.to_string()),
        ("time-left", granted.time_left().as_secs().to_string()),
        ("payload", granted.payload().unwrap_or_default()),
    ];
    let mut response = if let Some(stream) = stream {
        seen.push(("cursor", format!("{:?}", stream.cursor())));
        seen.push(("resumed", stream.is_resumed().to_string()));
        match stream.follow(&log).await {
            Ok(body) => body.into_response().map(BodyExt::boxed_unsync),
            Err(error) => {
                let response = sse_gate::Problem::from(error).into_response();
                response.map(BodyExt::boxed_unsync)
            }
        }
    } else {
        let events = futures_util::stream::pending::<Result<Event<'static>, Infallible>>();
        let response = SseBody::new(events).into_response();
        response.map(BodyExt::boxed_unsync)
    };
    for (name, value) in seen {
        let value = value.parse().unwrap();
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
