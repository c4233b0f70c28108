//! The settings of a resumable route: [`Resumable`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sse_gate_resume::backend::Chore;
use sse_gate_resume::{ResumePolicy, Sessions, SlowPolicy};
use tokio::runtime::Handle;

use super::listening::Listening;
use super::{WorkError, WorkSlots};
use crate::Granted;

/// The settings of a [resumable](crate::GateLayer::resumable) route. The sessions are required; all
/// other settings have a default.
///
/// | setting | default |
/// |---|---|
/// | [`with_policy`](Self::with_policy) | a session waits for its client for 2 min |
/// | [`with_slow_policy`](Self::with_slow_policy) | a client may be 256 events behind for 10 s |
/// | [`with_work_slots`](Self::with_work_slots) | 10,000 pieces of work, 16 of one subject |
/// | [`on_work_error`](Self::on_work_error) | errors of work are dropped |
/// | [`with_restarted_work`](Self::with_restarted_work) | work that died with its process has failed |
/// | [`with_insecure_opening_grace`](Self::with_insecure_opening_grace) | off |
///
/// ```
/// use std::time::Duration;
/// use sse_gate::sessions::{ResumePolicy, SlowPolicy};
/// use sse_gate::{Gate, GateLayer, Resumable, SseRoute, WorkSlots};
///
/// let (gate, route) = (Gate::in_memory(), SseRoute::new("/answers/{id}")?);
/// let settings = Resumable::new(&gate.new_sessions()?)
///     .with_policy(ResumePolicy::default().with_idle(Duration::from_secs(300)))
///     .with_slow_policy(SlowPolicy::NEVER)
///     .with_work_slots(WorkSlots::new(500, 4))
///     .on_work_error(|granted, error| eprintln!("{:?}: {error}", granted.resource()));
/// let layer = GateLayer::new(&gate, &route).resumable(settings);
/// # let _ = layer;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Resumable {
    pub(crate) sessions: Sessions,
    pub(crate) policy: ResumePolicy,
    pub(crate) slow: SlowPolicy,
    pub(crate) opening_grace: Option<Duration>,
    pub(crate) work: WorkSlots,
    pub(crate) on_work_error: Option<WorkHook>,
    pub(crate) restarts_work: bool,
    listening: Listening,
}

/// The hook that gets the errors of work.
#[derive(Clone)]
pub(crate) struct WorkHook(pub(crate) Arc<OnWorkError>);

type OnWorkError = dyn Fn(&Granted, WorkError) + Send + Sync;

/// Runs a chore of the sessions or logs on the tokio runtime of this thread, if there is one.
pub(crate) fn in_background(chore: Chore) -> Option<Chore> {
    match Handle::try_current() {
        Ok(runtime) => {
            runtime.spawn(chore);
            None
        }
        Err(_) => Some(chore),
    }
}

impl fmt::Debug for WorkHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkHook")
    }
}

impl Resumable {
    /// The default settings, with these sessions. Several routes may share them.
    /// [`Gate::new_sessions`](crate::Gate::new_sessions) makes sessions in memory.
    ///
    /// Sessions with a [bus](Sessions::with_bus) begin to listen to the other nodes here, if this is within
    /// a Tokio runtime, and else with the first request. So give them their bus, logs and observer before.
    pub fn new(sessions: &Sessions) -> Self {
        let settings = Self {
            sessions: sessions.clone().with_spawn(in_background),
            policy: ResumePolicy::default(),
            slow: SlowPolicy::default(),
            opening_grace: None,
            work: WorkSlots::default(),
            on_work_error: None,
            restarts_work: false,
            listening: Listening::default(),
        };
        settings.listen();
        settings
    }

    /// Lets the sessions listen to the other nodes, unless they do.
    pub(crate) fn listen(&self) {
        self.listening.start(&self.sessions);
    }

    /// Starts work again that died with its process. Without it, the answer of such work ends as failed.
    ///
    /// It matters only for logs in a [store](sse_gate_resume::Logs::with_store) that outlives the process.
    /// The work starts when its client comes back, and
    /// [`Publisher::last`](crate::Publisher::last) says how many events it had published. With several nodes,
    /// a client may read the answer on another node than the one that died. Its connection ends within a few
    /// seconds after the dead node counts as gone, so that it comes back.
    ///
    /// To take the work over, the store of the logs is asked. If its answer comes too late, or the client is
    /// gone again by then, the answer of the work ends as failed. If the store fails, or there is no room for the
    /// work, the client gets what there is, and is sent away after 3 s to come back.
    ///
    /// The payload of the grant is kept with the session, so that the work finds it again.
    pub fn with_restarted_work(mut self) -> Self {
        self.restarts_work = true;
        self
    }

    /// How sessions treat clients that come back: how long they wait for them, how often a client may
    /// replace its own connection, and how often an id may be used twice because an answer was lost.
    pub fn with_policy(mut self, policy: ResumePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// When a client counts as too slow. Its connection then ends, and it comes back and continues. A slow
    /// client costs no memory: what it has not read is in the log.
    pub fn with_slow_policy(mut self, policy: SlowPolicy) -> Self {
        self.slow = policy;
        self
    }

    /// The caps on work in progress. Give clones of one [`WorkSlots`] to several routes to make them count
    /// together. By default each route counts for itself, with the defaults of [`WorkSlots`].
    pub fn with_work_slots(mut self, slots: WorkSlots) -> Self {
        self.work = slots;
        self
    }

    /// Calls `hook` when the work behind a stream fails, panics, or returns without finishing its log.
    /// When the session is over, publishing fails, so errors of the work are expected: then the hook only
    /// gets panics.
    ///
    /// ```
    /// use sse_gate::{Gate, Resumable, WorkError};
    ///
    /// let sessions = Gate::in_memory().new_sessions()?;
    /// let settings = Resumable::new(&sessions).on_work_error(|granted, error| match error {
    ///     WorkError::Unfinished => eprintln!("no end for {}", granted.subject().as_str()),
    ///     error => eprintln!("work failed: {error}"),
    /// });
    /// # let _ = settings;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_work_error(
        mut self,
        hook: impl Fn(&Granted, WorkError) + Send + Sync + 'static,
    ) -> Self {
        self.on_work_error = Some(WorkHook(Arc::new(hook)));
        self
    }

    /// Accepts a token a second time within `grace`, if the first answer may be lost. `grace` is 5 s at
    /// most.
    ///
    /// **Insecure**: for that time, the URL alone opens the stream. It does so while no write to the first
    /// connection has succeeded, or after that connection has ended. The first connection is cut then.
    ///
    /// Without this, a client whose first answer is lost must ask for a new token.
    pub fn with_insecure_opening_grace(mut self, grace: Duration) -> Self {
        self.opening_grace = Some(grace);
        self
    }
}

impl From<&Sessions> for Resumable {
    fn from(sessions: &Sessions) -> Self {
        Self::new(sessions)
    }
}
