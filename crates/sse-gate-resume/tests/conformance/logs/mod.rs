//! Stores of logs that break a law.

mod flaw;
mod flawed;
mod wrapper;

use std::collections::BTreeSet;

use sse_gate_resume::conformance::logs as kit;

use crate::broken::{broken_laws, flaws, laws, listed, message};
use flaw::Flaw;
use flawed::Flawed;

// The store without a flaw keeps every law.
sse_gate_resume::log_store_conformance!(flawless: Flawed);

laws! {
    kit, Flawed:
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
}

/// The laws that a store with this flaw is found to break. Those must be the laws that the flaw is
/// about, and no others.
fn broken_by(flaw: Flaw) -> BTreeSet<&'static str> {
    broken_laws(LAWS, || Flawed::new(flaw))
}

flaws! {
    broken_by:
    cutting_names_is_seen: CutsNames breaks a_new_log_is_empty;
    overwriting_is_seen: Overwrites breaks
        a_name_is_taken_once,
        one_of_many_racing_creates_counts;
    looking_then_creating_is_seen: LooksThenCreates breaks one_of_many_racing_creates_counts;
    counting_no_logs_is_seen: CountsNoLogs breaks too_many_logs_are_refused;
    numbering_from_zero_is_seen: NumbersFromZero breaks
        events_are_numbered_from_one_without_holes,
        what_is_appended_is_read_back,
        racing_appends_get_one_number_each,
        too_many_events_make_the_oldest_go,
        an_event_larger_than_the_log_is_refused,
        events_go_when_they_are_too_old,
        an_append_that_races_an_end_is_read_or_refused,
        another_log_of_the_name_is_another,
        an_orphan_goes_to_one_of_many_claimers;
    reading_as_text_is_seen: ReadsAsText breaks what_is_appended_is_read_back;
    counting_then_appending_is_seen: CountsThenAppends breaks racing_appends_get_one_number_each;
    beginning_anew_is_seen: BeginsAnew breaks a_read_begins_behind_its_number;
    minding_the_bound_is_seen: MindsTheBound breaks a_read_is_bounded_and_gives_at_least_one_event;
    keeping_too_many_is_seen: KeepsTooMany breaks
        a_read_begins_behind_its_number,
        too_many_events_make_the_oldest_go;
    weighing_nothing_is_seen: WeighsNothing breaks
        too_many_bytes_make_the_oldest_go,
        an_event_larger_than_the_log_is_refused,
        a_refused_append_announces_nothing_false;
    cutting_the_large_is_seen: CutsTheLarge breaks
        an_event_larger_than_the_log_is_refused,
        a_refused_append_announces_nothing_false;
    never_trimming_is_seen: NeverTrims breaks events_go_when_they_are_too_old;
    ending_again_is_seen: EndsAgain breaks
        an_end_is_final,
        a_refused_append_announces_nothing_false;
    looking_then_appending_is_seen: LooksThenAppends breaks
        an_append_that_races_an_end_is_read_or_refused;
    keeping_the_removed_is_seen: KeepsTheRemoved breaks
        a_removed_log_is_gone,
        another_log_of_the_name_is_another;
    comparing_no_epochs_is_seen: ComparesNoEpochs breaks another_log_of_the_name_is_another;
    claiming_late_is_seen: LooksThenClaims breaks an_orphan_goes_to_one_of_many_claimers;
    releasing_for_good_is_seen: ReleasesForGood breaks a_released_log_keeps_its_events;
    ending_for_others_is_seen: EndsForOthers breaks an_orphan_goes_to_one_of_many_claimers;
    orphaning_all_is_seen: OrphansAll breaks only_a_log_whose_writer_died_is_orphaned;
    announcing_nothing_is_seen: AnnouncesNothing breaks
        what_is_appended_is_announced,
        an_announced_event_is_in_the_store,
        a_refused_append_announces_nothing_false;
    announcing_no_end_is_seen: AnnouncesNoEnd breaks
        what_is_appended_is_announced,
        an_announced_event_is_in_the_store;
    announcing_early_is_seen: AnnouncesEarly breaks
        an_announced_event_is_in_the_store,
        a_refused_append_announces_nothing_false;
    announcing_the_refused_is_seen: AnnouncesTheRefused breaks
        a_refused_append_announces_nothing_false;
}

/// The message of a failing check says all that its reader needs: the law, what the store did, and the
/// line of the macro.
#[test]
fn a_failing_check_names_the_law_and_the_line_of_the_macro() {
    let line = line!() + 3;
    let failed = flawed::with_flaw(Flaw::LooksThenCreates, || {
        message(
            || sse_gate_resume::log_store_conformance!(@check Flawed: one_of_many_racing_creates_counts),
        )
    });
    for part in [
        "`one_of_many_racing_creates_counts`",
        &format!("{}:{line}:", file!()),
        "creates counted",
    ] {
        assert!(failed.contains(part), "{part} is not in {failed}");
    }
}

/// The list above is the kit's.
#[test]
fn no_law_is_left_out() {
    let kit = include_str!("../../../src/conformance/macros.rs");
    let laws = LAWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed(kit, "log_store_conformance"), laws);
}
