//! What a server must cope with before any endpoint is asked: odd targets, silence, floods. It is
//! the same loop for all three examples, and their routers differ.
//!
//! | file | what is claimed |
//! |---|---|
//! | `head` | answers to HEAD are empty, also over HTTP/2 |
//! | `targets` | a target without a path is refused, and nothing else ends |
//! | `silence` | a connection that says nothing ends |
//! | `bodies` | bodies are bounded in time and size, and read from users only |
//! | `frames` | resets and full windows of HTTP/2 cost nobody else anything |
//! | `shares` | no user takes from the others what all share |
#![allow(clippy::unwrap_used, reason = "a test may fail wherever it likes")]

mod bodies;
mod frames;
mod head;
mod shares;
mod silence;
mod targets;

use sse_gate_tests::Setup;

/// Each claim as a test of each server.
macro_rules! edges {
    ($($file:ident { $($claim:ident)* })*) => {
        edges!(@of axum, "CARGO_BIN_EXE_server-axum", $($file { $($claim)* })*);
        edges!(@of hyper, "CARGO_BIN_EXE_server-hyper", $($file { $($claim)* })*);
        edges!(@of warp, "CARGO_BIN_EXE_server-warp", $($file { $($claim)* })*);
    };
    (@of $server:ident, $program:literal, $($file:ident { $($claim:ident)* })*) => {
        mod $server {
            $(mod $file {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $claim() {
                        crate::$file::$claim(crate::setup(env!($program))).await;
                    }
                )*
            })*
        }
    };
}

fn setup(program: &'static str) -> Setup {
    Setup::new(program, "memory")
}

edges! {
    head {
        an_answer_to_head_is_empty_over_http2
    }
    targets {
        a_target_without_a_path_is_refused_over_http1
        a_target_without_a_path_is_refused_over_http2
    }
    silence {
        a_silent_connection_ends
        a_stream_is_no_silence
    }
    bodies {
        a_stranger_is_refused_before_the_body_comes
        a_body_has_one_time_limit_for_all_of_it
        bodies_of_one_user_are_bounded_and_cost_no_other
        bodies_of_strangers_are_few_and_small
    }
    frames {
        a_flood_of_resets_leaves_nothing_behind
        a_stream_that_is_reset_gives_its_place_back
        a_stream_without_window_holds_no_other_up
        an_answer_that_is_not_taken_ends_the_connection
        a_connection_has_so_many_streams_and_no_more
    }
    shares {
        topics_of_one_user_leave_the_rest_to_others
        a_token_for_a_topic_is_not_spent_on_a_refusal
        a_topic_stays_for_a_reader_that_is_away
        jobs_of_one_user_leave_turns_to_others
        attempts_to_log_in_are_limited_by_name
        attempts_to_log_in_are_limited_in_all
    }
}
