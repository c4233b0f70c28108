//! What someone learns who reads the server.

use sse_gate_core::Subject;
use sse_gate_resume::LogLimits;
use sse_gate_resume::backend::NewLog;

use crate::stage::{Scene, log};

const NAME: &str = "a-name-of-a-topic";
const SUBJECT: &str = "alice.the.subject@example.com";
const EVENT: &str = "What is in the event of this?";

/// Appends an event, and looks at all that is on the server then. Returns the texts that stand there in clear.
fn found(mut scene: Scene) -> Vec<&'static str> {
    let owner = Subject::new(SUBJECT).unwrap();
    let new = NewLog::new(log(NAME), LogLimits::default(), Some(owner));
    scene.create_new(new.with_one_writer()).unwrap();
    assert_eq!(scene.append(NAME, EVENT), Ok(1));
    let mut seen = Vec::new();
    for key in scene.keys() {
        let dump: Vec<u8> = scene.command("DUMP", &[&key]);
        seen.extend([key, dump].concat());
    }
    let shows = |text: &str| seen.windows(text.len()).any(|it| it == text.as_bytes());
    assert!(shows("epoch"), "the search finds what is there");
    let texts = [NAME, SUBJECT, EVENT].into_iter();
    texts.filter(|text| shows(text)).collect()
}

/// D11: a sealed server shows no name of a log, no subject and no event. One that is not sealed shows the event.
#[test]
fn a_sealed_server_shows_nothing() {
    assert_eq!(found(Scene::new()), [""; 0]);
    assert_eq!(found(Scene::unsealed()), [EVENT]);
}
