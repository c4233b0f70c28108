//! Random schedules of faults, in virtual time: whatever the network and the server do, each event is
//! delivered once and in order, and no minute has more attempts than the bound.

mod client;
mod fault;
mod server;

use proptest::prelude::*;

use client::run;
use fault::{Fault, faults};
use server::Server;

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    /// G10, H8
    #[test]
    fn no_event_is_lost_or_doubled_and_attempts_are_bounded(
        faults in faults(),
        events in 0_u64..20,
        replayed in 0_u64..4,
        seed in any::<u64>(),
    ) {
        let outcome = run(Server::new(events, replayed, faults), seed);
        prop_assert_eq!(&outcome.numbers, &(1..=events).collect::<Vec<_>>());
        prop_assert!(outcome.end.is_ok(), "{:?}", outcome.end);
        prop_assert!(outcome.most_in_a_minute() <= 30, "{:?}", outcome.attempts);
    }
}

/// G10: a server that answers, sends nothing and hangs up, for ever.
#[test]
fn a_server_that_hangs_up_is_asked_a_bounded_number_of_times() {
    for fault in [
        Fault::Refused,
        Fault::Status(502),
        Fault::Ended { cut: 0, chunk: 64 },
        Fault::Ended {
            cut: 200,
            chunk: 64,
        },
        Fault::Wait,
    ] {
        let faults = vec![fault; 500];
        let outcome = run(Server::new(0, 0, faults), 7);
        assert!(outcome.end.is_ok(), "{fault:?}: {:?}", outcome.end);
        let most = outcome.most_in_a_minute();
        assert!(most <= 30, "{fault:?}: {most} attempts");
    }
}
