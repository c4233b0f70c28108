//! Open streams: opened through the layers with a token of their own, and closed.

use std::any::Any;
use std::convert::Infallible;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Request, Response, StatusCode};
use http_body_util::Empty;
use sse_gate::{
    Gate, GateLayer, GrantRequest, Limits, MemoryStore, SseRoute, StreamSlots, StripTokenLayer,
};
use sse_gate_benches::ready;
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, ServiceExt, service_fn};

use crate::order::AnyOf;
use crate::{Make, Owners, Step};

pub(crate) const STEPS: [(&str, Make); 3] = [
    ("a stream is opened and closed", newest),
    ("a stream is opened, any other closed", any),
    ("a stream is refused at the cap", refused),
];

/// The body of a stream, as a server keeps it.
type Stream = Box<dyn Any>;

/// Answers the request of this token.
type Answer = Box<dyn Fn(&str) -> (StatusCode, Stream)>;

struct Streams {
    gate: Gate,
    route: SseRoute,
    answer: Answer,
    owners: Owners,
    open: Vec<Stream>,
    issued: usize,
}

impl Streams {
    /// So many open streams. `room` more fit in.
    fn new(count: usize, owners: Owners, room: usize) -> Self {
        let store = MemoryStore::new(Limits::default());
        let gate = Gate::builder().with_ttl(Duration::from_secs(15 * 60));
        let gate = gate.expect("a quarter of an hour").build(store);
        let route = SseRoute::new("/feed").expect("a good pattern");
        let max = count + room;
        // No server asks for the frames of these streams. They keep their slots all the same.
        let slots = StreamSlots::new(max, owners.most_of_one(max))
            .with_patience(Duration::from_secs(86_400));
        let mut streams = Self {
            answer: answer(&gate, &route, slots),
            gate,
            route,
            owners,
            open: Vec::new(),
            issued: 0,
        };
        for _ in 0..count {
            let stream = streams.open();
            streams.open.push(stream);
        }
        streams
    }

    fn token(&mut self) -> String {
        let subject = self.owners.subject(self.issued);
        self.issued += 1;
        let resource = self.route.resource([] as [&str; 0]).expect("a feed");
        let issued = ready(self.gate.issue(GrantRequest::new(subject, resource)));
        issued.expect("there is room").token().expose().to_owned()
    }

    fn open(&mut self) -> Stream {
        let token = self.token();
        let (status, stream) = (self.answer)(&token);
        assert_eq!(status, StatusCode::OK);
        stream
    }

    fn try_in_vain(&self, token: &str) {
        let (status, _) = (self.answer)(token);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

fn answer(gate: &Gate, route: &SseRoute, slots: StreamSlots) -> Answer {
    let handler = service_fn(|_: Request<Empty<Bytes>>| async {
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    });
    let service = GateLayer::new(gate, route).with_slots(slots).layer(handler);
    let service = StripTokenLayer::new([route]).layer(service);
    Box::new(move |token| {
        // The timers of streams belong to a runtime.
        let _entered = runtime().enter();
        let request = Request::get(format!("/feed?token={token}"))
            .header(ACCEPT, "text/event-stream")
            .body(Empty::new())
            .expect("a good request");
        let response = ready(service.clone().oneshot(request)).expect("it is infallible");
        (response.status(), Box::new(response.into_body()))
    })
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let runtime = Builder::new_current_thread().enable_time().build();
        runtime.expect("a runtime with timers")
    })
}

fn newest(count: usize, owners: Owners) -> Step {
    let mut streams = Streams::new(count, owners, 1);
    Box::new(move || drop(streams.open()))
}

fn any(count: usize, owners: Owners) -> Step {
    let (mut streams, mut order) = (Streams::new(count, owners, 1), AnyOf::new());
    Box::new(move || {
        let stream = streams.open();
        streams.open[order.next(count)] = stream;
    })
}

/// Refused by the cap of all streams. The token stays good.
fn refused(count: usize, owners: Owners) -> Step {
    let mut streams = Streams::new(count, owners, 0);
    let token = streams.token();
    Box::new(move || streams.try_in_vain(&token))
}
