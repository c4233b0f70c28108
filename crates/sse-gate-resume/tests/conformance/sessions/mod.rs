//! Stores of sessions that break a law.

mod flaw;
mod flawed;
mod naive;

use std::collections::BTreeSet;

use sse_gate_resume::conformance::sessions as kit;

use crate::broken::{broken_laws, flaws, laws, listed, message};
use flaw::Flaw;
use flawed::Flawed;

// The store without a flaw keeps every law, with several nodes.
sse_gate_resume::session_store_conformance!(flawless: Flawed);

laws! {
    kit, Flawed:
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
}

/// The laws that a store with this flaw is found to break. Those must be the laws that the flaw is
/// about, and no others.
fn broken_by(flaw: Flaw) -> BTreeSet<&'static str> {
    broken_laws(LAWS, || Flawed::new(flaw))
}

flaws! {
    broken_by:
    forgetting_fields_is_seen: ForgetsFields breaks a_session_comes_back_whole;
    giving_any_session_is_seen: GivesAnySession breaks
        an_unknown_key_gives_nothing,
        a_closed_session_is_forgotten_when_it_ends;
    overwriting_is_seen: Overwrites breaks a_name_is_taken_once;
    comparing_no_tokens_is_seen: ComparesNoTokens breaks
        a_token_opens_one_session,
        one_of_many_racing_creates_counts;
    looking_then_creating_is_seen: LooksThenCreates breaks one_of_many_racing_creates_counts;
    counting_no_subjects_is_seen: CountsNoSubjects breaks
        a_full_subject_refuses_only_its_own,
        a_closed_session_no_longer_counts_for_its_subject,
        racing_creates_never_pass_a_cap;
    counting_the_closed_is_seen: CountsTheClosed breaks
        a_closed_session_no_longer_counts_for_its_subject;
    evicting_the_open_is_seen: EvictsTheOpen breaks
        a_full_store_refuses_the_newcomer,
        what_was_closed_first_makes_room_first,
        racing_creates_never_pass_a_cap;
    forgetting_the_oldest_is_seen: ForgetsTheOldest breaks what_was_closed_first_makes_room_first;
    counting_then_creating_is_seen: CountsThenCreates breaks racing_creates_never_pass_a_cap;
    reusing_versions_is_seen: ReusesVersions breaks each_swap_changes_the_version;
    ignoring_versions_is_seen: IgnoresVersions breaks
        a_stale_version_changes_nothing,
        one_of_many_racing_swaps_counts,
        a_swap_that_does_not_count_announces_nothing_false;
    comparing_then_swapping_is_seen: ComparesThenSwaps breaks
        one_of_many_racing_swaps_counts,
        a_swap_that_does_not_count_announces_nothing_false;
    creating_by_swap_is_seen: CreatesBySwap breaks a_session_that_is_gone_is_not_swapped;
    listing_the_attached_is_seen: ListsTheAttached breaks
        only_sessions_without_a_connection_wait,
        the_oldest_session_waits_first,
        a_session_of_a_dead_node_waits;
    listing_the_newest_first_is_seen: ListsTheNewestFirst breaks the_oldest_session_waits_first;
    missing_no_node_is_seen: MissesNoNode breaks a_session_of_a_dead_node_waits;
    being_early_is_seen: IsEarly breaks nothing_is_due_before_its_time;
    listing_the_first_opened_is_seen: ListsTheFirstOpened breaks what_ended_first_is_due_first;
    filing_the_first_end_is_seen: FilesTheFirstEnd breaks an_end_that_moves_moves_what_is_due;
    forgetting_the_closed_is_seen: ForgetsTheClosed breaks
        a_closed_session_is_kept_until_it_ends;
    never_forgetting_is_seen: NeverForgets breaks a_closed_session_is_forgotten_when_it_ends;
    going_by_the_wall_is_seen: GoesByTheWall breaks time_never_goes_back;
    listing_some_of_many_is_seen: ListsSomeOfMany breaks
        revoking_lists_the_open_sessions_of_the_subject;
    comparing_no_epochs_is_seen: ComparesNoEpochs breaks
        a_session_older_than_a_revocation_is_refused,
        a_revocation_concerns_its_own_subject_and_the_past,
        a_revocation_is_never_forgotten,
        an_epoch_that_never_was_is_refused,
        no_racing_create_survives_a_revocation;
    comparing_no_subjects_is_seen: ComparesNoSubjects breaks
        a_revocation_concerns_its_own_subject_and_the_past;
    forgetting_revocations_is_seen: ForgetsRevocations breaks a_revocation_is_never_forgotten;
    believing_any_epoch_is_seen: BelievesAnyEpoch breaks an_epoch_that_never_was_is_refused;
    comparing_then_creating_is_seen: ComparesThenCreates breaks
        no_racing_create_survives_a_revocation;
    announcing_nothing_is_seen: AnnouncesNothing breaks
        what_cuts_connections_is_announced,
        an_announced_step_is_in_the_store,
        a_swap_that_does_not_count_announces_nothing_false;
    announcing_early_is_seen: AnnouncesEarly breaks
        an_announced_step_is_in_the_store,
        a_swap_that_does_not_count_announces_nothing_false;
    announcing_stale_steps_is_seen: AnnouncesStaleSteps breaks
        a_swap_that_does_not_count_announces_nothing_false;
    announcing_stale_closes_is_seen: AnnouncesStaleCloses breaks
        a_swap_that_does_not_count_announces_nothing_false;
}

/// The message of a failing check says all that its reader needs: the law, what the store did, and the
/// line of the macro.
#[test]
fn a_failing_check_names_the_law_and_the_line_of_the_macro() {
    let line = line!() + 3;
    let failed = flawed::with_flaw(Flaw::ComparesThenSwaps, || {
        message(
            || sse_gate_resume::session_store_conformance!(@check Flawed: one_of_many_racing_swaps_counts),
        )
    });
    for part in [
        "`one_of_many_racing_swaps_counts`",
        &format!("{}:{line}:", file!()),
        "swaps on one version counted",
    ] {
        assert!(failed.contains(part), "{part} is not in {failed}");
    }
}

/// The list above is the kit's.
#[test]
fn no_law_is_left_out() {
    let kit = include_str!("../../../src/conformance/macros.rs");
    let laws = LAWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed(kit, "session_store_conformance"), laws);
}
