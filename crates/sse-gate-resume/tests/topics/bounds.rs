//! How many topics there may be, and of whom.

use std::error::Error;
use std::time::Duration;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_core::{Entropy, EntropyError, ManualClock};
use sse_gate_resume::error::{AppendErrorKind, LogErrorKind, TopicErrorKind};
use sse_gate_resume::{Log, LogBudget, LogLimits, Logs, Topics};

use crate::{subject, topics};

fn kind<T: std::fmt::Debug>(
    result: Result<T, sse_gate_resume::error::TopicError>,
) -> TopicErrorKind {
    result.unwrap_err().kind()
}

/// G19: a subject at its bound leaves the rest to others, and to the server. It still gets what is
/// there.
#[test]
fn a_subject_at_its_bound_leaves_the_rest_to_others() {
    let topics = topics(&ManualClock::default()).with_max_per_subject(2);
    let (alice, bob) = (subject("alice"), subject("bob"));
    let hers = ["a", "b"].map(|name| block_on(topics.log(name, &alice)).unwrap());
    assert_eq!(
        kind(block_on(topics.log("c", &alice))),
        TopicErrorKind::FullForSubject
    );
    let his = block_on(topics.log("c", &bob)).unwrap();
    let servers = ["d", "e", "f"].map(|name| block_on(topics.log(name, None)).unwrap());
    block_on(topics.log("c", &alice)).unwrap();
    assert_eq!(topics.len(), 6);
    // It counts as his, and not as hers.
    drop(his);
    assert_eq!(
        kind(block_on(topics.log("g", &alice))),
        TopicErrorKind::FullForSubject
    );
    drop((hers, servers));
    block_on(topics.log("g", &alice)).unwrap();
    assert_eq!(topics.len(), 6, "one of hers made room");
}

/// G19: at the bound of all, everyone is refused who wants a new topic, the server included.
#[test]
fn at_the_bound_of_all_every_newcomer_is_refused() {
    let topics = topics(&ManualClock::default()).with_max(3);
    let held: Vec<_> = ["a", "b", "c"]
        .map(|name| block_on(topics.log(name, None)))
        .into();
    assert_eq!(kind(block_on(topics.log("d", None))), TopicErrorKind::Full);
    assert_eq!(
        kind(block_on(topics.log("d", &subject("alice")))),
        TopicErrorKind::Full
    );
    block_on(topics.log("a", None)).unwrap();
    assert!(block_on(topics.get("d")).unwrap().is_none());
    drop(held);
    block_on(topics.log("d", None)).unwrap();
    assert_eq!(topics.len(), 3);
}

/// G19: what a subject's topic has taken is given back with the topic, however it goes.
#[test]
fn a_topic_that_goes_no_longer_counts() {
    let topics = topics(&ManualClock::default()).with_max_per_subject(2);
    let alice = subject("alice");
    for round in 0..10 {
        let held = ["a", "b"].map(|name| block_on(topics.log(name, &alice)).unwrap());
        assert_eq!(
            kind(block_on(topics.log("c", &alice))),
            TopicErrorKind::FullForSubject
        );
        // One that is held, and one that is idle.
        let [_, b] = held;
        drop(b);
        assert!(
            block_on(topics.remove("a")).unwrap() && block_on(topics.remove("b")).unwrap(),
            "{round}"
        );
        assert!(!block_on(topics.remove("a")).unwrap());
        assert!(topics.is_empty());
    }
}

/// G19: when one of a subject's topics goes, its others still count.
#[test]
fn the_topics_that_are_left_still_count() {
    let topics = topics(&ManualClock::default()).with_max_per_subject(3);
    let alice = subject("alice");
    let _held = ["a", "b", "c"].map(|name| block_on(topics.log(name, &alice)).unwrap());
    assert!(block_on(topics.remove("a")).unwrap());
    let _another = block_on(topics.log("d", &alice)).unwrap();
    let refused = kind(block_on(topics.log("e", &alice)));
    assert_eq!(refused, TopicErrorKind::FullForSubject);
}

/// A bound of nothing is a bound.
#[test]
fn no_topics_may_be_allowed() {
    let none = topics(&ManualClock::default()).with_max(0);
    assert_eq!(kind(block_on(none.log("a", None))), TopicErrorKind::Full);
    let none = topics(&ManualClock::default()).with_max_per_subject(0);
    assert_eq!(
        kind(block_on(none.log("a", &subject("alice")))),
        TopicErrorKind::FullForSubject
    );
    block_on(none.log("a", None)).unwrap();
}

