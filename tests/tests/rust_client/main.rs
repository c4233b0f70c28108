//! The Rust client against the example servers: each event once and in order, whatever is cut.
//!
//! Each file is a part of the demo, each function in it a claim. The list at the end makes every claim
//! a test of every server. `foreign` has the servers of others.

mod chat;
mod cli;
mod cutting;
mod feed;
mod foreign;
mod generations;
mod proxy;
mod reading;

/// The claims as tests of one server.
macro_rules! claims {
    ($server:ident, $program:expr, { $($module:ident::$claim:ident)* }) => {
        mod $server {
            $(
                #[tokio::test]
                async fn $claim() {
                    let setup = sse_gate_tests::Setup::new($program, "memory");
                    crate::$module::$claim(setup).await;
                }
            )*
        }
    };
}

macro_rules! servers {
    ($($server:ident, $program:expr;)*) => {
        $(claims!($server, $program, {
            generations::a_generation_is_read_once_and_in_order_over_three_cuts
            chat::an_answer_goes_on_after_the_server_cuts_it
            chat::an_answer_that_is_gone_is_not_asked_for_again
            cli::the_program_watches_an_answer_over_cuts_to_its_end
            cli::the_program_names_a_refusal
            feed::a_feed_goes_on_after_the_server_cuts_it
            feed::a_feed_goes_on_with_a_new_token_each_time
            feed::a_feed_outlives_its_sessions
            feed::the_end_of_a_session_is_told
        });)*
    };
}

servers! {
    axum, env!("CARGO_BIN_EXE_server-axum");
    hyper, env!("CARGO_BIN_EXE_server-hyper");
    warp, env!("CARGO_BIN_EXE_server-warp");
}
