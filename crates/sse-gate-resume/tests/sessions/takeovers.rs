//! Connections that replace one another.

use std::time::Duration;

use pollster::block_on;
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{
    InvalidIdReason, LogLimits, ResumePolicy, SessionLimits, SessionSignal, Subscription,
};

use crate::support::{Client, Stage, token};

const SECOND: Duration = Duration::from_secs(1);

/// A client that never drops a connection.
struct Hoarder {
    stage: Stage,
    client: Client,
    kept: Vec<Subscription>,
}

impl Hoarder {
    fn new(policy: ResumePolicy) -> Self {
        let stage = Stage::new(SessionLimits::default(), LogLimits::default());
        let stage = stage.with_policy(policy);
        let mut client = stage.alice(&stage.log());
        client.read();
        Self {
            stage,
            client,
            kept: Vec::new(),
        }
    }

    /// Takes its stream over from itself. Whether it may.
    fn takes_over(&mut self) -> bool {
        match self.stage.resume(&self.client.id, token(1)) {
            Ok(resumed) => {
                self.kept.extend(self.client.connection.take());
                self.client.connection = Some(resumed.subscribe());
                self.client.read();
                true
            }
            Err(ResumeError::TooSoon) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    fn takeovers(&mut self) -> usize {
        (0..200).filter(|_| self.takes_over()).count()
    }
}

/// I18: so many takeovers within so long, and then none until that time is over. By default it is
/// 64 within 10 s.
#[test]
fn takeovers_have_a_rate() {
    let default = ResumePolicy::default();
    for (policy, count, span) in [
        (default, 64, 10 * SECOND),
        (default.with_takeovers(3, SECOND), 3, SECOND),
        (default.with_takeovers(0, SECOND), 1, SECOND),
    ] {
        let mut hoarder = Hoarder::new(policy);
        for _ in 0..3 {
            assert_eq!(hoarder.takeovers(), count, "{policy:?}");
            hoarder
                .stage
                .wait(span.checked_sub(SECOND / 1_000).unwrap());
            assert_eq!(hoarder.takeovers(), 0, "{policy:?}");
            hoarder.stage.wait(SECOND / 1_000);
        }
        let told = hoarder.stage.signals.take();
        assert!(told.contains(&SessionSignal::TooSoon));
    }
    for span in [Duration::ZERO, Duration::MAX] {
        let mut hoarder = Hoarder::new(default.with_takeovers(u32::MAX, span));
        assert_eq!(hoarder.takeovers(), 200, "{span:?}");
    }
}

/// I18: who is told that it is too soon has lost nothing: its connection goes on, its id stays good,
/// and one that was shown twice is still found out.
#[test]
fn a_takeover_that_comes_too_soon_changes_nothing() {
    let mut hoarder = Hoarder::new(ResumePolicy::default().with_takeovers(1, SECOND));
    let stolen = hoarder.client.id.clone();
    assert!(hoarder.takes_over());
    assert!(!hoarder.takes_over());
    assert!(hoarder.client.is_served());
    // A connection that has ended is not taken over.
    for _ in 0..5 {
        hoarder.client.disconnect();
        hoarder.client.reconnect(&hoarder.stage).unwrap();
        hoarder.client.read();
    }
    let refused = hoarder.stage.resume(&stolen, token(1)).unwrap_err();
    assert!(matches!(
        refused,
        ResumeError::Refused(InvalidIdReason::Reuse)
    ));
}

/// I18: an id that was used already stays good for a client that is put off, until a window after
/// it may take its stream over again. That is granted once, so it does not go on for ever.
#[test]
fn a_used_id_outlives_the_time_that_its_client_is_put_off() {
    let policy = ResumePolicy::default().with_takeovers(1, 10 * SECOND);
    let Hoarder { stage, client, .. } = Hoarder::new(policy);
    let show = || stage.resume(&client.id, token(1));
    // The client does not get the answer, and shows its id again.
    let _lost = show().unwrap().subscribe();
    for _ in 0..2 {
        assert!(matches!(show().unwrap_err(), ResumeError::TooSoon));
        stage.wait(6 * SECOND);
    }
    // After 12 s.
    let _again = show().unwrap().subscribe();
    assert!(matches!(show().unwrap_err(), ResumeError::TooSoon));
    stage.wait(8 * SECOND);
    let refused = show().unwrap_err();
    assert!(matches!(
        refused,
        ResumeError::Refused(InvalidIdReason::Reuse)
    ));
}

/// G18: a client that is not admitted has lost nothing, and who has one factor is not told.
#[test]
fn a_client_that_is_not_admitted_keeps_its_id() {
    let hoarder = Hoarder::new(ResumePolicy::default());
    let Hoarder { stage, client, .. } = &hoarder;
    for _ in 0..5 {
        let asked = stage
            .sessions
            .resume_if(&client.id, token(1), |session, binding| {
                assert_eq!(binding.grant.subject().as_str(), "alice");
                assert_eq!(
                    session,
                    client.connection.as_ref().unwrap().lease().session()
                );
                None::<()>
            });
        let refused = block_on(asked).unwrap_err();
        assert!(matches!(refused, ResumeError::NotAdmitted));
    }
    let other = stage
        .sessions
        .resume_if(&client.id, token(2), |_, _| -> Option<()> {
            panic!("it is asked about a client with one factor")
        });
    let refused = block_on(other).unwrap_err();
    assert!(matches!(
        refused,
        ResumeError::Refused(InvalidIdReason::OtherToken)
    ));
    let admitted = stage
        .sessions
        .resume_if(&client.id, token(1), |_, _| Some(7));
    assert_eq!(block_on(admitted).unwrap().1, 7);
}
