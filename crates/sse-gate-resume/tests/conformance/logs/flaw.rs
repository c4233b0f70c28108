//! The ways to break a law: [`Flaw`].

/// What a store does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing: it keeps all laws.
    None,
    /// Long names are cut, and no longer found.
    CutsNames,
    /// It creates over what is there.
    Overwrites,
    /// It looks whether the name is free, and creates later.
    LooksThenCreates,
    /// It takes any number of logs.
    CountsNoLogs,
    /// The first event of a log is 0.
    NumbersFromZero,
    /// It gives events back as text, and replaces what is none.
    ReadsAsText,
    /// It takes a number, and appends later.
    CountsThenAppends,
    /// A read behind a number that is yet to come begins with the first event.
    BeginsAnew,
    /// A read gives no event, if the first one is too large for it.
    MindsTheBound,
    /// It keeps one event more than it may.
    KeepsTooMany,
    /// It counts no bytes.
    WeighsNothing,
    /// It cuts events that are larger than the log.
    CutsTheLarge,
    /// No event is ever too old.
    NeverTrims,
    /// A second end replaces the first.
    EndsAgain,
    /// It looks whether the log has ended, and appends later.
    LooksThenAppends,
    /// What was removed can still be read.
    KeepsTheRemoved,
    /// A log of the name is the log.
    ComparesNoEpochs,
    /// It looks whether a log is orphaned, and claims it later.
    LooksThenClaims,
    /// It frees what is let go.
    ReleasesForGood,
    /// It ends logs that other nodes write.
    EndsForOthers,
    /// All logs of a node that died are orphaned.
    OrphansAll,
    /// It announces nothing.
    AnnouncesNothing,
    /// It announces events, and an end as if it were another event.
    AnnouncesNoEnd,
    /// It announces an event or an end, and keeps it later.
    AnnouncesEarly,
    /// It announces what it refuses.
    AnnouncesTheRefused,
}
