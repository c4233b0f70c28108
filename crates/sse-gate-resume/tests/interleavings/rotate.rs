//! Two clients that show the same id at once.

use std::sync::Arc;

use pollster::block_on;
use sse_gate_codec::Event;
use sse_gate_resume::error::ResumeError;
use sse_gate_resume::{CloseReason, GoneReason, InvalidIdReason, ResumePolicy, Resumed};

use crate::support::{Client, Got, Stage, append, poll, token};
use crate::{both, model};

fn at_once(policy: ResumePolicy) -> (Arc<Stage>, Client, [Result<Resumed, ResumeError>; 2]) {
    let stage = Arc::new(Stage::default().with_policy(policy));
    let log = stage.log();
    let mut client = stage.alice(&log);
    client.read();
    let shows = || {
        let (stage, id) = (Arc::clone(&stage), client.id.clone());
        move || stage.resume(&id, token(1))
    };
    let (one, other) = both(shows(), shows());
    // A session that they have closed takes nothing more.
    let _ = block_on(log.append(&Event::new().data("after")));
    (stage, client, [one, other])
}

/// I7: each is taken once, one after the other, and the later one is served.
#[test]
fn of_two_the_later_one_is_served() {
    model(|| {
        let (_stage, mut client, shown) = at_once(ResumePolicy::default());
        let mut connections = shown.map(|resumed| {
            let resumed = resumed.unwrap();
            (resumed.lease().generation(), resumed.subscribe())
        });
        connections.sort_by_key(|(generation, _)| *generation);
        let [(2, replaced), (3, served)] = &mut connections else {
            panic!("generations 2 and 3");
        };
        assert_eq!(poll(replaced), Got::Last(Vec::new()));
        assert!(matches!(poll(served), Got::Some(_)));
        assert_eq!(client.read(), (vec![], true));
    });
}

/// I7, I4: in the strict profile one of them is taken, the other closes the session, and no client is
/// served.
#[test]
fn of_two_in_the_strict_profile_none_is_served() {
    model(|| {
        let (stage, mut client, shown) = at_once(ResumePolicy::default().with_strict_ids());
        let (taken, refused): (Vec<_>, Vec<_>) = shown.into_iter().partition(Result::is_ok);
        assert_eq!((taken.len(), refused.len()), (1, 1));
        assert!(matches!(
            refused[0],
            Err(ResumeError::Refused(InvalidIdReason::Reuse))
        ));
        for resumed in taken {
            let mut winner = Client::new(token(1), resumed.unwrap().subscribe());
            let (events, ended) = winner.read();
            assert_eq!(events[1].1, r#"{"v":1,"reason":"reuse"}"#);
            assert!(ended && events.len() == 2);
        }
        assert_eq!(client.read(), (vec![], true));
        let over = client.reconnect(&stage).unwrap_err();
        let reuse = GoneReason::Closed(CloseReason::Reuse);
        assert!(matches!(over, ResumeError::Gone(why) if why == reuse));
    });
}

/// I5: a connection that goes while its client comes back does not take the new one with it.
#[test]
fn an_old_connection_that_goes_leaves_the_new_one() {
    model(|| {
        let stage = Arc::new(Stage::default());
        let log = stage.log();
        let mut client = stage.alice(&log);
        client.read();
        let (id, old) = (client.id.clone(), client.connection.take().unwrap());
        let shows = Arc::clone(&stage);
        let (resumed, ()) = both(move || shows.resume(&id, token(1)), move || drop(old));
        client.connection = Some(resumed.unwrap().subscribe());
        // If it counted as gone, its time would be up.
        stage.wait(std::time::Duration::from_secs(600));
        stage.sessions.sweep();
        append(&log, "1");
        assert_eq!(client.read_data(), ["1"]);
    });
}
