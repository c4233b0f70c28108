//! Topics: an event is published to one of many.

use sse_gate::Event;
use sse_gate::sessions::{LogBudget, LogLimits, Logs, Topics};
use sse_gate_benches::ready;

use crate::order::AnyOf;
use crate::{Make, Owners, Step};

pub(crate) const STEPS: [(&str, Make); 2] = [
    ("an event is published to the newest topic", newest),
    ("an event is published to any topic", any),
];

fn topics(count: usize, owners: Owners) -> Topics {
    let budget = LogBudget::new(1 << 40);
    let logs = Logs::new(LogLimits::default().with_max_events(8), budget);
    let topics = Topics::new(logs)
        .with_max(count)
        .with_max_per_subject(owners.most_of_one(count));
    for number in 0..count {
        publish(&topics, number, owners);
    }
    topics
}

fn publish(topics: &Topics, number: usize, owners: Owners) {
    let (name, owner) = (format!("topic-{number:08}"), owners.subject(number));
    let published = ready(topics.publish(&name, &owner, &Event::new().data("x")));
    published.expect("there is room");
}

fn newest(count: usize, owners: Owners) -> Step {
    let topics = topics(count, owners);
    Box::new(move || publish(&topics, count - 1, owners))
}

fn any(count: usize, owners: Owners) -> Step {
    let (topics, mut order) = (topics(count, owners), AnyOf::new());
    Box::new(move || publish(&topics, order.next(count), owners))
}
