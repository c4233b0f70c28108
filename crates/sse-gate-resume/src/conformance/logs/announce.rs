//! Laws of what a store announces to the nodes. I19

use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use super::operations::{append, bounds, create, create_with, end, id, open, read, try_append};
use super::{LogBackend, ROOM};
use crate::LogLimits;
use crate::conformance::heard::{Heard, hear, hear_until};
use crate::log::{LogEnd, LogEpoch};
use crate::store::{LogId, LogStore, Notice, Notices};

const EVENTS: usize = 20;

/// An append and an end are announced, from whichever node they come. One notice may speak for several.
pub fn what_is_appended_is_announced<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let Some(mut notices) = backend.subscribe(&store).await else {
            return;
        };
        let other = backend.other_node(&store).await;
        let nodes = [Some(&store), other.as_ref()].into_iter().flatten();
        for (name, node) in ["one", "two"].into_iter().zip(nodes) {
            let log = create(node, name).await;
            for last in 1..=2 {
                append(node, &log, "hello").await;
                hear_of(&mut notices, log.epoch, (last, None), backend.patience()).await;
            }
            end(node, &log, LogEnd::Failed).await;
            let ended = (2, Some(LogEnd::Failed));
            hear_of(&mut notices, log.epoch, ended, backend.patience()).await;
        }
    });
}

/// Waits until it is announced that a log is so far.
async fn hear_of(
    notices: &mut Notices,
    of: LogEpoch,
    (seq, how): (u64, Option<LogEnd>),
    patience: Duration,
) {
    loop {
        match hear(notices, patience).await {
            Heard::Notice(Notice::Appended { log, last, end })
                if log == of && last >= seq && (how.is_none() || how == end) =>
            {
                return;
            }
            Heard::Notice(_) => {}
            heard => panic!("event {seq} or the end {how:?} was not announced: {heard:?}"),
        }
    }
}

/// A node that hears of an event or an end and reads the store finds it. Else its readers would wait for the
/// next notice.
pub fn an_announced_event_is_in_the_store<B: LogBackend>(backend: &B) {
    let store = backend.block_on(backend.store(ROOM));
    let Some(mut notices) = backend.block_on(backend.subscribe(&store)) else {
        return;
    };
    let log = backend.block_on(create(&store, "chat"));
    let asks = || {
        loop {
            let heard = backend.block_on(hear(&mut notices, backend.patience()));
            let Heard::Notice(Notice::Appended { last, end, .. }) = heard else {
                panic!("events were not announced: {heard:?}");
            };
            let after = last.saturating_sub(1);
            let found = backend.block_on(read(&store, &log, after, 1_000));
            let found = found.expect("a log is gone that should be there");
            assert!(
                found.bounds.last >= last && (last == 0 || !found.events.is_empty()),
                "event {last} was announced, and the last one in the store is {}",
                found.bounds.last
            );
            assert!(
                end.is_none() || end == found.bounds.end,
                "an end was announced, and the store has none"
            );
            if end.is_some() {
                return;
            }
        }
    };
    thread::scope(|scope| {
        let asking = scope.spawn(asks);
        for _ in 0..EVENTS {
            backend.block_on(append(&store, &log, "hello"));
        }
        backend.block_on(end(&store, &log, LogEnd::Complete));
        if let Err(panic) = asking.join() {
            resume_unwind(panic);
        }
    });
}

/// An append or an end that does not count announces nothing that is not so.
pub fn a_refused_append_announces_nothing_false<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let Some(mut notices) = backend.subscribe(&store).await else {
            return;
        };
        let ended = create(&store, "ended").await;
        append(&store, &ended, "hello").await;
        end(&store, &ended, LogEnd::Complete).await;
        let small = LogLimits::default().with_max_bytes(100);
        let small = create_with(&store, "small", small).await;
        let unknown = id("unknown");
        for (log, event) in [
            (&ended, "late"),
            (&small, &*"x".repeat(101)),
            (&unknown, "lost"),
        ] {
            let refused = try_append(&store, log, event).await;
            assert!(
                refused.is_err(),
                "an event was appended that should be refused"
            );
        }
        for log in [&ended, &unknown] {
            end(&store, log, LogEnd::Failed).await;
        }

        let other = create(&store, "other").await;
        append(&store, &other, "hello").await;
        let last = Notice::Appended {
            log: other.epoch,
            last: 1,
            end: None,
        };
        let (all, heard) = hear_until(&mut notices, last, backend.patience()).await;
        assert_eq!(heard, Heard::Notice(last), "an append was not announced");
        for notice in all {
            check(&store, &[&ended, &small, &unknown, &other], notice).await;
        }
    });
}

/// Fails if what a notice says of these logs is not so.
async fn check<S: LogStore>(store: &S, logs: &[&LogId], notice: Notice) {
    let Notice::Appended { log, last, end } = notice else {
        return;
    };
    let found = logs.iter().find(|known| known.epoch == log);
    let of = found.expect("a notice is of one of the logs");
    assert!(
        open(store, of).await.is_some(),
        "{notice:?} is of a log that never was"
    );
    let bounds = bounds(store, of).await;
    assert!(
        last <= bounds.last && (end.is_none() || end == bounds.end),
        "{notice:?} was announced, and the log is at {}, ended: {:?}",
        bounds.last,
        bounds.end
    );
}
