//! Laws of making logs.

use super::operations::{append, bounds, create, id, open, read, read_all, try_create};
use super::{LogBackend, ROOM};
use crate::LogLimits;
use crate::conformance::check::race;
use crate::log::{Bounds, LogErrorKind};
use crate::store::{LogStore, NewLog};

const ROUNDS: usize = 100;
const CREATORS: usize = 8;

/// A log that was just made is found by its name, has no events, and has not ended. A name that was never
/// made finds none.
pub fn a_new_log_is_empty<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let longest = "ö".repeat(crate::log::LogName::MAX_LEN / 2);
        for name in ["", "topic/chat", &longest] {
            assert!(
                open(&store, &id(name)).await.is_none(),
                "a log was never made"
            );
            let log = create(&store, name).await;
            let empty = Bounds {
                first: 1,
                last: 0,
                end: None,
            };
            assert_eq!(bounds(&store, &log).await, empty, "a new log is not empty");
            let events = read(&store, &log, 0, 100).await;
            let events = events.expect("a new log can't be read");
            assert_eq!((events.bounds, events.events.len()), (empty, 0));
        }
    });
}

/// A name that is there is refused, and its log stays as it was.
pub fn a_name_is_taken_once<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let log = create(&store, "chat").await;
        append(&store, &log, "one").await;
        for second in [id("chat"), log.clone()] {
            let new = NewLog::new(second, LogLimits::default(), None);
            let refused = try_create(&store, new).await;
            assert_eq!(refused, Err(LogErrorKind::Exists), "a name was taken twice");
            assert_eq!(bounds(&store, &log).await.last, 1, "a log was replaced");
        }
        assert_eq!(read_all(&store, &log, 0).await, [(1, "one".into())]);
    });
}

/// If many threads make a log of one name at once, one of them does.
pub fn one_of_many_racing_creates_counts<B: LogBackend>(backend: &B) {
    let store = backend.block_on(backend.store(ROOM));
    for round in 0..ROUNDS {
        let name = format!("chat {round}");
        let created = race(CREATORS, |_| {
            let id = id(&name);
            let new = NewLog::new(id.clone(), LogLimits::default(), None);
            match backend.block_on(try_create(&store, new)) {
                Ok(()) => Some(id),
                Err(LogErrorKind::Exists) => None,
                Err(kind) => panic!("a new log was refused: {kind:?}"),
            }
        });
        let created: Vec<_> = created.into_iter().flatten().collect();
        assert_eq!(
            created.len(),
            1,
            "in round {round}, {} of {CREATORS} creates counted",
            created.len()
        );
        backend.block_on(bounds(&store, &created[0]));
    }
}

/// A store with as many logs as it may have refuses the next one, and loses none.
pub fn too_many_logs_are_refused<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(3).await;
        let mut logs = Vec::new();
        for name in ["one", "two", "three"] {
            let log = create(&store, name).await;
            append(&store, &log, name).await;
            logs.push(log);
        }
        for _ in 0..3 {
            let new = NewLog::new(id("four"), LogLimits::default(), None);
            let refused = try_create(&store, new).await;
            assert_eq!(refused, Err(LogErrorKind::Full), "a log too many was made");
        }
        for log in &logs {
            assert_eq!(bounds(&store, log).await.last, 1);
        }
        store
            .remove(logs[0].clone())
            .await
            .expect("a store can be asked");
        create(&store, "four").await;
    });
}
