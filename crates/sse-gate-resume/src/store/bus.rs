//! How nodes tell each other what has changed: [`Bus`].

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Notice;

/// Carries [notices](Notice) between the nodes that share a store.
///
/// A store for several nodes tells them **in the same operation** that changes something: a node that
/// dies between the two would leave the others with what is no longer true.
///
/// | operation | notice |
/// |---|---|
/// | [`SessionStore::swap`](super::SessionStore::swap), if it counts and changes the generation or closes the session | [`Notice::of_session`] |
/// | [`LogStore::append`](super::LogStore::append) and [`end`](super::LogStore::end) | [`Notice::Appended`] |
///
/// All else is published by the nodes themselves.
///
/// # What a subscription may do
///
/// It may deliver a notice twice, and in another order, but **no probe before what was published before
/// it**. It must not leave a notice out in silence: a subscription that may have missed something ends,
/// and so does one whose channel is gone, if the bus can tell. If it can't, probes no longer come back,
/// and the node gives it up. Then the node subscribes anew, and looks into the store before its streams
/// go on.
///
/// ```
/// use sse_gate_resume::backend::{Bus, LogEpoch, MemoryBus, Notice};
///
/// # pollster::block_on(async {
/// let bus = MemoryBus::default();
/// let (mut one, mut two) = (bus.subscribe().await?, bus.subscribe().await?);
/// let notice = Notice::Stop { log: LogEpoch::from_bytes([7; 8]) };
/// bus.publish(notice).await?;
/// assert_eq!(one.next().await, Some(notice));
/// assert_eq!(two.next().await, Some(notice));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub trait Bus: fmt::Debug + Send + Sync + 'static {
    /// Tells all nodes, this one included.
    ///
    /// # Errors
    ///
    /// It is not known whether the others were told.
    fn publish(&self, notice: Notice) -> impl Future<Output = Result<(), BusError>> + Send;

    /// Begins to listen: what is published after this has returned is delivered.
    ///
    /// # Errors
    ///
    /// There is no channel.
    fn subscribe(&self) -> impl Future<Output = Result<Notices, BusError>> + Send;
}

/// The notices of one [subscription](Bus::subscribe), until it ends.
pub struct Notices(Box<dyn PollNotices>);

trait PollNotices: FnMut(&mut Context<'_>) -> Poll<Option<Notice>> + Send {}

impl<F: FnMut(&mut Context<'_>) -> Poll<Option<Notice>> + Send> PollNotices for F {}

impl Notices {
    /// Notices that this function yields. `None` is the end of the subscription: the function is not
    /// called again.
    ///
    /// ```
    /// use std::task::Poll;
    /// use sse_gate_resume::backend::Notices;
    ///
    /// // A subscription that has ended.
    /// let mut notices = Notices::new(|_| Poll::Ready(None));
    /// # pollster::block_on(async {
    /// assert_eq!(notices.next().await, None);
    /// # });
    /// ```
    pub fn new(
        poll: impl FnMut(&mut Context<'_>) -> Poll<Option<Notice>> + Send + 'static,
    ) -> Self {
        Self(Box::new(poll))
    }

    /// The next notice, or `None` when the subscription has ended.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Notice>> {
        (self.0)(cx)
    }

    /// The next notice, or `None` when the subscription has ended.
    pub async fn next(&mut self) -> Option<Notice> {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").finish_non_exhaustive()
    }
}

/// A bus could not do what it was asked to.
///
/// ```
/// use std::error::Error;
/// use sse_gate_resume::error::BusError;
///
/// let error = BusError::new("no route to host");
/// assert_eq!(error.to_string(), "other nodes can't be reached");
/// assert_eq!(error.source().unwrap().to_string(), "no route to host");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("other nodes can't be reached")]
pub struct BusError(#[source] Box<dyn Error + Send + Sync>);

impl BusError {
    /// The channel can't be used, for this reason.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

/// Any [`Bus`] behind one type. Clones share the bus.
#[derive(Clone)]
pub(crate) struct SharedBus(Arc<dyn ErasedBus>);

impl SharedBus {
    pub(crate) fn new(bus: impl Bus) -> Self {
        Self(Arc::new(bus))
    }

    pub(crate) fn publish(&self, notice: Notice) -> Answer<'_, ()> {
        self.0.publish(notice)
    }

    pub(crate) fn subscribe(&self) -> Answer<'_, Notices> {
        self.0.subscribe()
    }
}

impl fmt::Debug for SharedBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedBus").field(&self.0).finish()
    }
}

type Answer<'b, T> = Pin<Box<dyn Future<Output = Result<T, BusError>> + Send + 'b>>;

/// A copy of [`Bus`] that trait objects can implement.
trait ErasedBus: fmt::Debug + Send + Sync {
    fn publish(&self, notice: Notice) -> Answer<'_, ()>;
    fn subscribe(&self) -> Answer<'_, Notices>;
}

impl<B: Bus> ErasedBus for B {
    fn publish(&self, notice: Notice) -> Answer<'_, ()> {
        Box::pin(Bus::publish(self, notice))
    }

    fn subscribe(&self) -> Answer<'_, Notices> {
        Box::pin(Bus::subscribe(self))
    }
}
