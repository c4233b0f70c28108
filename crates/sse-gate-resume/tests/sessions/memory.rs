//! What stays behind: nothing.

use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use bytes::BytesMut;
use pollster::block_on;
use sse_gate_resume::{LogBudget, LogLimits, Logs, Opening, ResumePolicy, SessionLimits};

use crate::support::{Client, Stage, append, grant, parts, token};

const MANY: usize = 100_000;

/// I10: a client that connects and drops a hundred thousand times leaves what one leaves.
#[test]
fn connects_and_drops_leave_nothing() {
    // No clock moves in between: a policy with a rate of takeovers would have it wait.
    let policy = ResumePolicy::default().with_takeovers(u32::MAX, Duration::ZERO);
    let stage = Stage::default().with_policy(policy);
    let log = stage.log();
    append(&log, "1");
    let mut client = stage.alice(&log);
    let place = Arc::new(());
    for _ in 0..MANY {
        client.read();
        assert_eq!(log.readers(), 1);
        let resumed = stage.resume(&client.id, client.token).unwrap();
        resumed.lease().hold(Arc::clone(&place));
        client.connection = Some(resumed.subscribe());
    }
    client.read();
    assert_eq!(parts(&client.id).generation, MANY as u64 + 1);
    assert_eq!(Arc::strong_count(&place), 2);
    client.disconnect();
    assert_eq!(Arc::strong_count(&place), 1);
    assert_eq!((log.readers(), stage.store.remembered()), (0, 1));
    stage.wait(Duration::from_secs(60 * 60 + 120));
    stage.sessions.sweep();
    assert_eq!((stage.store.len(), stage.store.remembered()), (0, 0));
}

/// I10, F3: clients that each open a session and vanish leave nothing either, and no more than the
/// caps meanwhile.
#[test]
fn sessions_that_are_left_leave_nothing() {
    let limits = SessionLimits::default().with_max(500);
    let budget = LogBudget::default();
    let logs = Logs::new(LogLimits::default(), budget.clone());
    let stage = Stage::new(limits, LogLimits::default()).with_logs(logs);
    let policy = ResumePolicy::default().with_idle(Duration::from_secs(1));
    for number in 0..20_000_u32 {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&number.to_be_bytes());
        let key = sse_gate_core::TokenKey::from_bytes(key);
        let log = stage.log();
        append(&log, "something");
        let grant = grant(&format!("user {}", number % 1_000));
        let opening = Opening::new(stage.arrival(), &grant, key, Arc::new(log));
        let opened = block_on(stage.sessions.open(opening.with_policy(policy))).unwrap();
        drop(opened);
        stage.wait(Duration::from_millis(100));
        assert!(stage.store.len() <= 12 && stage.store.remembered() <= 500);
        assert!(budget.used() < 12 * 200, "{}", budget.used());
    }
    stage.wait(Duration::from_secs(60 * 60 + 2));
    stage.sessions.sweep();
    assert_eq!((stage.store.remembered(), budget.used()), (0, 0));
}

struct Counting;

impl Wake for Counting {
    fn wake(self: Arc<Self>) {}
}

/// I10: a session that waits for its client does not keep the task of the connection before.
#[test]
fn a_connection_that_has_gone_is_not_woken() {
    let stage = Stage::default();
    let log = stage.log();
    let mut client = stage.alice(&log);
    let task = Arc::new(Counting);
    let waker = Waker::from(Arc::clone(&task));
    let mut connection = client.connection.take().unwrap();
    let mut buffer = BytesMut::new();
    for _ in 0..2 {
        let _ = connection.poll_write(&mut Context::from_waker(&waker), &mut buffer);
    }
    drop(waker);
    assert!(
        Arc::strong_count(&task) > 1,
        "the log and the fence wake it"
    );
    drop(connection);
    assert_eq!(Arc::strong_count(&task), 1);
}

/// I10: many logs share one budget, none takes from another, and at its end none is left.
#[test]
fn logs_share_a_budget() {
    let budget = LogBudget::new(10_000);
    let logs = Logs::new(LogLimits::default(), budget.clone());
    let (quiet, loud) = (
        block_on(logs.create()).unwrap(),
        block_on(logs.create()).unwrap(),
    );
    append(&quiet, "mine");
    for _ in 0..1_000 {
        append(&loud, &"x".repeat(500));
        assert!(budget.used() <= 10_000);
    }
    assert_eq!((quiet.bounds().first, quiet.bounds().last), (1, 1));
    assert_eq!(loud.bounds().last, 1_000);
    assert!(loud.bounds().first > 980, "{:?}", loud.bounds());
    drop((quiet, loud));
    assert_eq!(budget.used(), 0);
}

/// I10: what a session holds of its log goes when it ends, and not when it is forgotten.
#[test]
fn a_closed_session_keeps_no_events() {
    let budget = LogBudget::default();
    let stage = Stage::default().with_logs(Logs::new(LogLimits::default(), budget.clone()));
    let log = stage.log();
    append(&log, "1");
    let client: Client = stage.alice(&log);
    drop(log);
    assert!(budget.used() > 0);
    block_on(
        stage
            .sessions
            .close(token(1), sse_gate_resume::CloseReason::Revoked),
    )
    .unwrap();
    drop(client);
    assert_eq!((budget.used(), stage.store.remembered()), (0, 1));
}
