//! A check that can't fail proves nothing. So for every law of the conformance kit there is a store here
//! that breaks it, and the kit finds out.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod flaw;
mod naive;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sse_gate_core::ManualClock;
use sse_gate_core::conformance as kit;

use flaw::Flaw;
use naive::Flawed;

// The store without a flaw keeps every law.
sse_gate_core::token_store_conformance!(flawless: Flawed);

macro_rules! laws {
    ($($law:ident,)*) => {
        const LAWS: &[(&str, fn(&Flawed))] = &[$((stringify!($law), kit::$law::<Flawed>),)*];
    };
}

laws! {
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
}

/// The laws that a store with this flaw is found to break. Those must be the laws that the flaw is
/// about, and no others.
fn broken_by(flaw: Flaw) -> BTreeSet<&'static str> {
    let is_broken = |law: fn(&Flawed)| {
        let clock = ManualClock::default();
        catch_unwind(AssertUnwindSafe(|| law(&Flawed { flaw, clock }))).is_err()
    };
    let broken = LAWS.iter().filter(|(_, law)| is_broken(*law));
    broken.map(|(name, _)| *name).collect()
}

macro_rules! flaws {
    ($($test:ident: $flaw:ident breaks $($law:ident),+;)*) => {
        $(
            #[test]
            fn $test() {
                let laws = BTreeSet::from([$(stringify!($law)),+]);
                assert_eq!(broken_by(Flaw::$flaw), laws);
            }
        )*

        /// Every law is broken by one of these stores.
        #[test]
        fn every_law_can_be_broken() {
            let broken = BTreeSet::from([$($(stringify!($law)),+),*]);
            assert_eq!(broken, LAWS.iter().map(|(name, _)| *name).collect());
        }
    };
}

flaws! {
    cutting_long_payloads_is_seen: CutsLongPayloads breaks an_entry_comes_back_whole;
    giving_twice_is_seen: GivesTwice breaks
        taking_twice_gives_nothing,
        one_of_many_racing_takers_gets_the_entry,
        a_dropped_take_happens_whole_or_not_at_all,
        an_ended_key_can_be_used_again;
    forgetting_others_is_seen: ForgetsWhenAskedInVain breaks
        an_unknown_key_gives_nothing,
        a_key_is_compared_whole,
        a_withdrawn_subject_has_no_entries_left;
    comparing_a_prefix_is_seen: ComparesAPrefix breaks a_key_is_compared_whole;
    looking_then_removing_is_seen: LooksThenRemoves breaks
        one_of_many_racing_takers_gets_the_entry;
    taking_unpolled_is_seen: TakesBeforeItIsPolled breaks
        a_dropped_take_happens_whole_or_not_at_all;
    overwriting_is_seen: Overwrites breaks
        inserting_only_creates,
        one_of_many_racing_inserts_creates;
    looking_then_inserting_is_seen: LooksThenInserts breaks one_of_many_racing_inserts_creates;
    giving_at_the_end_is_seen: GivesAtTheEnd breaks an_entry_ends_with_its_ttl;
    going_by_the_wall_is_seen: GoesByTheWall breaks
        a_wall_clock_put_right_lengthens_no_life,
        a_wall_clock_set_back_lengthens_no_life,
        a_wall_clock_put_right_gives_room;
    dead_keys_that_stay_are_seen: DeadKeysStay breaks
        an_ended_key_can_be_used_again,
        a_key_used_again_counts_once;
    counting_a_dead_key_down_is_seen: DeadKeysCountDown breaks a_key_used_again_counts_once;
    evicting_the_living_is_seen: EvictsTheLiving breaks
        a_full_store_refuses_the_newcomer,
        racing_inserts_never_pass_a_cap,
        room_comes_back_when_entries_are_taken,
        room_comes_back_when_entries_end;
    naming_no_time_is_seen: NamesNoTime breaks a_full_subject_refuses_only_its_own;
    weighing_nothing_is_seen: WeighsNothing breaks
        payloads_are_capped_one_by_one_by_subject_and_in_all;
    counting_then_inserting_is_seen: CountsThenInserts breaks racing_inserts_never_pass_a_cap;
    never_forgetting_the_taken_is_seen: NeverForgetsTheTaken breaks
        room_comes_back_when_entries_are_taken,
        room_comes_back_when_entries_end,
        withdrawing_gives_room_and_counts_the_live,
        // In many rounds it is full.
        one_of_many_racing_takers_gets_the_entry,
        one_of_many_racing_inserts_creates;
    never_forgetting_the_dead_is_seen: NeverForgetsTheDead breaks
        room_comes_back_when_entries_end,
        a_wall_clock_put_right_gives_room;
    withdrawing_all_but_one_is_seen: WithdrawsAllButOne breaks
        a_withdrawn_subject_has_no_entries_left;
    counting_the_dead_as_withdrawn_is_seen: CountsTheDeadAsWithdrawn breaks
        withdrawing_gives_room_and_counts_the_live;
    comparing_no_epochs_is_seen: ComparesNoEpochs breaks
        an_entry_older_than_a_withdrawal_is_refused,
        a_withdrawal_concerns_its_own_subject_and_the_past,
        a_withdrawal_is_never_forgotten,
        an_epoch_that_never_was_is_refused,
        no_racing_insert_survives_a_withdrawal;
    comparing_no_subjects_is_seen: ComparesNoSubjects breaks
        a_withdrawal_concerns_its_own_subject_and_the_past;
    forgetting_withdrawals_is_seen: ForgetsWithdrawals breaks a_withdrawal_is_never_forgotten;
    believing_any_epoch_is_seen: BelievesAnyEpoch breaks an_epoch_that_never_was_is_refused;
    comparing_then_inserting_is_seen: ComparesThenInserts breaks
        no_racing_insert_survives_a_withdrawal;
    keeping_what_it_refuses_is_seen: KeepsWhatItRefuses breaks
        an_entry_older_than_a_withdrawal_is_refused,
        a_withdrawal_concerns_its_own_subject_and_the_past,
        a_withdrawal_is_never_forgotten,
        an_epoch_that_never_was_is_refused,
        no_racing_insert_survives_a_withdrawal;
}

