//! `Problem::from`: what every error that a handler meets is answered with.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt, Full};
use sse_gate::codec::Event;
use sse_gate::core::{Cap, EntropyError, FullError, IssueError, StoreError};
use sse_gate::mint::{AuthError, Denied};
use sse_gate::sessions::Topics;
use sse_gate::sessions::error::{
    AppendError, AppendErrorKind, LogError, OpenError, SessionError, SessionErrorKind,
    TopicErrorKind,
};
use sse_gate::{
    AttachError, Gate, GrantRequest, Granted, Logs, Problem, Resource, ResumableStream, SseRoute,
    Subject,
};

/// A name for the message of a failed test, the error, its status, and its `Retry-After`.
type Row = (&'static str, Problem, u16, &'static str);

fn of_store(error: StoreError) -> Problem {
    Problem::from(error)
}

fn cap(cap: Cap) -> StoreError {
    StoreError::from(FullError::new(cap, Duration::from_millis(6_500)))
}

fn of_sessions(kind: SessionErrorKind) -> Problem {
    Problem::from(SessionError::from(kind))
}

fn of_log(kind: AppendErrorKind) -> Problem {
    Problem::from(AppendError::from(kind))
}

fn not_opened(kind: SessionErrorKind) -> Problem {
    Problem::from(AttachError::NotOpened(OpenError::Store(kind.into())))
}

