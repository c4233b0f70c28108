//! Several nodes that share one Redis: the three example servers. Clients may come to any of them.
//!
//! | file | what is claimed |
//! |---|---|
//! | `redeems` | a token that is shown at all nodes at once opens one stream |
//! | `caps` | what one user may have is counted over all nodes, and one of many connections stays |
//! | `feed` | readers that change nodes get every event once |
//! | `kills` | clients of a killed node go on at others, and its places are free again |
//! | `sign_out` | a sign-out at one node ends the streams at all |
//! | `answers` | an answer is read at another node, and its end is known if its node dies |
//! | `outage` | clients survive a Redis that is killed and started again |
//! | `proxy` | the proxy of `examples/cluster` spreads requests, and strands no client |
//! | `browsers` | nor does it strand the `EventSource` of a browser when nodes are killed |
//! | `script` | `examples/cluster/run` starts all of it, and ends it |
//!
//! Clients choose their node themselves, but in the last three.
#![expect(clippy::print_stdout, reason = "the numbers that a run has measured")]

mod answers;
mod browsers;
mod caps;
mod feed;
mod follower;
mod haproxy;
mod kills;
mod nodes;
mod outage;
mod proxy;
mod publisher;
mod redeems;
mod script;
mod sign_out;

/// A number from the environment, or this one.
fn number_from(variable: &str, usual: usize) -> usize {
    let given = std::env::var(variable).ok();
    given.map_or(usual, |given| given.parse().expect("a number"))
}