/// The message of a failing check says all that its reader needs: the law, what the store did, the cap,
/// and the line of the macro.
#[test]
fn a_failing_check_names_the_cap_and_the_line_of_the_macro() {
    let message = |flaw: Flaw, check: fn()| {
        let panic = catch_unwind(|| naive::with_flaw(flaw, check)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let line = line!() + 2;
    let evicts = message(Flaw::EvictsTheLiving, || {
        sse_gate_core::token_store_conformance!(@check Flawed: a_full_store_refuses_the_newcomer);
    });
    for part in [
        "`a_full_store_refuses_the_newcomer`",
        &format!("{}:{line}:", file!()),
        "an entry was let in over the cap [TokensInAll]",
    ] {
        assert!(evicts.contains(part), "{part} is not in {evicts}");
    }
    // The message of a thread of a check is not lost.
    let races = message(Flaw::LooksThenInserts, || {
        sse_gate_core::token_store_conformance!(@check Flawed: one_of_many_racing_inserts_creates);
    });
    assert!(races.contains("inserts created"), "{races}");
    let late = message(Flaw::NeverForgetsTheDead, || {
        sse_gate_core::token_store_conformance!(@check Flawed: room_comes_back_when_entries_end);
    });
    assert!(late.contains("refused at the cap Tokens"), "{late}");
}

/// The list above is the kit's.
#[test]
fn no_law_is_left_out() {
    let kit = include_str!("../../src/conformance/macros.rs");
    let (_, rules) = kit.split_once("(@laws $backend:").unwrap();
    let (laws, _) = rules.split_once(");").unwrap();
    let laws = laws.split(',').map(str::trim).filter(|law| !law.is_empty());
    assert_eq!(
        laws.collect::<BTreeSet<_>>(),
        LAWS.iter().map(|(name, _)| *name).collect()
    );
}
