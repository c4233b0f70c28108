//! A session that is closed while everybody is at it.

use std::sync::Arc;

use pollster::block_on;
use sse_gate_core::Subject;
use sse_gate_resume::error::{OpenError, ResumeError, SessionErrorKind};
use sse_gate_resume::{CloseReason, GoneReason, Resumed};

use crate::support::{Client, Stage, grant, refused_by, token};
use crate::{both, model};

const REVOKED: &str = r#"{"v":1,"reason":"revoked"}"#;

fn alice() -> Subject {
    Subject::new("alice").unwrap()
}

/// I15: a client comes back, reads or leaves while the subject is logged out: nothing of what comes
/// after it reaches a client, and the session is over.
#[test]
fn nothing_gets_past_a_logout() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let log = stage.log();
        let mut old = stage.alice(&log);
        old.read();
        let (id, writer) = (old.id.clone(), log.clone());
        let (server, again) = (Arc::clone(&stage), Arc::clone(&stage));
        let reads = loom::thread::spawn(move || {
            let seen = old.read();
            (old, seen)
        });
        let logs_out = move || {
            assert_eq!(block_on(server.sessions.revoke(&alice())).unwrap(), 1);
            // Whether the log still takes it or not.
            refused_by(&writer);
        };
        let comes_back = move || again.resume(&id, token(1)).map(Resumed::subscribe);
        let ((), shown) = both(logs_out, comes_back);
        let (mut old, (seen, _)) = reads.join().unwrap();
        assert!(seen.iter().all(|(_, data)| data == REVOKED), "{seen:?}");
        assert!(old.read().0.len() + seen.len() <= 1);
        match shown {
            Ok(new) => {
                let mut new = Client::new(token(1), new);
                let (events, ended) = new.read();
                assert_eq!(
                    (events[1].1.as_str(), events.len(), ended),
                    (REVOKED, 2, true)
                );
            }
            Err(ResumeError::Gone(GoneReason::Closed(CloseReason::Revoked))) => {}
            Err(other) => panic!("{other:?}"),
        }
        assert!(stage.store.is_empty());
        assert_eq!(log.readers(), 1 - usize::from(old.connection.is_none()));
    });
}

/// I15: a session that is opened while its subject is logged out is not opened, or closed.
#[test]
fn a_session_that_is_just_opened_is_met() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let log = stage.log();
        let (one, other) = (Arc::clone(&stage), Arc::clone(&stage));
        // The token was shown before.
        let arrival = stage.arrival();
        let opening = move || one.open_in(arrival, &grant("alice"), token(1), &log);
        let revoking = move || block_on(other.sessions.revoke(&alice())).unwrap();
        match both(opening, revoking) {
            (Ok(subscription), count) => {
                let (events, ended) = Client::new(token(1), subscription).read();
                assert_eq!((events[1].1.as_str(), ended, count), (REVOKED, true, 1));
            }
            (Err(OpenError::Store(error)), 0) => {
                assert_eq!(error.kind(), SessionErrorKind::Revoked);
            }
            (opened, count) => panic!("{opened:?}, {count}"),
        }
        assert!(stage.store.is_empty());
    });
}

/// I15, C20: a logout withdraws a subject's tokens, and then revokes its sessions. Whenever a client
/// arrives with a token, the token is refused, or the session that it opens is.
#[test]
fn no_token_gets_past_a_logout() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let log = stage.log();
        // The tokens' store: one, which is taken or withdrawn.
        let fresh = Arc::new(loom::sync::Mutex::new(true));
        let (one, other) = (Arc::clone(&stage), Arc::clone(&stage));
        let (takes, withdrawn) = (Arc::clone(&fresh), fresh);
        let take = |token: &loom::sync::Mutex<bool>| std::mem::take(&mut *token.lock().unwrap());
        let arriving = move || {
            let arrival = one.arrival();
            take(&takes).then(|| one.open_in(arrival, &grant("alice"), token(1), &log))
        };
        let logging_out = move || {
            take(&withdrawn);
            block_on(other.sessions.revoke(&alice())).unwrap()
        };
        match both(arriving, logging_out) {
            (None, 0) => {}
            (Some(Ok(subscription)), 1) => {
                let (events, ended) = Client::new(token(1), subscription).read();
                assert_eq!((events[1].1.as_str(), ended), (REVOKED, true));
            }
            (Some(Err(OpenError::Store(error))), 0) => {
                assert_eq!(error.kind(), SessionErrorKind::Revoked);
            }
            (opened, count) => panic!("{opened:?}, {count}"),
        }
        assert!(stage.store.is_empty());
    });
}

/// I4: two reasons to close it, one of them counts, and all are told that one.
#[test]
fn a_session_is_closed_once() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let mut client = stage.alice(&stage.log());
        client.read();
        let close = |why| {
            let stage = Arc::clone(&stage);
            move || block_on(stage.sessions.close(token(1), why)).unwrap()
        };
        let (revoked, displaced) = both(close(CloseReason::Revoked), close(CloseReason::Displaced));
        assert!(revoked != displaced);
        let why = if revoked { "revoked" } else { "displaced" };
        let told = format!(r#"{{"v":1,"reason":"{why}"}}"#);
        assert_eq!(client.read().0[0].1, told);
    });
}
