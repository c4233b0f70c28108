//! Work that many tasks share: [`in_tasks`].

use std::future::Future;

use tokio::task::JoinSet;

/// Does a piece of work in each of so many tasks, and waits until all are done.
pub(crate) async fn in_tasks<W, F>(work: Vec<W>, task: impl Fn(W) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for piece in work {
        tasks.spawn(task(piece));
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no panic");
    }
}

/// Does something for each of the numbers below `count`, in 64 tasks.
pub(crate) async fn for_each<F>(count: usize, step: impl Fn(usize) -> F + Clone + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    const TASKS: usize = 64;
    in_tasks((0..TASKS).collect(), move |first| {
        let step = step.clone();
        async move {
            for number in (first..count).step_by(TASKS) {
                step(number).await;
            }
        }
    })
    .await;
}
