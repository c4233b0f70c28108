//! Limiters of streams that break a law.

mod flaw;
mod naive;

use std::collections::BTreeSet;

use sse_gate_resume::conformance::limiter as kit;

use crate::broken::{broken_laws, flaws, laws, listed, message};
use flaw::Flaw;
use naive::Flawed;

// The limiter without a flaw keeps every law.
sse_gate_resume::stream_limiter_conformance!(flawless: Flawed);

laws! {
    kit, Flawed:
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
}

/// The laws that a limiter with this flaw is found to break. Those must be the laws that the flaw is
/// about, and no others.
fn broken_by(flaw: Flaw) -> BTreeSet<&'static str> {
    broken_laws(LAWS, || Flawed::new(flaw))
}

flaws! {
    broken_by:
    counting_no_subjects_is_seen: CountsNoSubjects breaks
        a_claim_that_is_repeated_renews,
        a_full_subject_refuses_only_its_own,
        a_later_connection_takes_the_place_over,
        a_place_counts_once_however_often_it_is_claimed,
        a_place_lasts_for_its_time,
        a_place_that_is_freed_is_free,
        a_place_that_is_not_renewed_ends,
        a_place_that_is_renewed_lasts,
        an_earlier_connection_changes_nothing,
        freeing_what_is_gone_is_ignored,
        nodes_count_together,
        racing_claims_never_pass_a_cap,
        racing_claims_of_one_place_count_once,
        renewing_brings_nothing_back;
    comparing_prefixes_is_seen: ComparesPrefixes breaks a_full_subject_refuses_only_its_own;
    counting_not_in_all_is_seen: CountsNotInAll breaks
        a_full_limiter_refuses_the_newcomer,
        a_place_counts_once_however_often_it_is_claimed,
        a_place_that_is_freed_is_free,
        freeing_what_is_gone_is_ignored,
        nodes_count_together,
        racing_claims_never_pass_a_cap;
    always_having_room_is_seen: AlwaysHasRoom breaks room_is_what_claims_find;
    having_no_room_for_its_own_is_seen: HasNoRoomForItsOwn breaks room_is_what_claims_find;
    counting_then_adding_is_seen: CountsThenAdds breaks racing_claims_never_pass_a_cap;
    refusing_its_own_is_seen: RefusesItsOwn breaks
        a_place_counts_once_however_often_it_is_claimed,
        a_claim_that_is_repeated_renews,
        a_later_connection_takes_the_place_over,
        an_earlier_connection_changes_nothing,
        nodes_count_together,
        racing_claims_of_one_place_count_once,
        the_last_of_racing_connections_has_the_place;
    looking_then_adding_is_seen: LooksThenAdds breaks racing_claims_of_one_place_count_once;
    counting_by_node_is_seen: CountsByNode breaks nodes_count_together;
    never_ending_is_seen: NeverEnds breaks
        a_place_that_is_not_renewed_ends,
        a_place_lasts_for_its_time,
        a_place_that_is_renewed_lasts,
        renewing_brings_nothing_back;
    ending_early_is_seen: EndsEarly breaks a_place_lasts_for_its_time;
    renewing_nothing_by_a_claim_is_seen: ClaimRenewsNothing breaks a_claim_that_is_repeated_renews;
    renewing_nothing_is_seen: RenewsNothing breaks a_place_that_is_renewed_lasts;
    telling_in_another_order_is_seen: TellsInAnotherOrder breaks renewing_tells_what_became_of_each;
    bringing_back_is_seen: BringsBack breaks renewing_brings_nothing_back;
    renewing_some_is_seen: RenewsSome breaks many_places_are_renewed_at_once;
    freeing_nothing_is_seen: FreesNothing breaks
        a_place_that_is_freed_is_free,
        a_later_connection_takes_the_place_over,
        freeing_what_is_gone_is_ignored,
        many_places_are_renewed_at_once,
        nodes_count_together,
        renewing_tells_what_became_of_each,
        room_is_what_claims_find,
        the_last_of_racing_connections_has_the_place;
    freeing_another_is_seen: FreesAnother breaks freeing_what_is_gone_is_ignored;
    freeing_for_any_connection_is_seen: FreesForAnyConnection breaks
        a_later_connection_takes_the_place_over,
        an_earlier_connection_changes_nothing,
        the_last_of_racing_connections_has_the_place;
    taking_back_is_seen: TakesBack breaks
        an_earlier_connection_changes_nothing,
        the_last_of_racing_connections_has_the_place;
    looking_then_taking_over_is_seen: LooksThenTakesOver breaks
        the_last_of_racing_connections_has_the_place;
}

/// The message of a failing check says all that its reader needs: the law, what the limiter did, and the
/// line of the macro.
#[test]
fn a_failing_check_names_the_law_and_the_line_of_the_macro() {
    let line = line!() + 3;
    let failed = naive::with_flaw(Flaw::NeverEnds, || {
        message(
            || sse_gate_resume::stream_limiter_conformance!(@check Flawed: a_place_that_is_not_renewed_ends),
        )
    });
    for part in [
        "`a_place_that_is_not_renewed_ends`",
        &format!("{}:{line}:", file!()),
        "are still there",
    ] {
        assert!(failed.contains(part), "{part} is not in {failed}");
    }
}

/// The list above is the kit's.
#[test]
fn no_law_is_left_out() {
    let kit = include_str!("../../../src/conformance/macros.rs");
    let laws = LAWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed(kit, "stream_limiter_conformance"), laws);
}
