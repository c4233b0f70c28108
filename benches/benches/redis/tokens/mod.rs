//! Tokens that are inserted and taken, by so many tasks at a time.

mod bare;
mod ours;
mod program;

use cpu_time::ProcessTime;
use sse_gate_benches::{Contestant, compare, token_entry};
use sse_gate_core::Entry;

use crate::scene::Scene;

pub(crate) use bare::{Bare, Commands};
pub(crate) use ours::insert_and_take;

const ROUNDS: usize = 7;

/// The entries of each task's tokens.
type Shares = Vec<Vec<Entry>>;

pub(crate) fn run() {
    let scene = Scene::new();
    for tasks in [1, 16, 64, 512] {
        let tokens = if tasks == 1 { 512 } else { 2_048 };
        let shares = move || shares(tasks, tokens);
        let mut all = contestants(&scene);
        if tasks == 64 {
            all.insert(2, program::contestant(&scene, tokens));
        }
        compare(&format!("{tasks} tasks"), ROUNDS, all, shares);
    }
    let on_the_processor = contestants(&scene).into_iter().map(by_processor).collect();
    compare(
        "64 tasks, client's processor",
        ROUNDS,
        on_the_processor,
        || shares(64, 2_048),
    );
}

fn shares(tasks: usize, tokens: usize) -> Shares {
    let entries = |task| (0..tokens / tasks).map(|_| token_entry(task)).collect();
    (0..tasks).map(entries).collect()
}

/// The bare ones first.
fn contestants(scene: &Scene) -> Vec<Contestant<Shares>> {
    vec![
        bare::contestant("bare, the same scripts", scene, Commands::Scripts),
        bare::contestant("bare, SET NX PX and GETDEL", scene, Commands::Plain),
        ours::contestant("ours, unsealed", scene, false),
        ours::contestant("ours, sealed", scene, true),
    ]
}

/// What counts is the time of this process's processors, not of the server's.
fn by_processor(mut contestant: Contestant<Shares>) -> Contestant<Shares> {
    Contestant::with_own_clock(contestant.name(), move |shares| {
        let start = ProcessTime::now();
        contestant.turn(shares);
        start.elapsed()
    })
}
