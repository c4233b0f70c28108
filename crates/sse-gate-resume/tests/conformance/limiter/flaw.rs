//! The ways to break a law: [`Flaw`].

/// What a limiter does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing: it keeps all laws.
    None,
    /// It takes any number of places of one subject.
    CountsNoSubjects,
    /// It takes subjects whose names begin alike for one.
    ComparesPrefixes,
    /// It takes any number of places in all.
    CountsNotInAll,
    /// There is always room.
    AlwaysHasRoom,
    /// At its cap there is no room, not even for a place that is there.
    HasNoRoomForItsOwn,
    /// It counts, and adds the place later.
    CountsThenAdds,
    /// It refuses a place that is there at a cap.
    RefusesItsOwn,
    /// It looks whether the place is there, and adds it later.
    LooksThenAdds,
    /// Each node counts its own places.
    CountsByNode,
    /// No place ends.
    NeverEnds,
    /// Places end early.
    EndsEarly,
    /// A claim that is repeated does not renew the place.
    ClaimRenewsNothing,
    /// A renewal renews nothing.
    RenewsNothing,
    /// A renewal tells first of the places that it has kept.
    TellsInAnotherOrder,
    /// A renewal brings back what has ended.
    BringsBack,
    /// One call renews 100 places.
    RenewsSome,
    /// What is freed stays.
    FreesNothing,
    /// To free a place that is gone frees another one.
    FreesAnother,
    /// It frees the place of any connection.
    FreesForAnyConnection,
    /// An earlier connection gets the place of a later one.
    TakesBack,
    /// It looks which connection has the place, and sets it later.
    LooksThenTakesOver,
}
