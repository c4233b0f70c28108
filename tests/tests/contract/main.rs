//! The contract of the example servers, once for all of them and over every store.
//!
//! Each file is a part of the contract, each function in it a claim. The list at the end makes
//! every claim a test of every setup: `axum_memory::mint::…`.

mod caps;
mod chat;
mod claims;
mod content;
mod cors;
mod credentials;
mod feed;
mod generations;
mod initiate;
mod intact;
mod logout;
mod mint;
mod operation;
mod path;
mod query;
mod refusal;
mod resume;
mod sessions;
mod spellings;
mod stop;
mod stream;
mod topics;
mod twins;
mod untouched;

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
                content {
                    framing_is_no_content
                    bytes_are_content_and_cost_no_token
                    offers_to_upgrade_are_ignored
                }
                query {
                    a_parameter_is_compared_after_one_decoding
                    a_token_has_one_spelling
                    oversize_is_refused_and_costs_no_token
                    what_no_server_reads_costs_no_token
                    other_parameters_mean_nothing
                }
                spellings {
                    no_spelling_of_a_token_is_logged
                }
                path {
                    a_path_that_is_not_the_routes_opens_nothing
                    a_path_is_decoded_exactly_once
                    hosts_mean_nothing
                }
                twins {
                    of_pipelined_requests_one_opens_the_stream
                    of_multiplexed_requests_one_opens_the_stream
                    of_multiplexed_returns_none_keeps_the_stream
                }
                cors {
                    a_preflight_is_answered_and_costs_no_token
                    a_page_of_an_allowed_origin_goes_on
                    foreign_pages_open_no_stream
                    without_a_list_no_other_origin_reads_anything
                }
                caps {
                    a_user_with_too_many_tokens_waits_and_others_do_not
                    a_user_with_too_many_streams_waits_and_others_do_not
                    a_full_server_spends_no_token
                }
                initiate {
                    a_message_earns_a_stream_id_for_five_minutes
                    who_leaves_a_message_is_known
                    a_message_has_at_most_64_kib
                    a_message_is_json_and_says_something
                    initiate_is_no_stream_id
                    a_user_with_too_many_messages_waits_and_others_do_not
                }
                chat {
                    an_answer_is_streamed_to_its_end
                    the_first_write_has_the_head_and_an_id
                    an_answer_has_exactly_these_headers
                    after_the_end_there_is_nothing_more
                    an_answer_goes_on_where_it_broke_off
                    a_stream_id_ends
                }
                stop {
                    a_stopped_answer_says_so_and_ends
                    an_answer_can_be_stopped_while_nobody_listens
                    only_its_owner_stops_an_answer
                    stopped_before_it_is_opened_it_never_is
                    a_stop_after_the_end_changes_nothing
                    a_stop_leaves_no_token_in_logs
                }
                topics {
                    a_token_for_a_topic_has_exactly_these_members
                    what_is_no_topic_is_not_found
                    what_is_published_is_small_json
                    who_publishes_or_reads_is_known
                    a_topic_in_use_goes_for_no_other
                }
                feed {
                    what_is_published_reaches_every_reader
                    a_token_can_be_for_what_came_after_an_event
                    what_is_published_can_be_nothing_but_data
                    a_reader_that_comes_back_has_missed_nothing
                    an_id_reaches_as_far_as_its_session
                    a_session_ends_with_its_jwt
                    places_are_counted_by_connection
                    a_dropped_connection_comes_back
                }
                sessions {
                    all_bad_ids_get_the_same_answer
                    an_id_without_a_token_opens_nothing
                    no_id_is_a_veto_on_a_fresh_token
                    an_id_is_taken_three_times_and_no_more
                    an_old_id_closes_the_session
                    an_id_shown_twice_is_not_spent
                    a_session_ends_with_its_server
                    every_id_is_safe_in_a_header
                }
                logout {
                    a_logout_ends_all_that_a_user_has
                    who_logs_out_is_known
                }
                untouched {
                    what_is_no_stream_request_costs_no_id
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
