//! What it takes to open a session: [`Arrival`] and [`Opening`].

use std::sync::Arc;

use sse_gate_core::{EntropyError, Grant, SteadyTime, TokenKey};

use crate::log::Log;
use crate::session::{ResumePolicy, SessionEpoch, SessionError};
use crate::start::Start;

/// What is read from a store of sessions **before** a token is taken:
/// [`Sessions::arrival`](crate::Sessions::arrival). Opening the session needs it.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// After a revocation in a later epoch, the session is not opened.
    pub(crate) epoch: SessionEpoch,
    /// When the token was shown, by the store's time.
    pub(crate) at: SteadyTime,
    /// The same moment, by this node's steady time.
    pub(crate) seen_at: SteadyTime,
}

/// The session to open for a token that was redeemed: [`Sessions::open`](crate::Sessions::open).
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
/// use sse_gate_resume::{Logs, Opening, ResumePolicy, Sessions};
///
/// # pollster::block_on(async {
/// # let (sessions, chat) = (Sessions::in_memory()?, Resource::new(["chat"])?);
/// # let gate = TokenGate::new(MemoryStore::default());
/// # let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, chat.clone())).await?;
/// // The order matters: first the arrival, then the token.
/// let arrival = sessions.arrival().await?;
/// let grant = gate.redeem(issued.token().expose(), &chat).await?;
///
/// let log = Logs::default().create_for(grant.subject()).await?;
/// let policy = ResumePolicy::default().with_idle(Duration::from_secs(30));
/// let opening = Opening::new(arrival, &grant, issued.key(), Arc::new(log)).with_policy(policy);
/// let subscription = sessions.open(opening).await?;
/// assert_eq!(subscription.binding().policy, policy);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Opening<'a> {
    pub(crate) grant: &'a Grant,
    pub(crate) token: TokenKey,
    pub(crate) arrival: Arrival,
    pub(crate) log: Arc<Log>,
    pub(crate) owns_log: bool,
    start: Option<Start>,
    pub(crate) policy: ResumePolicy,
    pub(crate) keeps_payload: bool,
}

impl<'a> Opening<'a> {
    /// A session on a log of its own, from the log's beginning. The log ends with it.
    ///
    /// `arrival` was read before the token was taken. If the subject's sessions are revoked after
    /// that, no session is opened, even minutes later.
    pub fn new(
        arrival: Arrival,
        grant: &'a Grant,
        token: TokenKey,
        own_log: impl Into<Arc<Log>>,
    ) -> Self {
        Self {
            grant,
            token,
            arrival,
            log: own_log.into(),
            owns_log: true,
            start: None,
            policy: ResumePolicy::default(),
            keeps_payload: false,
        }
    }

    /// Keeps the payload of the grant with the session, for work that may be started again. It takes its
    /// room in the store until the session is closed, so
    /// [`SessionLimits`](crate::SessionLimits) and the largest payload of a token bound it together.
    pub fn with_kept_payload(mut self) -> Self {
        self.keeps_payload = true;
        self
    }

    /// Says that other sessions read the log, too, and that it goes on when this one is over. Such
    /// a session begins [`Now`](Start::Now), unless [`with_start`](Self::with_start) says otherwise.
    pub fn on_shared_log(mut self) -> Self {
        self.owns_log = false;
        self
    }

    /// Sets where in the log the session begins. The default is the [beginning](Start::Beginning)
    /// of a log of its own, and [now](Start::Now) in a shared one.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use sse_gate_codec::Event;
    /// # use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
    /// use sse_gate_resume::{Logs, Opening, Sessions, Start};
    ///
    /// # pollster::block_on(async {
    /// # let gate = TokenGate::new(MemoryStore::default());
    /// # let resource = Resource::new(["news"])?;
    /// # let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, resource.clone())).await?;
    /// # let sessions = Sessions::in_memory()?;
    /// # let arrival = sessions.arrival().await?;
    /// # let grant = gate.redeem(issued.token().expose(), &resource).await?;
    /// # let key = issued.key();
    /// let news = Logs::default().create().await?;
    /// for headline in ["one", "two", "three"] {
    ///     news.append(&Event::new().data(headline)).await?;
    /// }
    /// // The last two headlines, then new ones.
    /// let opening = Opening::new(arrival, &grant, key, Arc::new(news))
    ///     .on_shared_log()
    ///     .with_start(Start::Last(2));
    /// let subscription = sessions.open(opening).await?;
    /// assert_eq!(subscription.binding().base, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn with_start(mut self, start: Start) -> Self {
        self.start = Some(start);
        self
    }

    /// Sets how the session deals with clients that come back.
    pub fn with_policy(mut self, policy: ResumePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The grant, as the session keeps it.
    pub(crate) fn kept_grant(&self) -> Grant {
        if self.keeps_payload {
            return self.grant.clone();
        }
        self.grant.without_payload()
    }

    pub(crate) fn start(&self) -> Start {
        let default = if self.owns_log {
            Start::Beginning
        } else {
            Start::Now
        };
        self.start.unwrap_or(default)
    }
}

/// A session was not opened.
#[derive(Debug, thiserror::Error)]
#[error("session can't be opened")]
#[non_exhaustive]
pub enum OpenError {
    /// The system's random number generator failed.
    NoEntropy(#[from] EntropyError),
    /// The store did not take the session: it is full, can't be reached, or the subject's sessions
    /// were revoked.
    Store(#[from] SessionError),
}
