//! The tests of every law: [`session_store_conformance!`](crate::session_store_conformance),
//! [`log_store_conformance!`](crate::log_store_conformance), [`bus_conformance!`](crate::bus_conformance)
//! and [`stream_limiter_conformance!`](crate::stream_limiter_conformance).

/// Makes a module with a test for every law of [`SessionStore`](crate::backend::SessionStore).
///
/// It takes the name of the module and the [`SessionBackend`](crate::conformance::SessionBackend). See
/// [`conformance`](crate::conformance) for an example.
#[macro_export]
macro_rules! session_store_conformance {
    ($module:ident: $backend:ty) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;

            $crate::session_store_conformance!(@laws $backend:
                a_session_comes_back_whole,
                an_unknown_key_gives_nothing,
                a_name_is_taken_once,
                a_token_opens_one_session,
                one_of_many_racing_creates_counts,
                a_full_subject_refuses_only_its_own,
                a_closed_session_no_longer_counts_for_its_subject,
                a_full_store_refuses_the_newcomer,
                what_was_closed_first_makes_room_first,
                racing_creates_never_pass_a_cap,
                each_swap_changes_the_version,
                a_stale_version_changes_nothing,
                one_of_many_racing_swaps_counts,
                a_session_that_is_gone_is_not_swapped,
                only_sessions_without_a_connection_wait,
                the_oldest_session_waits_first,
                a_session_of_a_dead_node_waits,
                nothing_is_due_before_its_time,
                what_ended_first_is_due_first,
                an_end_that_moves_moves_what_is_due,
                a_closed_session_is_kept_until_it_ends,
                a_closed_session_is_forgotten_when_it_ends,
                time_never_goes_back,
                revoking_lists_the_open_sessions_of_the_subject,
                a_session_older_than_a_revocation_is_refused,
                a_revocation_concerns_its_own_subject_and_the_past,
                a_revocation_is_never_forgotten,
                an_epoch_that_never_was_is_refused,
                no_racing_create_survives_a_revocation,
                what_cuts_connections_is_announced,
                an_announced_step_is_in_the_store,
                a_swap_that_does_not_count_announces_nothing_false,
            );
        }
    };
    (@laws $backend:ty: $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::session_store_conformance!(@check $backend: $law);
            }
        )*
    };
    (@check $backend:ty: $law:ident) => {
        $crate::conformance::check(stringify!($law), || {
            let backend = <$backend as $crate::conformance::SessionBackend>::set_up();
            $crate::conformance::sessions::$law(&backend);
        })
    };
}

/// Makes a module with a test for every law of [`LogStore`](crate::backend::LogStore).
///
/// It takes the name of the module and the [`LogBackend`](crate::conformance::LogBackend). See
/// [`conformance`](crate::conformance) for an example.
#[macro_export]
macro_rules! log_store_conformance {
    ($module:ident: $backend:ty) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;

            $crate::log_store_conformance!(@laws $backend:
                a_new_log_is_empty,
                a_name_is_taken_once,
                one_of_many_racing_creates_counts,
                too_many_logs_are_refused,
                events_are_numbered_from_one_without_holes,
                what_is_appended_is_read_back,
                racing_appends_get_one_number_each,
                a_read_begins_behind_its_number,
                a_read_is_bounded_and_gives_at_least_one_event,
                too_many_events_make_the_oldest_go,
                too_many_bytes_make_the_oldest_go,
                an_event_larger_than_the_log_is_refused,
                events_go_when_they_are_too_old,
                an_end_is_final,
                an_append_that_races_an_end_is_read_or_refused,
                a_released_log_keeps_its_events,
                a_removed_log_is_gone,
                another_log_of_the_name_is_another,
                an_orphan_goes_to_one_of_many_claimers,
                only_a_log_whose_writer_died_is_orphaned,
                what_is_appended_is_announced,
                an_announced_event_is_in_the_store,
                a_refused_append_announces_nothing_false,
            );
        }
    };
    (@laws $backend:ty: $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::log_store_conformance!(@check $backend: $law);
            }
        )*
    };
    (@check $backend:ty: $law:ident) => {
        $crate::conformance::check(stringify!($law), || {
            let backend = <$backend as $crate::conformance::LogBackend>::set_up();
            $crate::conformance::logs::$law(&backend);
        })
    };
}

/// Makes a module with a test for every law of [`Bus`](crate::backend::Bus).
///
/// It takes the name of the module and the [`BusBackend`](crate::conformance::BusBackend), which has an
/// example.
#[macro_export]
macro_rules! bus_conformance {
    ($module:ident: $backend:ty) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;

            $crate::bus_conformance!(@laws $backend:
                each_notice_comes_back_as_it_was,
                all_subscribers_are_told,
                what_is_published_before_a_probe_comes_before_it,
                what_racing_nodes_publish_after_a_subscription_began_comes,
                no_notice_is_dropped_in_silence,
                a_subscriber_that_does_not_read_holds_up_no_other,
                a_dropped_subscription_ends_no_other,
                a_broken_subscription_has_no_hole,
                a_new_subscription_hears_again_after_a_break,
            );
        }
    };
    (@laws $backend:ty: $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::bus_conformance!(@check $backend: $law);
            }
        )*
    };
    (@check $backend:ty: $law:ident) => {
        $crate::conformance::check(stringify!($law), || {
            let backend = <$backend as $crate::conformance::BusBackend>::set_up();
            $crate::conformance::bus::$law(&backend);
        })
    };
}

/// Makes a module with a test for every law of [`StreamLimiter`](crate::backend::StreamLimiter).
///
/// It takes the name of the module and the [`LimiterBackend`](crate::conformance::LimiterBackend), which
/// shows an example.
#[macro_export]
macro_rules! stream_limiter_conformance {
    ($module:ident: $backend:ty) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;

            $crate::stream_limiter_conformance!(@laws $backend:
                a_full_subject_refuses_only_its_own,
                a_full_limiter_refuses_the_newcomer,
                room_is_what_claims_find,
                racing_claims_never_pass_a_cap,
                a_place_counts_once_however_often_it_is_claimed,
                racing_claims_of_one_place_count_once,
                nodes_count_together,
                a_place_that_is_not_renewed_ends,
                a_place_lasts_for_its_time,
                a_claim_that_is_repeated_renews,
                a_place_that_is_renewed_lasts,
                renewing_tells_what_became_of_each,
                renewing_brings_nothing_back,
                many_places_are_renewed_at_once,
                a_place_that_is_freed_is_free,
                freeing_what_is_gone_is_ignored,
                a_later_connection_takes_the_place_over,
                an_earlier_connection_changes_nothing,
                the_last_of_racing_connections_has_the_place,
            );
        }
    };
    (@laws $backend:ty: $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::stream_limiter_conformance!(@check $backend: $law);
            }
        )*
    };
    (@check $backend:ty: $law:ident) => {
        $crate::conformance::check(stringify!($law), || {
            let backend = <$backend as $crate::conformance::LimiterBackend>::set_up();
            $crate::conformance::limiter::$law(&backend);
        })
    };
}
