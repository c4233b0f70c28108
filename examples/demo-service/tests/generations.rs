//! Generations as their servers see them: started, watched, cancelled, limited.

use std::num::NonZeroUsize;
use std::time::Duration;

use demo_service::generation::StartError;
use demo_service::generation::{
    Generation, Generations, Limits, MAX_RECORDS, Pace, Progress, Status,
};
use demo_service::infer::Stage;
use demo_service::users::UserId;
use futures_util::StreamExt;
use futures_util::future::join_all;
use serde_json::json;

const SAMPLE: &str = r#"{"id": 1, "tags": ["a", "b"], "owner": {"name": "Ada"}}"#;

/// A pace at which a job gets no further than its first step, until it is cancelled.
const HELD: Pace = Pace::at_least(Duration::from_secs(24 * 60 * 60));

fn alice() -> UserId {
    UserId::new("alice")
}

fn start(all: &Generations, owner: &UserId) -> Generation {
    let id = all
        .start(owner, SAMPLE.to_owned(), None)
        .expect("there is room");
    all.get(id.as_str()).expect("it was just started")
}

async fn records(generation: &Generation) -> Vec<Progress> {
    generation.watch(None).collect().await
}

#[tokio::test]
async fn a_generation_runs_through_all_stages_to_its_result() {
    let all = Generations::default();
    let id = all
        .start(&alice(), SAMPLE.to_owned(), Some("ticket"))
        .unwrap();
    let generation = all.get(id.as_str()).unwrap();
    let records = records(&generation).await;
    assert!(records.len() <= MAX_RECORDS);
    assert_eq!(records[0].status, Status::Pending);
    assert!(records.is_sorted_by(|a, b| a.progress <= b.progress && a.seq + 1 == b.seq));
    for stage in Stage::ALL {
        assert!(
            records.iter().any(|record| record.stage == stage),
            "{stage:?}"
        );
    }
    let last = records.last().unwrap();
    assert_eq!(last.status, Status::Completed);
    assert!((last.progress - 1.0).abs() < f64::EPSILON);
    let state = generation.state();
    assert!(state.result.unwrap().contains("pub struct Ticket {"));
    assert_eq!((state.error, generation.owner()), (None, &alice()));
}

#[tokio::test]
async fn records_and_state_have_their_names_on_the_wire() {
    let all = Generations::default();
    let generation = start(&all, &alice());
    let records = records(&generation).await;
    let id = generation.id().as_str();
    let mut record = serde_json::to_value(&records[1]).unwrap();
    assert!(
        record["timestamp"]
            .take()
            .as_f64()
            .is_some_and(|t| t > 1.7e9)
    );
    assert_eq!(
        record,
        json!({
            "generation_id": id, "status": "processing", "stage": "parsing", "progress": 0.0,
            "message": "0 of 55 bytes parsed", "timestamp": null, "seq": 2,
        })
    );
    let mut state = serde_json::to_value(generation.state()).unwrap();
    assert!(state["created_at"].take().is_f64());
    assert!(state["result"].take().is_string());
    let lines = records.last().unwrap().message.clone();
    assert_eq!(
        state,
        json!({
            "generation_id": id, "name": "Root", "status": "completed", "stage": "formatting",
            "progress": 1.0, "message": lines, "created_at": null, "result": null,
        })
    );
}

#[tokio::test]
async fn bad_requests_start_nothing() {
    let all = Generations::default();
    let start = |source: String, name| all.start(&alice(), source, name).unwrap_err();
    let error = start("{\n  nope".to_owned(), None);
    assert!(matches!(error, StartError::Sample(_)), "{error:?}");
    assert!(error.to_string().contains("line 2 column 3"), "{error}");
    let error = start(format!("\"{}\"", "x".repeat(1 << 20)), None);
    assert!(error.to_string().contains("more than 1048576"), "{error}");
    let error = start(SAMPLE.to_owned(), Some("not a name"));
    assert!(matches!(error, StartError::Name(_)), "{error:?}");
}

