//! The contract of the example servers, once for all of them and over every store.
//!
//! Each file is a part of the contract, each function in it a claim. The list at the end makes
//! every claim a test of every setup: `axum_memory::mint::…`.

mod caps;
mod claims;
mod cors;
mod credentials;
mod generations;
mod intact;
mod mint;
mod operation;
mod path;
mod query;
mod refusal;
mod resume;
mod stream;
mod twins;

use sse_gate_tests::for_each_setup;

/// The claims as tests of one setup.
macro_rules! contract {
    ($setup:ident, $program:expr, $store:literal) => {
        mod $setup {
            fn setup() -> sse_gate_tests::Setup {
                sse_gate_tests::Setup::new($program, $store)
            }

            crate::tests! {
                stream {
                    a_generation_is_streamed_in_order_to_its_end
                    a_stream_has_exactly_these_headers
                    an_event_has_exactly_these_members
                    a_finished_generation_gives_its_final_state_and_ends
                    a_stream_ends_with_the_jwt_that_asked_for_it
                    a_handler_goes_by_the_grant_and_not_by_the_query
                }
                resume {
                    a_stream_goes_on_after_the_last_event_seen
                    an_event_id_that_is_none_is_refused
                    a_header_with_an_event_id_changes_nothing
                }
                mint {
                    the_answer_has_exactly_these_members
                    who_asks_must_be_the_owner
                    only_a_post_mints
                    a_body_is_json_or_nothing
                    no_cookie_no_query_and_no_form_is_a_credential
                    a_body_can_ask_for_nothing_more
                    a_token_lives_no_longer_than_its_jwt
                    a_login_gives_a_jwt_that_mints
                }
                claims {
                    only_the_agreed_algorithm_is_believed
                    headers_that_point_elsewhere_are_never_followed
                    claims_must_be_there_and_right
                    dates_must_be_dates
                    hostile_json_is_no_jwt
                }
                credentials {
                    the_scheme_has_one_form
                    many_headers_are_none
                }
                generations {
                    samples_are_checked
                    strangers_start_nothing
                    only_its_owner_sees_a_generation
                }
                refusal {
                    a_token_is_good_for_one_stream
                    a_token_ends
                    a_jwt_is_no_token
                    all_bad_tokens_get_the_same_answer
                    no_token_at_all_is_no_invalid_token
                }
                intact {
                    what_is_no_stream_request_costs_no_token
                    a_token_shown_twice_is_not_spent
                    requests_for_parts_and_versions_get_the_whole
                    half_a_request_costs_no_token
                    a_token_of_another_generation_is_not_spent
                }
                query {
                    a_parameter_is_compared_after_one_decoding
                    a_token_has_one_spelling
                    oversize_is_refused_and_costs_no_token
                    what_no_server_reads_costs_no_token
                    other_parameters_mean_nothing
                }
                path {
                    a_path_that_is_not_the_routes_opens_nothing
                    a_path_is_decoded_exactly_once
                    hosts_mean_nothing
                }
                twins {
                    of_pipelined_requests_one_opens_the_stream
                    of_multiplexed_requests_one_opens_the_stream
                }
                cors {
                    a_preflight_is_answered_and_costs_no_token
                    foreign_pages_open_no_stream
                    without_a_list_no_other_origin_reads_anything
                }
                caps {
                    a_user_with_too_many_tokens_waits_and_others_do_not
                    a_user_with_too_many_streams_waits_and_others_do_not
                    a_full_server_spends_no_token
                }
                operation {
                    metrics_count_what_was_done
                    metrics_have_closed_labels
                    a_healthy_server_says_so
                    a_signal_ends_streams_and_server
                }
            }
        }
    };
}

/// Each claim as a test.
macro_rules! tests {
    ($($file:ident { $($claim:ident)* })*) => {$(
        mod $file {
            $(
                #[tokio::test]
                async fn $claim() {
                    crate::$file::$claim(super::setup()).await;
                }
            )*
        }
    )*};
}
use tests;

for_each_setup!(contract);
