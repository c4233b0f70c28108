//! Laws of logs whose writer dies with its node. I19

use super::operations::{append, bounds, claim, create_new, end, id, open, try_append};
use super::{LogBackend, ROOM};
use crate::LogLimits;
use crate::conformance::check::race;
use crate::log::{AppendErrorKind, LogEnd};
use crate::store::{LogId, LogStore, NewLog};

const CLAIMERS: usize = 8;

/// A log that one writer of this node writes.
async fn own<S: LogStore>(store: &S, name: &str) -> LogId {
    let id = id(name);
    let new = NewLog::new(id.clone(), LogLimits::default(), None).with_one_writer();
    create_new(store, new).await;
    append(store, &id, "hello").await;
    id
}

async fn is_orphaned<S: LogStore>(store: &S, log: &LogId) -> bool {
    let found = open(store, log).await;
    found.expect("a log is gone with its node").is_orphaned
}

/// If many claim a log whose writer died, one of them gets it, and goes on with it. If that node dies, the
/// log is orphaned again.
pub fn an_orphan_goes_to_one_of_many_claimers<B: LogBackend>(backend: &B) {
    let (store, log) = backend.block_on(async {
        let store = backend.store(ROOM).await;
        let Some(dies) = backend.other_node(&store).await else {
            return (None, id("none"));
        };
        let log = own(&dies, "own").await;
        backend.kill(dies).await;
        (Some(store), log)
    });
    let Some(store) = store else {
        return;
    };
    let heir = backend.block_on(backend.other_node(&store));
    let heir = heir.expect("there are several nodes");
    let claimed = race(CLAIMERS, |_| backend.block_on(claim(&heir, &log)));
    let winners = claimed.into_iter().filter(|won| *won).count();
    assert_eq!(winners, 1, "{winners} of {CLAIMERS} have claimed a log");
    backend.block_on(async {
        assert!(
            !is_orphaned(&store, &log).await,
            "a log is orphaned that was claimed"
        );
        assert!(
            !claim(&store, &log).await,
            "another node has claimed a log again"
        );
        assert_eq!(append(&heir, &log, "again").await, 2, "a claim lost events");
        let refused = store.end(log.clone(), LogEnd::Failed).await;
        let kind = refused.map_err(|error| error.kind());
        assert_eq!(
            (kind, bounds(&store, &log).await.end),
            (Err(AppendErrorKind::Closed), None),
            "a log was ended that another node writes"
        );
        backend.kill(heir).await;
        assert!(
            is_orphaned(&store, &log).await,
            "a log is not orphaned again"
        );
        assert!(claim(&store, &log).await);
    });
}

/// A log is orphaned if it has one writer, whose node died before it has ended the log. No other log can
/// be claimed.
pub fn only_a_log_whose_writer_died_is_orphaned<B: LogBackend>(backend: &B) {
    backend.block_on(async {
        let store = backend.store(ROOM).await;
        let Some(dies) = backend.other_node(&store).await else {
            return;
        };
        let (orphan, ended) = (own(&dies, "orphan").await, own(&dies, "ended").await);
        end(&dies, &ended, LogEnd::Complete).await;
        let shared = id("shared");
        create_new(
            &dies,
            NewLog::new(shared.clone(), LogLimits::default(), None),
        )
        .await;
        let living = own(&store, "living").await;
        for log in [&orphan, &ended, &shared, &living] {
            assert!(
                !is_orphaned(&store, log).await,
                "a log is orphaned, and its node lives"
            );
            assert!(
                !claim(&store, log).await,
                "a log was claimed, and its node lives"
            );
        }
        backend.kill(dies).await;
        for (log, name) in [(&ended, "ended"), (&shared, "shared"), (&living, "living")] {
            assert!(
                !is_orphaned(&store, log).await,
                "the log `{name}` is orphaned"
            );
            assert!(!claim(&store, log).await, "the log `{name}` was claimed");
        }
        assert!(is_orphaned(&store, &orphan).await, "a log is not orphaned");
        // Its events are there, and its end is told in the end.
        assert_eq!(
            bounds(&store, &orphan).await.last,
            1,
            "events died with a node"
        );
        end(&store, &orphan, LogEnd::Failed).await;
        assert!(
            !is_orphaned(&store, &orphan).await,
            "a log is orphaned that has ended"
        );
        assert!(
            !claim(&store, &orphan).await,
            "a log was claimed that has ended"
        );
        assert!(try_append(&store, &orphan, "late").await.is_err());
    });
}
