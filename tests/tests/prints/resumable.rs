//! What belongs to streams that survive reconnects.

use std::convert::Infallible;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use sse_gate::core::SystemEntropy;
use sse_gate::sessions::backend::ResumeId;
use sse_gate::sessions::error::ResumeError;
use sse_gate::sessions::{SessionInfo, SessionObserver, SessionSignal};
use sse_gate::{
    Event, Gate, GateLayer, Logs, MemorySessions, Resumable, ResumableStream, ResumeKeys, Sessions,
    StripTokenLayer,
};
use tower::{Layer, Service, service_fn};

use super::{PAYLOAD, Prints, request, resource, route, token};

const SAID: &str = "what-the-machine-has-answered";

type Printed = Arc<Mutex<String>>;

fn add(printed: &Printed, it: &dyn Debug) {
    let mut text = printed.lock().expect("nobody panics here");
    let _ = writeln!(text, "{it:?} {it:#?}");
}

/// Prints what an observer is told of sessions.
#[derive(Clone, Debug, Default)]
struct Told(Printed);

impl SessionObserver for Told {
    fn observe(&self, signal: SessionSignal, about: Option<SessionInfo<'_>>) {
        add(&self.0, &signal);
        add(&self.0, &about);
    }
}

/// Answers with a log of one event, and prints all that a handler has of its request.
async fn handle(
    printed: Printed,
    logs: Logs,
    request: http::Request<Empty<Bytes>>,
) -> Result<http::Response<sse_gate::ResumableBody>, Infallible> {
    add(&printed, &request);
    add(&printed, request.extensions());
    let stream = ResumableStream::of(request.extensions());
    let stream = stream.expect("a stream").clone();
    let work = {
        let printed = Arc::clone(&printed);
        |publisher: sse_gate::Publisher| async move {
            let event = Event::new().data(SAID);
            publisher.publish(&event).await.expect("room");
            add(&printed, &publisher);
        }
    };
    let body = stream.produce(&logs, work).await.expect("a stream");
    add(&printed, &body);
    add(&printed, body.lease());
    add(&printed, body.lease().binding());
    Ok(body.into_response())
}

/// The ids in what was streamed, planted: the session and the tag.
fn plant_ids(prints: &mut Prints, body: &str) -> String {
    assert!(body.contains(SAID), "{body}");
    let id = body.lines().find_map(|line| line.strip_prefix("id: "));
    let id = id.expect("an id").to_owned();
    prints.plant(id.split('.').nth(4).expect("a tag"));
    id
}

/// D6, D8: sessions, logs, keys and bodies, what handlers get, what observers are told, and every
/// error on the way: no token, tag, message or event.
#[tokio::test]
async fn a_resumable_stream_prints_no_secret() {
    let mut prints = Prints::default();
    prints.plant(PAYLOAD);
    prints.plant(SAID);
    let (printed, told, logs) = (Printed::default(), Told::default(), Logs::default());
    let keys = ResumeKeys::generate(&SystemEntropy).expect("randomness");
    prints.print(&keys);
    let sessions = Sessions::new(MemorySessions::default(), keys).with_observer(told.clone());
    let gate = Gate::in_memory();
    let resumable = Resumable::new(&sessions);
    for it in [&sessions as &dyn Debug, &resumable, &logs] {
        prints.print(it);
    }
    let layer = GateLayer::new(&gate, route()).resumable(resumable);
    let handler = service_fn({
        let (printed, logs) = (Arc::clone(&printed), logs.clone());
        move |request| handle(Arc::clone(&printed), logs.clone(), request)
    });
    let mut service = StripTokenLayer::new([route()]).layer(layer.layer(handler));
    let shown = token(&gate, &mut prints).await;
    let ask = |id: Option<&str>| {
        let (mut parts, _) = request(&shown).into_parts();
        if let Some(id) = id {
            let id = id.parse().expect("a header");
            parts.headers.insert("last-event-id", id);
        }
        http::Request::from_parts(parts, Empty::<Bytes>::new())
    };
    let mut id = None;
    for status in [200, 200] {
        let calling = service.call(ask(id.as_deref()));
        prints.print(&calling);
        let response = calling.await.expect("a response");
        assert_eq!(response.status(), status);
        prints.print(&response);
        let body = response.into_body().collect().await.expect("a body");
        let body = String::from_utf8(body.to_bytes().to_vec()).expect("text");
        let own = plant_ids(&mut prints, &body);
        prints.print(&ResumeId::parse(&own));
        id = Some(own);
    }
    let id = id.expect("an id");
    let refused = service.call(ask(Some(&format!("{id}0.")))).await;
    prints.print(&refused.expect("a response"));
    let key = sse_gate::core::TokenKey::of(&shown, &resource()).expect("a good spelling");
    for id in [&id[1..], &id, &id.replace("sser1", "sser2")] {
        let resumed = sessions.resume(id, key).await;
        if let Err(ResumeError::Unavailable(error)) = &resumed {
            prints.print_error(error);
        }
        prints.print(&resumed);
    }
    for text in [&printed, &told.0] {
        prints.text += &text.lock().expect("nobody panics here");
    }
    assert!(prints.text.contains("Resumed"), "{}", prints.text);
    prints.expect_nothing_leaked();
}
