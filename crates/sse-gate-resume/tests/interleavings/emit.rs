//! A connection that emits while another one replaces it.

use std::sync::Arc;

use crate::support::{Stage, append, parts, token};
use crate::{both, model};

/// I6: what happens after a client was let in goes to that client only, and all that the other had
/// not got goes to it, too.
#[test]
fn nothing_is_emitted_behind_a_rotation() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let log = stage.log();
        let mut old = stage.alice(&log);
        old.read();
        append(&log, "before");
        let (id, writer, shows) = (old.id.clone(), log.clone(), Arc::clone(&stage));
        let comes_back = move || {
            let resumed = shows.resume(&id, token(1)).unwrap();
            append(&writer, "after");
            resumed.subscribe()
        };
        let reads = move || {
            let seen = old.read_data();
            (old, seen)
        };
        let (new, (mut old, seen)) = both(comes_back, reads);
        assert!(seen.iter().all(|event| event == "before"), "{seen:?}");
        assert!(seen.len() <= 1);
        assert_eq!(old.read(), (vec![], true), "and it has ended");
        let mut new = crate::support::Client::new(token(1), new);
        assert_eq!(new.read_data(), ["before", "after"]);
        assert_eq!(parts(&new.id).generation, 2);
    });
}

/// G1: a connection that waits is woken by the one that replaces it.
#[test]
fn a_replaced_connection_is_woken() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let log = stage.log();
        let mut old = stage.alice(&log);
        old.read();
        let (id, shows) = (old.id.clone(), Arc::clone(&stage));
        let mut waiting = crate::subscribe::Waiting::new(old.connection.take().unwrap());
        let waits = move || {
            let got = waiting.poll();
            (waiting, got)
        };
        let (_new, (mut waiting, got)) = both(move || shows.resume(&id, token(1)).unwrap(), waits);
        assert!(got.is_some() || waiting.is_woken());
        assert_eq!(waiting.poll().as_deref(), Some(""));
    });
}
