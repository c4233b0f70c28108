//! The ways to break a law: [`Flaw`].

/// What a bus does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing: it keeps all laws, and ends a subscription whose channel broke.
    None,
    /// Nothing either: a subscription whose channel broke gets nothing more, and does not end.
    GoesSilent,
    /// Nothing either: a subscription whose channel broke gets a few notices more, without a hole.
    BreaksLater,
    /// Nothing either: `subscribe` answers some time after the subscription has begun, and a subscription
    /// ends if too many notices wait for it.
    AnswersLate,
    /// It sends numbers as floating point numbers.
    CountsInDoubles,
    /// It takes every close for a revocation.
    ForgetsReasons,
    /// It does not tell the subscriptions of the node that publishes.
    SparesThePublisher,
    /// It tells one subscription, in turn.
    TellsOne,
    /// Probes come before what was published before.
    ProbesOvertake,
    /// A subscription begins when it is polled first.
    SubscribesWhenPolled,
    /// If too many notices wait for a subscription, it drops the first ones.
    DropsTheOldest,
    /// If too many notices wait for a subscription, it drops what comes.
    DropsTheNewest,
    /// If too many notices wait for a subscription, all end.
    EndsAllWithTheSlow,
    /// If a subscription is dropped, all end.
    EndsAllWithTheDropped,
    /// A subscription goes on when its channel is mended.
    SkipsABreak,
    /// While the channel is broken, only probes come.
    KeepsProbes,
    /// After a break, a node's new subscriptions get nothing.
    StaysDeaf,
}
