//! Topics that several threads use at once.

use std::sync::Barrier;
use std::thread;

use pollster::block_on;
use sse_gate_core::ManualClock;

use crate::support::Dice;
use crate::topics;

/// G19: threads take and drop handles at the same time. A topic is idle when the last is dropped,
/// and one that is held stays.
#[test]
fn the_last_handle_frees_its_topic_in_any_thread() {
    const THREADS: u64 = 4;
    let topics = topics(&ManualClock::default()).with_max(3);
    let barrier = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for seed in 0..THREADS {
            let (topics, barrier) = (&topics, &barrier);
            scope.spawn(move || {
                let mut dice = Dice::new(seed);
                barrier.wait();
                for _ in 0..5_000 {
                    // Five names want three places.
                    let name = dice.pick(&["a", "b", "c", "d", "e"]);
                    let Ok(log) = block_on(topics.log(name, None)) else {
                        continue;
                    };
                    let copies = [log.clone(), log.clone()];
                    let again = block_on(topics.get(name)).unwrap().expect("it is held");
                    assert!(crate::is_same(&log, &again));
                    drop(log);
                    assert!(crate::is_same(
                        &copies[0],
                        &block_on(topics.get(name)).unwrap().unwrap()
                    ));
                    drop(copies);
                }
            });
        }
    });
    assert!(topics.len() <= 3);
    for name in ["x", "y", "z"] {
        block_on(topics.log(name, None)).expect("all are idle");
    }
}
