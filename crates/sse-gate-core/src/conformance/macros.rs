//! The tests of every law: [`token_store_conformance!`](crate::token_store_conformance).

/// Makes a module with a test for every law of [`TokenStore`](crate::TokenStore).
///
/// It takes the name of the module and the [`Backend`](crate::conformance::Backend). See
/// [`conformance`](crate::conformance) for an example.
#[macro_export]
macro_rules! token_store_conformance {
    ($module:ident: $backend:ty) => {
        mod $module {
            #[allow(unused_imports)]
            use super::*;

            $crate::token_store_conformance!(@laws $backend:
                an_entry_comes_back_whole,
                taking_twice_gives_nothing,
                an_unknown_key_gives_nothing,
                a_key_is_compared_whole,
                one_of_many_racing_takers_gets_the_entry,
                a_dropped_take_happens_whole_or_not_at_all,
                inserting_only_creates,
                one_of_many_racing_inserts_creates,
                an_entry_ends_with_its_ttl,
                an_ended_key_can_be_used_again,
                a_key_used_again_counts_once,
                a_wall_clock_put_right_lengthens_no_life,
                a_wall_clock_set_back_lengthens_no_life,
                a_wall_clock_put_right_gives_room,
                a_full_store_refuses_the_newcomer,
                a_full_subject_refuses_only_its_own,
                payloads_are_capped_one_by_one_by_subject_and_in_all,
                racing_inserts_never_pass_a_cap,
                room_comes_back_when_entries_are_taken,
                room_comes_back_when_entries_end,
                a_withdrawn_subject_has_no_entries_left,
                withdrawing_gives_room_and_counts_the_live,
                an_entry_older_than_a_withdrawal_is_refused,
                a_withdrawal_concerns_its_own_subject_and_the_past,
                a_withdrawal_is_never_forgotten,
                an_epoch_that_never_was_is_refused,
                no_racing_insert_survives_a_withdrawal,
            );
        }
    };
    (@laws $backend:ty: $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::token_store_conformance!(@check $backend: $law);
            }
        )*
    };
    (@check $backend:ty: $law:ident) => {
        $crate::conformance::check::<$backend>(stringify!($law), $crate::conformance::$law)
    };
}
