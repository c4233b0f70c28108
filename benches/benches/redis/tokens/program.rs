//! `redis-benchmark`, as a rough third: on 64 connections, one command at a time on each.

use std::process::Command;
use std::time::Duration;

use sse_gate_benches::Contestant;

use super::Shares;
use crate::scene::Scene;

const SET: &[&str] = &["SET", "key:__rand_int__", "value", "NX", "PX", "3600000"];
const GETDEL: &[&str] = &["GETDEL", "key:__rand_int__"];

/// Does so many of both commands in a turn. What counts is what it says of them, without its start.
pub(super) fn contestant(scene: &Scene, tokens: usize) -> Contestant<Shares> {
    let port = scene.server.port().to_string();
    Contestant::with_own_clock("bare, redis-benchmark", move |_shares| {
        let seconds = [SET, GETDEL].map(|command| tokens as f64 / rate(&port, tokens, command));
        Duration::from_secs_f64(seconds.iter().sum())
    })
}

/// How many commands it does a second.
fn rate(port: &str, commands: usize, command: &[&str]) -> f64 {
    let output = Command::new("redis-benchmark")
        .args(["-p", port, "-c", "64", "-r", "1000000", "--csv"])
        .args(["-n", &commands.to_string()])
        .args(command)
        .output();
    let output = output.expect("redis-benchmark is installed").stdout;
    let output = String::from_utf8_lossy(&output);
    let line = output.lines().last().unwrap_or_default();
    // The name of the command has commas, too: the rate is the first number behind it.
    let fields = line.rsplit("\",\"").collect::<Vec<_>>();
    let rate = fields
        .iter()
        .rev()
        .find_map(|field| field.trim_matches('"').parse().ok());
    rate.expect("commands a second")
}
