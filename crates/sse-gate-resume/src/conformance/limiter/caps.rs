//! Laws of the caps.

use super::operations::{claim, free, get, get_new, has_room, is_refused, place};
use super::{LONG, LimiterBackend};
use crate::StreamLimits;
use crate::conformance::check::race;
use crate::store::{Claimed, Place};

const THREADS: usize = 8;

/// Room for this many, in all and of one subject.
fn limits(max: usize, max_per_subject: usize) -> StreamLimits {
    StreamLimits::default()
        .with_max(max)
        .with_max_per_subject(max_per_subject)
        .with_ttl(LONG)
}

/// A subject at its cap is refused. Other subjects are not.
///
/// Names are compared byte for byte: a name that begins like another one is another name.
pub fn a_full_subject_refuses_only_its_own<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits(100, 2)).await;
        get_new(&limiter, "alice").await;
        get_new(&limiter, "alice").await;
        for near in ["bob", "alic", "alice2", "Alice"] {
            get_new(&limiter, near).await;
            get_new(&limiter, near).await;
            for full in ["alice", near] {
                is_refused(&limiter, full, Claimed::FullForSubject).await;
            }
        }
    });
}

/// A limiter that is full refuses every newcomer, of any subject.
///
/// Here no subject is at its own cap, so there is one right answer.
pub fn a_full_limiter_refuses_the_newcomer<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits(6, 4)).await;
        for subject in ["alice", "alice", "alice", "bob", "bob", "bob"] {
            get_new(&limiter, subject).await;
        }
        for subject in ["alice", "bob", "carol"] {
            is_refused(&limiter, subject, Claimed::Full).await;
        }
    });
}

/// There is room for a place if a claim of it finds some: below the cap, and at the cap for a place that is
/// there. Looking takes none.
///
/// A node goes by the answer before it takes a token. A wrong one spends tokens for nothing, or keeps
/// clients away.
pub fn room_is_what_claims_find<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits(2, 2)).await;
        let (first, second, third) = (place("alice"), place("alice"), place("bob"));
        for newcomer in [&first, &second] {
            for _ in 0..3 {
                let has_room = has_room(&limiter, newcomer).await;
                assert!(has_room, "there is no room below the cap");
            }
            get(&limiter, newcomer).await;
        }
        assert!(
            !has_room(&limiter, &third).await,
            "there is room at the cap"
        );
        for known in [&first, &second] {
            let has_room = has_room(&limiter, known).await;
            assert!(
                has_room,
                "at the cap there is no room for a place that is there"
            );
        }
        free(&limiter, &[&first]).await;
        assert!(has_room(&limiter, &third).await, "a free place is no room");
    });
}

/// However many threads claim at once, no more get a place than there may be.
///
/// A limiter that counts first and adds later, in two steps, lets more in.
pub fn racing_claims_never_pass_a_cap<B: LimiterBackend>(backend: &B) {
    const OF_SUBJECT: usize = 5;
    const IN_ALL: usize = 12;
    let limiter = backend.block_on(backend.limiter(limits(IN_ALL, OF_SUBJECT)));
    let try_many = |subject: &str| {
        let claims = (0..IN_ALL).map(|_| backend.block_on(claim(&limiter, &place(subject))));
        claims
            .filter(|claimed| *claimed == Claimed::Granted)
            .count()
    };
    let alices: usize = race(THREADS, |_| try_many("alice")).into_iter().sum();
    assert_eq!(
        alices, OF_SUBJECT,
        "another number of places was given to one subject than its cap"
    );
    let others = race(THREADS, |thread| try_many(&format!("subject {thread}")));
    assert_eq!(
        alices + others.into_iter().sum::<usize>(),
        IN_ALL,
        "another number of places was given than the cap of all"
    );
}

/// The claim of a place that is there succeeds at every cap, and counts no second time.
///
/// So a claim whose answer was lost can be repeated, and a client can come back at its subject's cap.
pub fn a_place_counts_once_however_often_it_is_claimed<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let limiter = backend.limiter(limits(3, 2)).await;
        let first = get_new(&limiter, "alice").await;
        for _ in 0..5 {
            get(&limiter, &first).await;
        }
        let second = get_new(&limiter, "alice").await;
        for place in [&first, &second, &first] {
            get(&limiter, place).await;
        }
        is_refused(&limiter, "alice", Claimed::FullForSubject).await;
        get_new(&limiter, "bob").await;
        for place in [&first, &second] {
            get(&limiter, place).await;
        }
        is_refused(&limiter, "bob", Claimed::Full).await;
    });
}

/// If many threads claim one place at once, all of them get it, and it counts once.
///
/// A limiter that looks for the place and adds it later, in two steps, counts it twice.
pub fn racing_claims_of_one_place_count_once<B: LimiterBackend>(backend: &B) {
    const ROUNDS: usize = 20;
    let limiter = backend.block_on(backend.limiter(limits(ROUNDS, ROUNDS)));
    for _ in 0..ROUNDS {
        let place = place("alice");
        let claimed = race(THREADS, |_| backend.block_on(claim(&limiter, &place)));
        assert_eq!(
            claimed,
            [Claimed::Granted; THREADS],
            "a place was refused to one that claims it, or other claims of it have counted"
        );
    }
    let refused = is_refused(&limiter, "alice", Claimed::FullForSubject);
    backend.block_on(refused);
}

/// The places of all nodes count together, and each node can free what another one has claimed.
pub fn nodes_count_together<B: LimiterBackend>(backend: &B) {
    backend.block_on(async {
        let one = backend.limiter(limits(3, 2)).await;
        let two = backend.other_node(&one).await;
        let places: [Place; 2] = [get_new(&one, "alice").await, get_new(&two, "alice").await];
        for node in [&one, &two] {
            is_refused(node, "alice", Claimed::FullForSubject).await;
        }
        get_new(&two, "bob").await;
        for node in [&one, &two] {
            is_refused(node, "carol", Claimed::Full).await;
            for place in &places {
                get(node, place).await;
            }
        }
        free(&two, &[&places[0]]).await;
        get_new(&one, "alice").await;
    });
}
