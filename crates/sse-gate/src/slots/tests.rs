//! What slots promise among themselves.

use std::task::{Context, Waker};

use sse_gate_resume::backend::SessionId;
use tokio::time::{Instant, advance};

use super::*;

const MOMENT: Duration = Duration::from_secs(1);

fn waiting() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

impl StreamSlots {
    fn claim(&self, name: &str) -> Option<Slot> {
        self.reserve()?.claim(&subject(name))
    }
}

/// G8
#[tokio::test]
async fn no_more_are_open_than_may_be() {
    let slots = StreamSlots::new(2, 1);
    let first = slots.reserve().unwrap();
    let alice = slots.claim("alice").unwrap();
    assert!(slots.reserve().is_none(), "a third place of two");
    drop(first);
    assert!(slots.claim("alice").is_none());
    let bob = slots.claim("bob").unwrap();
    drop((alice, bob));
    assert_eq!(slots.open(), 0);
    assert!(
        slots.0.lock().by_subject.is_empty(),
        "a subject is remembered for nothing"
    );
    let none = StreamSlots::new(2, 0);
    assert!(none.claim("alice").is_none());
    assert!(none.0.lock().by_subject.is_empty());
}

/// F5, C12: a stream that must end, and whose server does not ask, loses its place like any other. Who signs in again does
/// not wait for it.
#[tokio::test(start_paused = true)]
async fn a_stream_that_must_end_keeps_no_place_either() {
    let ends: [fn(&StreamSlots, &Pulse); 3] = [
        |slots, _| assert_eq!(slots.end(&subject("alice")), 1),
        |_, pulse| assert!(pulse.stop()),
        |_, pulse| assert!(pulse.expire()),
    ];
    for end in ends {
        let slots = StreamSlots::new(10, 1);
        let stalled = slots.claim("alice").unwrap();
        let pulse = stalled.pulse();
        pulse.server_took(Instant::now());
        advance(MOMENT).await;
        end(&slots, &pulse);
        advance(PATIENCE).await;
        assert!(slots.claim("alice").is_some(), "its place is kept");
        assert!(!pulse.has_place() && !pulse.goes_on());
    }
}

/// F5: at either cap, and only there, and counted once.
#[tokio::test(start_paused = true)]
async fn a_place_is_taken_from_a_stream_that_waits_for_its_server_too_long() {
    for (max, name) in [(2, "carol"), (10, "alice")] {
        let slots = StreamSlots::new(max, 2);
        let [stalled, asked] = [(); 2].map(|()| slots.claim("alice").unwrap());
        stalled.pulse().server_took(Instant::now());
        asked.pulse().server_took(Instant::now());
        advance(PATIENCE).await;
        assert!(slots.claim(name).is_none(), "it had its time");
        assert!(asked.pulse().server_waits(&waiting()));
        advance(MOMENT).await;
        let claimed = slots.claim(name).expect("a place that is not in use");
        assert!(
            !stalled.pulse().server_waits(&waiting())
                && !stalled.pulse().server_took(Instant::now())
        );
        assert!(asked.pulse().server_waits(&waiting()));
        assert_eq!(slots.open(), 2);
        drop(stalled);
        assert_eq!(slots.open(), 2, "a place is freed twice");
        advance(10 * PATIENCE).await;
        assert!(slots.claim(name).is_none(), "streams that are asked stay");
        drop((claimed, asked));
        assert_eq!(slots.open(), 0);
        assert!(slots.0.lock().by_subject.is_empty());
    }
}

/// F5, G8: who never reads can't have streams without end that way.
#[tokio::test(start_paused = true)]
async fn there_are_never_more_streams_without_a_place_than_places() {
    for (max, name) in [(3, "bob"), (10, "alice")] {
        let slots = StreamSlots::new(max, 3);
        let stalled = || {
            let slot = slots.claim("alice")?;
            slot.pulse().server_took(Instant::now());
            Some(slot)
        };
        let first = [(); 3].map(|()| stalled().unwrap());
        advance(2 * PATIENCE).await;
        let mut second: Vec<_> = (0..3).map_while(|_| stalled()).collect();
        assert_eq!((second.len(), slots.open()), (3, 3));
        for _ in 0..3 {
            advance(2 * PATIENCE).await;
            assert!(slots.claim(name).is_none(), "more than twice as many");
        }
        drop(first);
        advance(MOMENT).await;
        second.extend(slots.claim(name));
        assert_eq!((second.len(), slots.open()), (4, 1));
        drop(second);
        let open = slots.0.lock();
        assert_eq!((open.count.reserved, open.count.given_up), (0, 0));
        assert!(open.by_subject.is_empty());
    }
}

