//! Whose job computes next: [`Turns`].

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::users::UserId;

/// A number of threads that jobs take turns on, user by user: however many jobs one user has, the
/// next job of another one waits for a thread to become free, and not for all of these.
///
/// A free thread goes to the user who has the fewest, and among those to the one who has waited
/// longest since their last turn. Clones are the same threads.
#[derive(Clone, Debug)]
pub(super) struct Turns(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
    /// Users with a job that computes or waits, in the order in which they came, or their last
    /// turn ended.
    users: VecDeque<User>,
}

#[derive(Debug)]
struct User {
    id: UserId,
    computing: usize,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

/// A thread that a job has. Dropped, it goes to the next.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    user: UserId,
}

impl Turns {
    /// As many threads.
    pub(super) fn new(threads: NonZeroUsize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: threads.get(),
            users: VecDeque::new(),
        })))
    }

    /// Waits for this user's turn. Dropped, it waits no longer.
    pub(super) async fn wait(&self, user: &UserId) -> Option<Turn> {
        let (sender, receiver) = oneshot::channel();
        self.lock().user(user).waiting.push_back(sender);
        self.go_on();
        receiver.await.ok()
    }

    /// Gives threads that are free to those who wait.
    fn go_on(&self) {
        loop {
            let Some((user, sender)) = self.lock().next() else {
                return;
            };
            let turn = Turn {
                turns: self.clone(),
                user,
            };
            // One that waits no longer gives its turn back, outside of the lock: see `drop`.
            let Err(unwanted) = sender.send(turn) else {
                continue;
            };
            drop(unwanted);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn user(&mut self, id: &UserId) -> &mut User {
        let at = self.users.iter().position(|user| user.id == *id);
        let at = at.unwrap_or_else(|| {
            self.users.push_back(User {
                id: id.clone(),
                computing: 0,
                waiting: VecDeque::new(),
            });
            self.users.len() - 1
        });
        &mut self.users[at]
    }

    /// Whose turn it is, if a thread is free.
    fn next(&mut self) -> Option<(UserId, oneshot::Sender<Turn>)> {
        if self.free == 0 {
            return None;
        }
        for user in &mut self.users {
            user.waiting.retain(|sender| !sender.is_closed());
        }
        self.forget_idle();
        let waiting = self.users.iter().enumerate();
        let waiting = waiting.filter(|(_, user)| !user.waiting.is_empty());
        let (at, _) = waiting.min_by_key(|(_, user)| user.computing)?;
        let user = &mut self.users[at];
        let sender = user.waiting.pop_front()?;
        user.computing += 1;
        self.free -= 1;
        Some((user.id.clone(), sender))
    }

    /// The end of a user's turn: they are the last to have had one.
    fn end(&mut self, id: &UserId) {
        self.free += 1;
        let at = self.users.iter().position(|user| user.id == *id);
        if let Some(mut user) = at.and_then(|at| self.users.remove(at)) {
            user.computing -= 1;
            self.users.push_back(user);
        }
        self.forget_idle();
    }

    fn forget_idle(&mut self) {
        self.users
            .retain(|user| user.computing > 0 || !user.waiting.is_empty());
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().end(&self.user);
        self.turns.go_on();
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinHandle;
    use tokio::task::yield_now;

    use super::*;

    /// Waits for turns of these users, in this order; each says so when it has one.
    async fn queue(turns: &Turns, users: &[&'static str]) -> Vec<(&'static str, JoinHandle<Turn>)> {
        let mut jobs = Vec::new();
        for user in users.iter().copied() {
            let turns = turns.clone();
            let wait = async move { turns.wait(&UserId::new(user)).await.unwrap() };
            jobs.push((user, tokio::spawn(wait)));
            yield_now().await;
        }
        jobs
    }

    /// Ends one turn after the other; whose they were.
    async fn order(mut jobs: Vec<(&'static str, JoinHandle<Turn>)>) -> Vec<&'static str> {
        let mut order = Vec::new();
        while !jobs.is_empty() {
            let next = jobs.iter().position(|(_, job)| job.is_finished());
            let (user, job) = jobs.remove(next.expect("a thread is free for the next"));
            order.push(user);
            drop(job.await.unwrap());
            yield_now().await;
        }
        order
    }

    fn one_thread() -> Turns {
        Turns::new(NonZeroUsize::MIN)
    }

    /// G19
    #[tokio::test]
    async fn a_newcomer_waits_for_one_job_and_not_for_all() {
        let jobs = queue(&one_thread(), &["a", "a", "a", "a", "b", "b", "c"]).await;
        assert_eq!(order(jobs).await, ["a", "b", "c", "a", "b", "a", "a"]);
    }

    #[tokio::test]
    async fn all_threads_are_used_for_one_user_alone() {
        let turns = Turns::new(NonZeroUsize::MIN.saturating_add(1));
        let mut jobs = queue(&turns, &["a", "a", "a", "b"]).await;
        let running = |jobs: &[(&'static str, JoinHandle<Turn>)]| {
            let running = jobs.iter().filter(|(_, job)| job.is_finished());
            running.map(|(user, _)| *user).collect::<Vec<_>>()
        };
        assert_eq!(running(&jobs), ["a", "a"]);
        let (_, first) = jobs.remove(0);
        drop(first.await.unwrap());
        yield_now().await;
        assert_eq!(running(&jobs), ["a", "b"]);
        order(jobs).await;
        assert!(turns.lock().users.is_empty());
    }

    #[tokio::test]
    async fn one_that_waits_no_longer_takes_no_thread() {
        let turns = one_thread();
        let mut jobs = queue(&turns, &["a", "b", "c"]).await;
        let (_, gone) = jobs.remove(1);
        gone.abort();
        yield_now().await;
        assert_eq!(order(jobs).await, ["a", "c"]);
        assert_eq!(turns.lock().free, 1);
    }
}
