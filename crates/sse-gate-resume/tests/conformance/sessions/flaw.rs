//! The ways to break a law: [`Flaw`].

/// What a store does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing: it keeps all laws.
    None,
    /// When it has noted how a log ended, it forgets the node.
    ForgetsFields,
    /// It gives the first session that it has, if there is none of the token.
    GivesAnySession,
    /// It creates over what is there.
    Overwrites,
    /// It looks only at names.
    ComparesNoTokens,
    /// It looks whether name and token are free, and creates later.
    LooksThenCreates,
    /// It knows no cap of a subject.
    CountsNoSubjects,
    /// What is closed counts for its subject.
    CountsTheClosed,
    /// It makes room for a newcomer by dropping an open session.
    EvictsTheOpen,
    /// It makes room by dropping the closed session that was opened first.
    ForgetsTheOldest,
    /// It counts, and creates later.
    CountsThenCreates,
    /// A version comes back after a few swaps.
    ReusesVersions,
    /// It swaps whatever the version.
    IgnoresVersions,
    /// It compares versions, and swaps later.
    ComparesThenSwaps,
    /// A swap of a session that is gone creates it.
    CreatesBySwap,
    /// It lists sessions that have a connection as waiting.
    ListsTheAttached,
    /// It lists the session that was opened last first.
    ListsTheNewestFirst,
    /// It takes all nodes to be there.
    MissesNoNode,
    /// It names sessions a moment before their end.
    IsEarly,
    /// It lists what is due in the order in which it was opened.
    ListsTheFirstOpened,
    /// It goes by the end that a session had when it was opened.
    FilesTheFirstEnd,
    /// It forgets what is closed at once.
    ForgetsTheClosed,
    /// It forgets nothing that is closed.
    NeverForgets,
    /// Its time is the wall clock's.
    GoesByTheWall,
    /// Revoking lists the first sessions of many.
    ListsSomeOfMany,
    /// It takes sessions of any epoch.
    ComparesNoEpochs,
    /// A revocation overtakes the sessions of all subjects.
    ComparesNoSubjects,
    /// It remembers some subjects that were revoked, and no more.
    ForgetsRevocations,
    /// It takes sessions of an epoch that is yet to come.
    BelievesAnyEpoch,
    /// It compares epochs, and creates later.
    ComparesThenCreates,
    /// It announces nothing.
    AnnouncesNothing,
    /// It announces a step, and takes it later.
    AnnouncesEarly,
    /// It announces a new connection, even if its step does not count.
    AnnouncesStaleSteps,
    /// It announces a close, even if it does not count.
    AnnouncesStaleCloses,
}