/// F5, G8: how many streams lose their places is counted exactly: in all, where that is the
/// lesser number, and of one subject, however many lose theirs at once.
#[tokio::test(start_paused = true)]
async fn no_more_streams_lose_their_places_than_are_still_free_to() {
    for (max, max_per_subject) in [(3, 10), (10, 3)] {
        let slots = StreamSlots::new(max, max_per_subject);
        let given_up = || slots.0.lock().count.given_up;
        let claim = || slots.claim("alice").unwrap();
        let streams = [(); 3].map(|()| claim());
        streams[0].pulse().server_took(Instant::now());
        advance(2 * PATIENCE).await;
        let newcomer = claim();
        assert_eq!((given_up(), slots.open()), (1, 3));
        // There are three that wait now, and two may lose their places.
        for stream in [&streams[1], &streams[2], &newcomer] {
            stream.pulse().server_took(Instant::now());
        }
        advance(2 * PATIENCE).await;
        let another = claim();
        assert_eq!((given_up(), slots.open()), (3, 2));
        drop((streams, newcomer, another));
        assert_eq!((given_up(), slots.open()), (0, 0));
    }
}

/// F5, G8: a cut connection that is still there takes the place of an open stream that might lose
/// its slot.
#[tokio::test(start_paused = true)]
async fn no_open_stream_loses_its_slot_for_one_that_was_cut() {
    let slots = StreamSlots::new(10, 3);
    let given_up = || slots.0.lock().count.given_up;
    let claim = || slots.claim("alice").unwrap();
    let streams = [(); 3].map(|()| claim());
    streams[0].pulse().server_took(Instant::now());
    advance(2 * PATIENCE).await;
    let replaced = claim();
    assert_eq!(given_up(), 1);
    let presence = replaced.presence();
    drop(replaced);
    for stream in &streams[1..] {
        stream.pulse().server_took(Instant::now());
    }
    advance(2 * PATIENCE).await;
    let another = claim();
    assert_eq!((given_up(), slots.open()), (2, 3));
    drop((streams, another, presence));
    assert_eq!((given_up(), slots.open()), (0, 0));
}

/// F2, G8: a client that goes before its session goes on leaves nothing behind.
#[test]
fn a_claim_that_comes_to_nothing_is_not_counted() {
    let slots = StreamSlots::new(10, 1);
    let session = SessionId::from_bytes([7; 16]);
    let again = || slots.claim_again(&subject("alice"), session);
    let claim = again().unwrap();
    assert!(slots.claim("alice").is_none(), "it counts");
    drop(claim);
    assert!(slots.0.lock().by_subject.is_empty());
    let slot = slots.reserve().unwrap().give_to(again().unwrap()).unwrap();
    // Beside a connection that is still there.
    for _ in 0..10 {
        drop(again().unwrap());
    }
    assert_eq!(slots.open(), 1);
    drop(slot);
    assert!(slots.0.lock().by_subject.is_empty());
}

/// G18, F5: a connection whose session is over counts for as long as it is there, however long
/// its client does not read it.
#[tokio::test(start_paused = true)]
async fn cut_connections_that_stay_are_bounded_for_a_subject() {
    for (max, bound) in [(16, 32), (2, 5)] {
        let slots = StreamSlots::new(100, max);
        let mut stay = Vec::new();
        for _ in 0..5 {
            let opened: Vec<_> = (0..max).map_while(|_| slots.claim("alice")).collect();
            for slot in &opened {
                slot.pulse().server_took(Instant::now());
                stay.push(slot.presence());
            }
            drop(opened);
            advance(PATIENCE + Duration::from_secs(1)).await;
        }
        assert!((max + 1..=bound).contains(&stay.len()), "{}", stay.len());
        assert!(slots.claim("bob").is_some(), "others pay for it");
        drop(stay);
        assert_eq!((slots.open(), slots.0.lock().count.given_up), (0, 0));
        assert!(slots.claim("alice").is_some(), "it counts for ever");
    }
}

/// F5
#[tokio::test(start_paused = true)]
async fn a_request_that_is_being_answered_keeps_its_place() {
    let slots = StreamSlots::new(1, 1).with_patience(Duration::from_secs(1));
    let slot = slots.claim("alice").unwrap();
    advance(Duration::from_secs(100)).await;
    assert!(slots.reserve().is_none());
    assert!(slot.pulse().server_took(Instant::now()));
    advance(Duration::from_secs(2)).await;
    assert!(slots.reserve().is_some());
}

#[test]
fn room_is_given_back_when_subjects_have_gone() {
    let slots = StreamSlots::new(1_000, 1);
    let claim = |n: u32| slots.claim(&n.to_string()).unwrap();
    let open: Vec<_> = (0..1_000).map(claim).collect();
    assert!(slots.0.lock().by_subject.capacity() >= 1_000);
    drop(open);
    assert!(slots.0.lock().by_subject.capacity() <= 128);
}