#[tokio::test]
async fn a_cancelled_generation_ends_wherever_it_is() {
    let all = Generations::new(Limits::default().computing(NonZeroUsize::MIN), HELD);
    let (computing, pending) = (start(&all, &alice()), start(&all, &alice()));
    for generation in [pending, computing] {
        assert!(!generation.is_finished());
        let mut watch = generation.watch(Some(1));
        generation.cancel();
        let mut last = None;
        while let Some(record) = watch.next().await {
            last = Some(record);
        }
        let last = last.unwrap();
        assert_eq!(
            (last.status, last.message.as_str()),
            (Status::Failed, "cancelled")
        );
        assert_eq!(generation.state().error.as_deref(), Some("cancelled"));
    }
}

#[tokio::test]
async fn cancelling_a_finished_generation_changes_nothing() {
    let all = Generations::default();
    let generation = start(&all, &alice());
    records(&generation).await;
    let before = generation.state();
    generation.cancel();
    assert_eq!(generation.state(), before);
    assert_eq!(
        generation.watch(None).count().await as u64,
        generation.latest().seq
    );
}

/// Returns once it is at work.
async fn begun(generation: &Generation) {
    let mut watch = generation.watch(Some(1));
    let next = watch.next().await.expect("it is held at its first step");
    assert_eq!(next.status, Status::Processing);
}

#[tokio::test]
async fn only_so_many_compute_and_a_free_thread_goes_to_the_next() {
    let two = NonZeroUsize::new(2).unwrap();
    let all = Generations::new(Limits::default().computing(two), HELD);
    let jobs: Vec<_> = (0..4).map(|_| start(&all, &alice())).collect();
    for next in 2..4 {
        begun(&jobs[next - 2]).await;
        begun(&jobs[next - 1]).await;
        assert_eq!(jobs[next].latest().status, Status::Pending);
        jobs[next - 2].cancel();
        begun(&jobs[next]).await;
    }
    all.cancel_all();
    for records in join_all(jobs.iter().map(records)).await {
        assert_eq!(records.last().unwrap().message, "cancelled");
    }
}

#[tokio::test]
async fn many_at_once_all_complete() {
    let all = Generations::default();
    let jobs: Vec<_> = (0..30).map(|_| start(&all, &alice())).collect();
    for records in join_all(jobs.iter().map(records)).await {
        assert_eq!(records.last().unwrap().status, Status::Completed);
    }
}

#[tokio::test]
async fn a_user_at_the_cap_is_refused_until_one_ends() {
    let all = Generations::new(Limits::default().jobs_per_user(2), HELD);
    let (first, _second) = (start(&all, &alice()), start(&all, &alice()));
    let refused = all.start(&alice(), SAMPLE.to_owned(), None);
    assert!(
        matches!(refused, Err(StartError::TooManyOfYours(2))),
        "{refused:?}"
    );
    start(&all, &UserId::new("bob"));
    first.cancel();
    records(&first).await;
    start(&all, &alice());
    assert!(all.get(first.id().as_str()).is_none());
    all.cancel_all();
}

#[tokio::test]
async fn finished_generations_are_forgotten_in_time() {
    let all = Generations::new(Limits::default().keep(Duration::ZERO), Pace::FULL_SPEED);
    let generation = start(&all, &alice());
    records(&generation).await;
    assert!(all.get(generation.id().as_str()).is_none());
    assert!(all.get("../etc/passwd").is_none());
}

#[test]
fn a_runtime_that_shuts_down_leaves_no_watcher_waiting() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let all = Generations::new(Limits::default().computing(NonZeroUsize::MIN), HELD);
    let jobs: Vec<_> = runtime.block_on(async { (0..2).map(|_| start(&all, &alice())).collect() });
    all.cancel_all();
    drop(runtime);
    for generation in jobs {
        let records = futures_util::FutureExt::now_or_never(records(&generation));
        assert_eq!(records.unwrap().last().unwrap().status, Status::Failed);
    }
}
