//! Credentials that are refused, and sessions that are over.

use http::{HeaderMap, StatusCode};
use sse_gate_client::{Error, ErrorKind, RetryReason, Settings, TokenError};

use crate::driver::Driver;

/// The id of the 35th event of a session.
const EVENT: &str = "id: sser1.k.session.0.tag.z\ndata: 35\n\n";

const OVER: &str = "event: sse.close\ndata: {\"reason\":\"deadline\"}\n\n";

/// The source gets a 401 from its mint.
fn refuse(driver: &mut Driver) -> Error {
    let refused = TokenError::from_status(StatusCode::UNAUTHORIZED, &HeaderMap::new());
    driver.machine.unprepared(refused);
    driver.closed().expect_err("there is no credential")
}

#[test]
fn a_session_is_opened_anew_after_three_reasons_only() {
    for text in [
        OVER,
        "event: sse.close\ndata: {\"reason\":\"idle\"}\n\n",
        "event: sse.close\ndata: {\"reason\":\"rollback\"}\n\n",
    ] {
        let mut driver = Driver::new(Settings::new());
        driver.open();
        driver.machine.chunk(driver.now, text.into());
        assert_eq!(driver.waiting().reason(), RetryReason::SessionOver);
        assert!(driver.attempt().is_refused(), "{text}");
    }
    let mut driver = Driver::new(Settings::new());
    driver.open();
    let text = "event: sse.close\ndata: {\"reason\":\"revoked\"}\n\n";
    driver.machine.chunk(driver.now, text.into());
    let error = driver.closed().expect_err("it is closed");
    let expected = (ErrorKind::Closed, Some("revoked"));
    assert_eq!((error.kind(), error.detail()), expected);
}

#[test]
fn a_source_that_opens_no_other_session_ends_the_stream_with_the_servers_reason() {
    let mut driver = Driver::new(Settings::new());
    driver.attempt();
    let error = refuse(&mut driver);
    assert_eq!(error.kind(), ErrorKind::Unauthorized);

    let mut driver = Driver::new(Settings::new());
    driver.open();
    driver.say(OVER);
    driver.attempt();
    let error = refuse(&mut driver);
    let expected = (ErrorKind::Closed, Some("deadline"));
    assert_eq!((error.kind(), error.detail()), expected);
}

/// The id of a session that is over is a spent credential. A reconnection time says nothing of the new one.
#[test]
fn a_session_that_is_over_is_named_by_its_number_until_the_next_one_speaks() {
    let mut driver = Driver::new(Settings::new());
    let shown = |driver: &mut Driver| {
        let (_, request) = driver.open();
        let id = &request.headers()["last-event-id"];
        id.to_str().expect("it is text").to_owned()
    };
    driver.open();
    assert_eq!(driver.say(EVENT), ["35"]);
    driver.say(OVER);
    assert_eq!(shown(&mut driver), "35");
    driver.say("retry: 700\n\n");
    driver.machine.end();
    assert_eq!(shown(&mut driver), "35");
    driver.say("id: sser1.k.next.0.tag.1\ndata: 1\n\n");
    driver.machine.end();
    assert_eq!(shown(&mut driver), "sser1.k.next.0.tag.1");
    // An id alone is a word of the next session, too.
    driver.say(OVER);
    assert_eq!(shown(&mut driver), "1");
    driver.say("id: sser1.k.third.0.tag.2\n\n");
    driver.machine.end();
    assert_eq!(shown(&mut driver), "sser1.k.third.0.tag.2");
}

/// D2: debug output has no id.
#[test]
fn a_source_learns_where_the_stream_goes_on() {
    let mut driver = Driver::new(Settings::new());
    let (first, _) = driver.open();
    assert_eq!((first.last_event_id(), first.position()), (None, None));
    assert!(!first.has_opened() && !first.is_refused());
    driver.say(EVENT);
    driver.machine.end();
    let next = driver.attempt();
    assert_eq!(next.last_event_id(), Some("sser1.k.session.0.tag.z"));
    assert_eq!(next.position().as_deref(), Some("35"));
    assert!(next.has_opened() && !next.is_refused());
    let text = format!("{next:?}");
    let expected = "Attempt { number: 2, refused: false, opened: true, .. }";
    assert_eq!(text, expected);
}
