//! What a step costs, with few topics and with many.

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::ManualClock;
use sse_gate_resume::{Log, Topics};

use crate::support::growth;
use crate::{subject, topics};

const FEW: usize = 128;
const MANY: usize = 128 * FEW;
const STEPS: usize = 400;

/// Topics at their bound; those that are held, too.
fn full(count: usize, are_held: bool) -> (Topics, Vec<Log>) {
    let topics = topics(&ManualClock::default())
        .with_max(count)
        .with_max_per_subject(count);
    let owner = subject("alice");
    let logs = (0..count).map(|number| {
        let log = block_on(topics.log(&format!("old {number}"), &owner)).unwrap();
        are_held.then_some(log)
    });
    let held = logs.flatten().collect();
    (topics, held)
}

/// Claims that a step with 128 times as many topics takes not nearly 128 times as long.
fn does_not_grow(what: &str, are_held: bool, step: impl Fn(&Topics, usize)) {
    let make = |count| (full(count, are_held), 0);
    let ratio = growth([FEW, MANY], STEPS, make, |((topics, _held), number)| {
        *number += 1;
        step(topics, *number);
    });
    assert!(ratio < 16.0, "{what}: {ratio:.1} times as long");
}

/// G19: no step visits all topics: neither one that makes room, nor one that finds none, nor a use
/// of what is there.
#[test]
fn no_step_grows_with_the_number_of_topics() {
    let (alice, bob) = (subject("alice"), subject("bob"));
    does_not_grow("a newcomer of the owner's", false, |topics, number| {
        block_on(topics.log(&format!("new {number}"), &alice)).unwrap();
    });
    does_not_grow("a newcomer of another's", false, |topics, number| {
        block_on(topics.log(&format!("new {number}"), &bob)).unwrap();
    });
    does_not_grow("a newcomer that is refused", true, |topics, number| {
        block_on(topics.log(&format!("new {number}"), &alice)).unwrap_err();
        block_on(topics.log(&format!("new {number}"), &bob)).unwrap_err();
    });
    let event = Event::new().data("x");
    does_not_grow("an event", false, |topics, number| {
        let name = format!("old {}", number % FEW);
        block_on(topics.publish(&name, &alice, &event)).unwrap();
    });
}
