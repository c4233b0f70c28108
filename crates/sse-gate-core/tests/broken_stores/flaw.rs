//! The ways to break a law: [`Flaw`].

/// What a store does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing: it keeps all laws.
    None,
    /// Long payloads come back cut.
    CutsLongPayloads,
    /// It gives what it gave before.
    GivesTwice,
    /// It makes room for the answer to a question by forgetting something.
    ForgetsWhenAskedInVain,
    /// It compares all but the last byte of a key.
    ComparesAPrefix,
    /// It looks, and removes later.
    LooksThenRemoves,
    /// It takes as soon as the future is made.
    TakesBeforeItIsPolled,
    /// It inserts over what is there.
    Overwrites,
    /// It looks whether the key is free, and inserts later.
    LooksThenInserts,
    /// It gives an entry at the moment of its end.
    GivesAtTheEnd,
    /// It measures lives on the wall clock.
    GoesByTheWall,
    /// What has ended keeps its key.
    DeadKeysStay,
    /// An entry under the key of one that has ended also takes its place in the counts.
    DeadKeysCountDown,
    /// It makes room for a newcomer by dropping a live entry.
    EvictsTheLiving,
    /// It doesn't say when there will be room.
    NamesNoTime,
    /// It counts entries, not bytes.
    WeighsNothing,
    /// It counts, and inserts later.
    CountsThenInserts,
    /// What was taken counts for ever.
    NeverForgetsTheTaken,
    /// What has ended counts for ever.
    NeverForgetsTheDead,
    /// Withdrawing stops before the last of many.
    WithdrawsAllButOne,
    /// Withdrawing counts what had ended.
    CountsTheDeadAsWithdrawn,
    /// It takes entries of any epoch.
    ComparesNoEpochs,
    /// A withdrawal overtakes the entries of all subjects.
    ComparesNoSubjects,
    /// It remembers some subjects that were withdrawn, and no more.
    ForgetsWithdrawals,
    /// It takes entries of an epoch that is yet to come.
    BelievesAnyEpoch,
    /// It compares epochs, and inserts later.
    ComparesThenInserts,
    /// It refuses an entry of an old epoch when it has kept it.
    KeepsWhatItRefuses,
}
