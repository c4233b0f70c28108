//! The first answer to a token, when it gets lost.

use std::time::Duration;

use pollster::block_on;
use sse_gate_resume::backend::{SessionKey, SessionStore};
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{CloseReason, InvalidIdReason, Opening, SessionSignal};

use crate::support::{Client, Stage, append, request, token};

const MILLI: Duration = Duration::from_millis(1);
const GRACE: Duration = Duration::from_secs(5);

fn reopen(stage: &Stage, grace: Duration) -> Option<Client> {
    match block_on(stage.sessions.reopen(token(1), grace)) {
        Ok(resumed) => Some(Client::new(token(1), resumed.subscribe())),
        Err(ResumeError::Refused(InvalidIdReason::Unknown)) => None,
        Err(other) => panic!("{other:?}"),
    }
}

/// A12: a browser that repeats its first request by itself is let in, as long as no client has got
/// anything by the first; that one is cut, and gets nothing. It is let in once.
#[test]
fn a_lost_first_answer_is_given_again_once() {
    let stage = Stage::default();
    let log = stage.log();
    append(&log, "1");
    let mut first = stage.alice(&log);
    stage.signals.take();
    let mut second = reopen(&stage, GRACE).unwrap();
    assert_eq!(stage.signals.take(), [SessionSignal::Reopened]);
    assert_eq!(first.read(), (vec![], true));
    assert_eq!(second.read_data(), ["1"]);
    assert!(reopen(&stage, GRACE).is_none());
    assert!(second.is_served());
}

/// A12: by default, and when the time is up, a token is used when it is used. The time is five
/// seconds at most, whatever a route asks for.
#[test]
fn the_opening_grace_is_short() {
    for (grace, wait, is_let_in) in [
        (Duration::ZERO, Duration::ZERO, false),
        (MILLI, Duration::ZERO, true),
        (MILLI, MILLI, false),
        (GRACE, GRACE - MILLI, true),
        (GRACE, GRACE, false),
        (Duration::MAX, GRACE - MILLI, true),
        (Duration::MAX, GRACE, false),
    ] {
        let stage = Stage::default();
        let first = stage.alice(&stage.log());
        stage.wait(wait);
        assert_eq!(
            reopen(&stage, grace).is_some(),
            is_let_in,
            "{grace:?}, {wait:?}"
        );
        drop(first);
    }
}

/// A12: once a client has got something, a second use counts only when that connection is gone.
#[test]
fn a_client_that_got_something_is_not_cut_by_the_url_alone() {
    let stage = Stage::default();
    let log = stage.log();
    let mut first = stage.alice(&log);
    first.read();
    first.connection.as_ref().unwrap().confirm();
    assert!(reopen(&stage, GRACE).is_none());
    assert!(first.is_served());
    first.disconnect();
    let mut second = reopen(&stage, GRACE).unwrap();
    append(&log, "1");
    assert_eq!(second.read_data(), ["1"]);
}

/// A12, I6: a client that was cut by a second use of the token and holds an id of the first finds that
/// out when it comes back: the session is closed.
#[test]
fn a_second_use_of_the_token_does_not_live_unnoticed() {
    let stage = Stage::default();
    let mut first = stage.alice(&stage.log());
    first.read();
    let mut second = reopen(&stage, GRACE).unwrap();
    second.read();
    let reuse = first.reconnect(&stage).unwrap_err();
    assert!(matches!(
        reuse,
        ResumeError::Refused(InvalidIdReason::Reuse)
    ));
    assert_eq!(second.read().0[0].1, r#"{"v":1,"reason":"reuse"}"#);
}

/// A12: a client that has gone on with an id has got its first answer, and a session that is over
/// is not opened again.
#[test]
fn the_token_counts_no_more_when_its_client_went_on() {
    let stage = Stage::default();
    let mut client = stage.alice(&stage.log());
    client.read();
    client.reconnect(&stage).unwrap();
    client.disconnect();
    assert!(reopen(&stage, GRACE).is_none());

    let stage = Stage::default();
    let _client = stage.alice(&stage.log());
    block_on(stage.sessions.close(token(1), CloseReason::Revoked)).unwrap();
    assert!(reopen(&stage, GRACE).is_none());
}

/// A closed session is remembered for its client, and needs no payload for that.
#[test]
fn a_kept_payload_goes_when_its_session_is_closed() {
    let stage = Stage::default();
    let asked = request("alice").with_payload(&"the question").unwrap();
    let (grant, log) = (stage.granted(asked), stage.log());
    let opening = Opening::new(stage.arrival(), &grant, token(1), log).with_kept_payload();
    let subscription = block_on(stage.sessions.open(opening)).unwrap();
    let kept = || {
        let key = SessionKey::Id(subscription.lease().session());
        let stored = block_on(stage.store.load(key)).unwrap().unwrap();
        stored.record.binding().grant.payload_len()
    };
    assert!(kept() > 0);
    assert!(block_on(stage.sessions.close(token(1), CloseReason::Revoked)).unwrap());
    assert_eq!(kept(), 0);
}

/// A session keeps the payload of its grant if it is told to, and otherwise no room is taken for it.
#[test]
fn a_payload_is_kept_only_if_that_is_asked_for() {
    for is_kept in [false, true] {
        let stage = Stage::default();
        let asked = request("alice").with_payload(&"the question").unwrap();
        let (grant, log) = (stage.granted(asked), stage.log());
        let opening = Opening::new(stage.arrival(), &grant, token(1), log);
        let opening = if is_kept {
            opening.with_kept_payload()
        } else {
            opening
        };
        let mut client = Client::new(token(1), block_on(stage.sessions.open(opening)).unwrap());
        assert!(client.is_served());
        let resumed = stage.resume(&client.id, token(1)).unwrap();
        let payload = resumed.grant().payload::<String>().ok();
        assert_eq!(payload, is_kept.then(|| "the question".to_owned()));
    }
}
