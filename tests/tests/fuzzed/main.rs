//! Requests that a grammar makes and chance bends, at every example server: 10,000 over HTTP/1.1
//! and 2,000 over HTTP/2. Whatever they are, the server neither panics nor hangs nor writes a
//! secret down, and serves on.
//!
//! The seed is fixed. `SSE_GATE_FUZZ_SEED` sets another one, and `SSE_GATE_FUZZ_TIMES` makes it so
//! many times as many requests. A failure says the seed, the number of the request, and its bytes.
//!
//! | file | what is in it |
//! |---|---|
//! | `choice` | choosing by chance |
//! | `purse` | tokens, ids and JWTs that are good, and must not be seen again |
//! | `words` | what both versions' requests are made of |
//! | `http1` | requests as text, their framing, and how they are bent |
//! | `http2` | requests as frames, and how they are bent |
//! | `target` | a server, and what must be true of it |

mod choice;
mod http1;
mod http2;
mod purse;
mod target;
mod words;

use target::Target;

/// As a seed it is as good as any.
const SEED: u64 = 0x5E5E_6A7E;

fn setting(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().and_then(|text| text.parse().ok());
    value.unwrap_or(default)
}

/// How many, as the environment multiplies it.
fn times(count: u64) -> u64 {
    count * setting("SSE_GATE_FUZZ_TIMES", 1)
}

fn seed() -> u64 {
    setting("SSE_GATE_FUZZ_SEED", SEED)
}

macro_rules! fuzzed {
    ($($server:ident $program:literal)*) => {$(
        mod $server {
            /// A17, B16, D5, D6, G5, G20, J1: see the head of this file.
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn no_request_does_any_harm() {
                let mut target = crate::Target::start(env!($program)).await;
                target.ask(crate::times(10_000), crate::http1::exchange).await;
                target.ask(crate::times(2_000), crate::http2::exchange).await;
                target.shows_no_harm().await;
            }
        }
    )*};
}

fuzzed! {
    axum "CARGO_BIN_EXE_server-axum"
    hyper "CARGO_BIN_EXE_server-hyper"
    warp "CARGO_BIN_EXE_server-warp"
}
