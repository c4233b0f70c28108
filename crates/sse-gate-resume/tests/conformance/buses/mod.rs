//! Buses that break a law.

mod flaw;
mod flawed;
mod queue;

use std::collections::BTreeSet;

use sse_gate_resume::conformance::bus as kit;

use crate::broken::{broken_laws, flaws, laws, listed, message};
use flaw::Flaw;
use flawed::Flawed;

// The bus without a flaw keeps every law, and its channel can break.
sse_gate_resume::bus_conformance!(flawless: Flawed);

laws! {
    kit, Flawed:
    each_notice_comes_back_as_it_was,
    all_subscribers_are_told,
    what_is_published_before_a_probe_comes_before_it,
    what_racing_nodes_publish_after_a_subscription_began_comes,
    no_notice_is_dropped_in_silence,
    a_subscriber_that_does_not_read_holds_up_no_other,
    a_dropped_subscription_ends_no_other,
    a_broken_subscription_has_no_hole,
    a_new_subscription_hears_again_after_a_break,
}

/// The laws that a bus with this flaw is found to break. Those must be the laws that the flaw is about, and
/// no others.
fn broken_by(flaw: Flaw) -> BTreeSet<&'static str> {
    broken_laws(LAWS, || Flawed(flaw))
}

flaws! {
    broken_by:
    counting_in_doubles_is_seen: CountsInDoubles breaks each_notice_comes_back_as_it_was;
    forgetting_reasons_is_seen: ForgetsReasons breaks each_notice_comes_back_as_it_was;
    sparing_the_publisher_is_seen: SparesThePublisher breaks
        all_subscribers_are_told,
        what_is_published_before_a_probe_comes_before_it,
        what_racing_nodes_publish_after_a_subscription_began_comes,
        a_subscriber_that_does_not_read_holds_up_no_other,
        a_dropped_subscription_ends_no_other,
        a_broken_subscription_has_no_hole,
        a_new_subscription_hears_again_after_a_break;
    telling_one_is_seen: TellsOne breaks
        all_subscribers_are_told,
        a_subscriber_that_does_not_read_holds_up_no_other,
        a_dropped_subscription_ends_no_other,
        a_broken_subscription_has_no_hole;
    probes_that_overtake_are_seen: ProbesOvertake breaks
        what_is_published_before_a_probe_comes_before_it;
    subscribing_when_polled_is_seen: SubscribesWhenPolled breaks
        each_notice_comes_back_as_it_was,
        all_subscribers_are_told,
        what_is_published_before_a_probe_comes_before_it,
        what_racing_nodes_publish_after_a_subscription_began_comes,
        no_notice_is_dropped_in_silence,
        a_subscriber_that_does_not_read_holds_up_no_other,
        a_dropped_subscription_ends_no_other,
        a_broken_subscription_has_no_hole,
        a_new_subscription_hears_again_after_a_break;
    dropping_the_oldest_is_seen: DropsTheOldest breaks no_notice_is_dropped_in_silence;
    dropping_the_newest_is_seen: DropsTheNewest breaks no_notice_is_dropped_in_silence;
    ending_all_with_the_slow_is_seen: EndsAllWithTheSlow breaks
        a_subscriber_that_does_not_read_holds_up_no_other;
    ending_all_with_the_dropped_is_seen: EndsAllWithTheDropped breaks
        a_dropped_subscription_ends_no_other;
    skipping_a_break_is_seen: SkipsABreak breaks a_broken_subscription_has_no_hole;
    keeping_probes_is_seen: KeepsProbes breaks a_broken_subscription_has_no_hole;
    staying_deaf_is_seen: StaysDeaf breaks a_new_subscription_hears_again_after_a_break;
}

/// A bus that can't tell that its channel broke is no worse: probes no longer come back.
#[test]
fn going_silent_breaks_no_law() {
    assert_eq!(broken_by(Flaw::GoesSilent), BTreeSet::new());
}

/// What was on its way when the channel broke may come. It is the hole behind it that breaks a law.
#[test]
fn breaking_later_breaks_no_law() {
    assert_eq!(broken_by(Flaw::BreaksLater), BTreeSet::new());
}

/// A subscription that is not read may end. A check that published without end while `subscribe` was under
/// way once took that for a hole, if its thread had to wait for a processor.
#[test]
fn answering_late_breaks_no_law() {
    assert_eq!(broken_by(Flaw::AnswersLate), BTreeSet::new());
}

/// The message of a failing check says all that its reader needs: the law, what the bus did, and the line of
/// the macro.
#[test]
fn a_failing_check_names_the_law_and_the_line_of_the_macro() {
    let line = line!() + 3;
    let failed = flawed::with_flaw(Flaw::DropsTheOldest, || {
        message(
            || sse_gate_resume::bus_conformance!(@check Flawed: no_notice_is_dropped_in_silence),
        )
    });
    for part in [
        "`no_notice_is_dropped_in_silence`",
        &format!("{}:{line}:", file!()),
        "dropped in silence",
    ] {
        assert!(failed.contains(part), "{part} is not in {failed}");
    }
}

/// The list above is the kit's.
#[test]
fn no_law_is_left_out() {
    let kit = include_str!("../../../src/conformance/macros.rs");
    let laws = LAWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed(kit, "bus_conformance"), laws);
}