fn header<'r>(response: &'r Response<Full<Bytes>>, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// Each row is answered as it says, as a problem, with a challenge if it is a 401, and without a word
/// of what was the matter.
async fn check(rows: Vec<Row>) {
    for (name, problem, status, wait) in rows {
        let response = problem.into_response();
        assert_eq!(response.status(), status, "{name}");
        assert_eq!(header(&response, "retry-after"), wait, "{name}");
        assert_eq!(
            header(&response, "content-type"),
            "application/problem+json"
        );
        let is_challenged = !header(&response, "www-authenticate").is_empty();
        assert_eq!(is_challenged, status == 401, "{name}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(!body.contains("secret"), "{name}: {body}");
    }
}

/// D14: the errors of tokens and their stores.
#[tokio::test]
async fn errors_of_tokens() {
    let down = || StoreError::unavailable("a secret");
    let issue = |error: StoreError| Problem::from(IssueError::from(error));
    let mut rows = vec![
        ("the store is down", of_store(down()), 503, "1"),
        (
            "the store has one of this key",
            of_store(StoreError::exists()),
            503,
            "1",
        ),
        (
            "the subject was withdrawn",
            of_store(StoreError::withdrawn()),
            401,
            "",
        ),
        ("not issued: down", issue(down()), 503, "1"),
        (
            "not issued: withdrawn",
            issue(StoreError::withdrawn()),
            401,
            "",
        ),
        (
            "no randomness",
            EntropyError::new("a secret").into(),
            503,
            "1",
        ),
        (
            "not issued: no randomness",
            IssueError::from(EntropyError::new("x")).into(),
            503,
            "1",
        ),
    ];
    for (cap_of, status, wait) in [
        (Cap::TokensPerSubject, 429, "7"),
        (Cap::PayloadPerSubject, 429, "7"),
        (Cap::TokensInAll, 503, "7"),
        (Cap::PayloadInAll, 503, "7"),
    ] {
        rows.push(("a cap of the store", of_store(cap(cap_of)), status, wait));
        rows.push(("not issued: a cap", issue(cap(cap_of)), status, wait));
    }
    let gate = Gate::in_memory();
    let room = Resource::new(["room"]).unwrap();
    let refused = gate.redeem("sset1_secret", &room).await.unwrap_err();
    rows.push(("a bad token", refused.into(), 401, ""));
    let down = Gate::new(sse_gate::core::RefuseAllStore);
    let request = GrantRequest::new(Subject::new("alice").unwrap(), room.clone());
    let token = gate.issue(request).await.unwrap();
    let refused = down
        .redeem(token.token().expose(), &room)
        .await
        .unwrap_err();
    rows.push(("a token that can't be checked", refused.into(), 503, "1"));
    let revoked = down
        .revoke(&Subject::new("alice").unwrap())
        .await
        .unwrap_err();
    rows.push(("not everything was ended", revoked.into(), 503, "1"));
    check(rows).await;
}

/// D14: the errors of sessions, of their logs and of topics.
#[tokio::test]
async fn errors_of_streams() {
    use AppendErrorKind as Append;
    use SessionErrorKind as Session;

    let topics = Topics::new(Logs::default())
        .with_max(1)
        .with_max_per_subject(0);
    let long = "x".repeat(Topics::MAX_NAME_LEN + 1);
    let alice = Subject::new("alice").unwrap();
    let too_long = topics.log(&long, None).await.unwrap_err();
    let owned = topics.log("hers", &alice).await.unwrap_err();
    let no_room = Topics::new(Logs::default()).with_max(0);
    let no_room = no_room.log("news", None).await.unwrap_err();
    let _log = topics.log("news", None).await.unwrap();
    let nothing = topics
        .publish("news", None, &Event::new())
        .await
        .unwrap_err();
    assert_eq!(nothing.kind(), TopicErrorKind::NotAppended(Append::NoData));
    let rows = vec![
        (
            "sessions are down",
            Problem::from(SessionError::unavailable("a secret")),
            503,
            "1",
        ),
        ("all sessions", of_sessions(Session::Full), 503, "1"),
        (
            "all of the subject",
            of_sessions(Session::FullForSubject),
            429,
            "5",
        ),
        ("revoked", of_sessions(Session::Revoked), 401, ""),
        ("there is one", of_sessions(Session::Exists), 503, "1"),
        ("attach: all sessions", not_opened(Session::Full), 503, "1"),
        (
            "attach: all of the subject",
            not_opened(Session::FullForSubject),
            429,
            "5",
        ),
        ("attach: revoked", not_opened(Session::Revoked), 401, ""),
        ("attach: twice", AttachError::Already.into(), 500, ""),
        ("attach: another log", AttachError::OtherLog.into(), 410, ""),
        ("attach: work", AttachError::TooMuchWork.into(), 429, "5"),
        (
            "attach: all work",
            AttachError::TooMuchWorkInAll.into(),
            503,
            "1",
        ),
        (
            "attach: no log",
            AttachError::NoLog(LogError::unavailable("x")).into(),
            503,
            "1",
        ),
        ("append: too large", of_log(Append::TooLarge), 413, ""),
        ("append: ended", of_log(Append::Ended), 410, ""),
        ("append: closed", of_log(Append::Closed), 410, ""),
        ("append: no room", of_log(Append::NoRoom), 503, "1"),
        (
            "append: down",
            AppendError::unavailable("a secret").into(),
            503,
            "1",
        ),
        ("append: an id", of_log(Append::Id), 500, ""),
        ("append: a name", of_log(Append::ReservedName), 500, ""),
        ("append: no data", of_log(Append::NoData), 500, ""),
        ("topic: too long a name", too_long.into(), 404, ""),
        ("topic: all of the subject", owned.into(), 429, "10"),
        ("topic: no room", no_room.into(), 503, "10"),
        ("topic: append", nothing.into(), 500, ""),
    ];
    check(rows).await;
}

/// D14: the errors of what a path, a body or a credential says.
#[tokio::test]
async fn errors_of_requests() {
    let secs = |secs| Duration::from_secs(secs);
    let payload = GrantRequest::new(Subject::new("a").unwrap(), Resource::new(["a"]).unwrap());
    let payload = Granted::for_test(payload.with_payload(&"a secret").unwrap()).await;
    let extensions = http::Extensions::new();
    let (deny, unknown) = (
        Denied::TooMany {
            retry_after: secs(7),
        },
        AuthError::unavailable("no route"),
    );
    let boxed: Box<dyn std::error::Error + Send + Sync> = "a secret".into();
    check(vec![
        ("no subject", Subject::new("").unwrap_err().into(), 422, ""),
        (
            "no resource",
            Resource::new([""; 0]).unwrap_err().into(),
            404,
            "",
        ),
        (
            "no route",
            SseRoute::new("secret").unwrap_err().into(),
            404,
            "",
        ),
        (
            "not the payload's type",
            payload.payload::<u64>().unwrap_err().into(),
            500,
            "",
        ),
        (
            "no grant",
            Granted::of(&extensions).unwrap_err().into(),
            500,
            "",
        ),
        (
            "no stream",
            ResumableStream::of(&extensions).unwrap_err().into(),
            500,
            "",
        ),
        ("denied: forbidden", Denied::Forbidden.into(), 403, ""),
        ("denied: not found", Denied::NotFound.into(), 404, ""),
        ("denied: body", Denied::Unprocessable.into(), 422, ""),
        ("denied: large", Denied::TooLarge.into(), 413, ""),
        ("denied: many", deny.into(), 429, "7"),
        (
            "denied: busy",
            Denied::Busy {
                retry_after: secs(3),
            }
            .into(),
            503,
            "3",
        ),
        (
            "denied: unavailable",
            Denied::unavailable("a secret").into(),
            503,
            "1",
        ),
        ("auth: none", AuthError::missing().into(), 401, ""),
        (
            "auth: bad",
            AuthError::invalid().because("a secret").into(),
            401,
            "",
        ),
        ("auth: large", AuthError::too_large().into(), 431, ""),
        ("auth: origin", AuthError::foreign_origin().into(), 403, ""),
        ("auth: unavailable", unknown.into(), 503, "1"),
        ("any other", boxed.into(), 500, ""),
    ])
    .await;
    // What is shown twice has a challenge, too, though it is no 401.
    let response = Problem::from(AuthError::malformed()).into_response();
    assert_eq!(response.status(), 400);
    assert!(header(&response, "www-authenticate").contains("invalid_request"));
}

/// `?` turns each of these into a problem.
#[tokio::test]
async fn a_handler_may_ask_with_a_question_mark() {
    async fn handler(gate: &Gate, name: &str, room: &str) -> Result<u16, Problem> {
        let subject = Subject::new(name)?;
        let resource = SseRoute::new("/rooms/{room}")?.resource([room])?;
        let issued = gate.issue(GrantRequest::new(subject.clone(), resource.clone()));
        let token = issued.await?;
        let grant = gate.redeem(token.token().expose(), &resource).await?;
        let _payload: Option<u8> = grant.payload()?;
        gate.revoke(&subject).await?;
        gate.new_logs().create().await?;
        let event = Event::new().data("x");
        Topics::new(gate.new_logs())
            .publish("news", None, &event)
            .await?;
        Ok(200)
    }
    let gate = Gate::in_memory();
    let status = async |name, room| match handler(&gate, name, room).await {
        Ok(status) => status,
        Err(problem) => problem.status().as_u16(),
    };
    assert_eq!(status("", "7").await, 422);
    assert_eq!(status("alice", "").await, 404);
    assert_eq!(status("alice", "7").await, 500, "there is no payload");
}