/// By default there are 1,024 topics at most, 16 of one subject.
#[test]
fn the_bounds_are_set_by_default() {
    let topics = Topics::default();
    let alice = subject("alice");
    let mut held: Vec<Log> = Vec::new();
    for number in 0..16 {
        held.push(block_on(topics.log(&format!("hers {number}"), &alice)).unwrap());
    }
    assert_eq!(
        kind(block_on(topics.log("more", &alice))),
        TopicErrorKind::FullForSubject
    );
    for number in 16..1_024 {
        held.push(block_on(topics.log(&number.to_string(), None)).unwrap());
    }
    assert_eq!(
        kind(block_on(topics.log("more", None))),
        TopicErrorKind::Full
    );
    assert_eq!(topics.names().len(), 1_024);
}

/// G19: any text is a name, up to 256 bytes.
#[test]
fn names_are_bounded() {
    let topics = topics(&ManualClock::default());
    for name in ["", " ", "\n", "sse.x", "ä/ö?", &"x".repeat(256)] {
        let log = block_on(topics.log(name, None)).unwrap();
        assert!(
            crate::is_same(&log, &block_on(topics.get(name)).unwrap().unwrap()),
            "{name:?}"
        );
    }
    let event = Event::new().data("x");
    for name in ["x".repeat(257), "ä".repeat(129), "x".repeat(1_000_000)] {
        assert_eq!(
            kind(block_on(topics.log(&name, None))),
            TopicErrorKind::NameTooLong
        );
        let published = block_on(topics.publish(&name, None, &event));
        assert_eq!(kind(published), TopicErrorKind::NameTooLong);
        assert!(
            block_on(topics.get(&name)).unwrap().is_none()
                && !block_on(topics.remove(&name)).unwrap()
        );
    }
    assert_eq!(topics.len(), 6);
}

/// G17: a subject's topics use no more than its share of the budget. The server's own have none.
#[test]
fn events_count_against_the_owners_share() {
    let budget = LogBudget::new(160_000);
    let topics = Topics::new(Logs::new(LogLimits::default(), budget.clone()));
    let (alice, event) = (subject("alice"), Event::new().data("x".repeat(1_000)));
    for name in ["a", "b", "news"] {
        let owner = (name != "news").then_some(&alice);
        for _ in 0..20 {
            let _ = block_on(topics.publish(name, owner, &event));
        }
    }
    let (hers, all) = (budget.used_by(&alice), budget.used());
    assert!((9_000..=10_000).contains(&hers), "{hers}");
    assert!(all - hers > 20_000, "{all}");
    // Alice's events on a topic of the server's are the server's.
    block_on(topics.publish("news", &alice, &event)).unwrap();
    assert_eq!(budget.used_by(&alice), hers);
}

#[derive(Debug)]
struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&self, _: &mut [u8; 32]) -> Result<(), EntropyError> {
        Err(EntropyError::new("no device"))
    }
}

/// What goes wrong is named by kind, and its cause is kept. A topic that can't be made is not there.
#[test]
fn an_error_names_its_kind_and_keeps_its_cause() {
    let logs = Logs::default().with_entropy(NoEntropy);
    let without = Topics::new(logs);
    let error = block_on(without.log("a", None)).unwrap_err();
    assert_eq!(error.kind(), TopicErrorKind::NoLog(LogErrorKind::NoEntropy));
    assert!(error.source().is_some() && without.is_empty());
    assert_eq!(error.retry_after(), None);

    let topics = topics(&ManualClock::default())
        .with_max(1)
        .with_max_per_subject(0);
    let error = block_on(topics.publish("a", None, &Event::new())).unwrap_err();
    assert_eq!(
        error.kind(),
        TopicErrorKind::NotAppended(AppendErrorKind::NoData)
    );
    assert!(error.source().is_some());
    let full_for = block_on(topics.log("b", &subject("alice"))).unwrap_err();
    let _held = block_on(topics.get("a")).unwrap().unwrap();
    let full = block_on(topics.log("b", None)).unwrap_err();
    let too_long = block_on(topics.log(&"x".repeat(257), None)).unwrap_err();
    assert_eq!(too_long.retry_after(), None);
    assert_eq!(full.retry_after(), Some(Duration::from_secs(10)));
    let said = [error, full_for, full, too_long].map(|error| error.to_string());
    let mut different = said.to_vec();
    different.dedup();
    assert_eq!(different.len(), said.len(), "{said:?}");
    for words in said {
        assert!(
            words.starts_with(|first: char| first.is_ascii_lowercase()),
            "{words:?}"
        );
        assert!(words.len() > 10 && !words.ends_with('.'), "{words:?}");
    }
    assert!(format!("{topics:?}").contains("Topics { len: 1"));
}
