//! Many watchers of generations at work, losing their streams and coming back.

use std::time::Duration;

use demo_service::generation::{Generation, Generations, Limits, Pace, Status};
use demo_service::users::UserId;
use futures_util::StreamExt;
use futures_util::future::join_all;

/// Reads `per_stream` records from each stream, then goes on with a new one.
async fn watch_in_pieces(generation: Generation, per_stream: usize) -> Vec<u64> {
    let mut seen: Vec<u64> = Vec::new();
    loop {
        let mut watch = generation.watch(seen.last().copied());
        for _ in 0..per_stream {
            let Some(record) = watch.next().await else {
                return seen;
            };
            seen.push(record.seq);
            if record.status.is_final() {
                assert_eq!(watch.next().await, None);
                return seen;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_watcher_sees_each_record_once() {
    let sample = format!("[{}1]", r#"{"a": {"b": [1, 2]}, "c": "x"},"#.repeat(50));
    for pace in [Pace::FULL_SPEED, Pace::at_least(Duration::from_micros(50))] {
        let all = Generations::new(Limits::default(), pace);
        for _ in 0..20 {
            let id = all
                .start(&UserId::new("alice"), sample.clone(), None)
                .unwrap();
            let generation = all.get(id.as_str()).unwrap();
            let watchers =
                (1..=12).map(|n| tokio::spawn(watch_in_pieces(generation.clone(), n * n)));
            let watchers: Vec<_> = watchers.collect();
            for seen in join_all(watchers).await {
                assert_eq!(
                    seen.unwrap(),
                    (1..=generation.latest().seq).collect::<Vec<_>>()
                );
            }
            assert_eq!(generation.latest().status, Status::Completed);
        }
    }
}

#[tokio::test]
async fn a_watcher_that_does_not_read_holds_up_nobody() {
    let all = Generations::default();
    let id = all
        .start(&UserId::new("alice"), "[1, 2, 3]".to_owned(), None)
        .unwrap();
    let generation = all.get(id.as_str()).unwrap();
    let slow = generation.watch(None);
    let fast = generation.watch(None).count().await as u64;
    assert_eq!(fast, generation.latest().seq);
    assert_eq!(slow.count().await as u64, fast);
}
