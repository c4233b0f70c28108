//! The rules of several nodes, to be broken once each: [`Rule`].

/// A rule. A world with a broken one must be found to break a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// A swap compares versions.
    OneStep,
    /// A subscription leaves nothing out in silence.
    Silence,
    /// What a store acknowledges is kept.
    KeptAppends,
    /// What is published after `subscribe` has returned is delivered.
    SubscribeThenLook,
    /// One node takes over an orphaned log.
    OneWriter,
    /// A store that can't be asked gives no answer.
    ClosedWhenInDoubt,
    /// A session of an older epoch is refused.
    Epochs,
    /// A session is there after its node has died.
    SessionsOutliveNodes,
}
