//! One reader of a log: [`Reader`].

use std::fmt;
use std::num::NonZeroU64;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::feed::BYTES_A_FETCH;
use super::readers::ReaderId;
use super::shared::{Found, SharedLog};
use super::{Bounds, Events, Log, LogError, Page, Read};
use crate::store::StoredEvents;
use crate::sync::Mutex;

/// A reader's place in a log. It is given back when it is dropped.
///
/// A [`Subscription`](crate::Subscription) has one. It is here for a server that reads a log without a
/// session.
///
/// ```
/// use std::task::{Context, Poll, Waker};
/// use sse_gate_codec::Event;
/// use sse_gate_resume::Logs;
/// use sse_gate_resume::backend::{Page, Read};
///
/// # pollster::block_on(async {
/// let log = Logs::default().create().await?;
/// log.append(&Event::new().data("hello")).await?;
/// let (mut reader, mut page) = (log.reader(), Page::default());
/// let mut cx = Context::from_waker(Waker::noop());
/// assert!(reader.poll_fetch(0, &mut cx).is_ready());
/// assert_eq!(reader.poll_read(0, &mut page, &mut cx), Poll::Ready(Read::Events));
/// assert_eq!((page.len(), log.readers()), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct Reader {
    /// Keeps the handle that it was made with.
    log: Arc<Log>,
    shared: Arc<SharedLog>,
    place: ReaderId,
    /// Up to where it has had everything.
    caught_up: Option<CaughtUp>,
    /// In a box, as most readers are not behind.
    fetch: Option<Box<Fetch>>,
}

type Asked = Pin<Box<dyn Future<Output = Result<Option<StoredEvents>, LogError>> + Send>>;

/// What a reader has taken.
pub(crate) enum Taken<T> {
    /// Of events, this was made.
    Events(T),
    /// There were none, for this reason. It is not [`Read::Events`].
    None(Read),
}

/// Where a log ended when it had been changed so often.
struct CaughtUp {
    after: NonZeroU64,
    changes: u64,
}

/// What a reader that is behind the window asks of the store.
enum Fetch {
    /// The lock makes a reader `Sync`. It is never waited for.
    Asked(Mutex<Asked>),
    Answered {
        after: u64,
        /// `None` if the log is gone from its store.
        answer: Option<StoredEvents>,
        /// Whether that was news to the window.
        is_news: bool,
    },
    Failed,
}

impl Reader {
    pub(crate) fn new(log: Arc<Log>) -> Self {
        let shared = Arc::clone(log.shared());
        shared.lock().readers += 1;
        let place = shared.readers.enroll();
        // Other nodes may have appended while nothing read it here.
        shared.look_again();
        Self {
            log,
            shared,
            place,
            caught_up: None,
            fetch: None,
        }
    }

    /// Asks the store for what comes after event `after`, if the window no longer has it, or another node
    /// has appended more than this one knows of. Is ready when [`poll_read`](Self::poll_read) can be called.
    /// Call it without a lock: it may wake other readers.
    pub fn poll_fetch(&mut self, after: u64, cx: &mut Context<'_>) -> Poll<()> {
        let shared = &self.shared;
        let Some(backing) = &shared.backing else {
            return Poll::Ready(());
        };
        if self.fetch.is_none() {
            if shared.look().covers(after) {
                return Poll::Ready(());
            }
            let (store, id) = (backing.store.clone(), backing.id.clone());
            let read = async move { store.read(id, after, BYTES_A_FETCH).await };
            self.fetch = Some(Box::new(Fetch::Asked(Mutex::new(Box::pin(read)))));
        }
        let Some(fetch) = self.fetch.as_deref_mut() else {
            return Poll::Ready(());
        };
        let Fetch::Asked(asked) = fetch else {
            return Poll::Ready(());
        };
        let polled = asked.lock().as_mut().poll(cx);
        let Poll::Ready(answer) = polled else {
            return Poll::Pending;
        };
        *fetch = match answer {
            Ok(answer) => Fetch::Answered {
                after,
                is_news: answer
                    .as_ref()
                    .is_some_and(|stored| shared.learn_stored(after, &stored.bounds)),
                answer,
            },
            Err(_) => Fetch::Failed,
        };
        Poll::Ready(())
    }

    /// Reads what comes after event `after` into a page, which is empty before.
    ///
    /// If there is nothing, the task is woken as soon as there is: between looking and waiting **nothing
    /// is missed**. Events come in the order of their numbers, without holes.
    pub fn poll_read(&mut self, after: u64, page: &mut Page, cx: &mut Context<'_>) -> Poll<Read> {
        let mut left = None;
        let taken = self.poll_take(after, |events| page.take(events), cx, &mut left);
        taken.map(|taken| match taken {
            Taken::Events(()) => Read::Events,
            Taken::None(read) => read,
        })
    }

    /// As [`poll_read`](Self::poll_read), but events are taken where they are, while the log is locked for writers. At
    /// most one page is taken. `left` gets the waker of another task that waited, to be dropped without a lock.
    pub(crate) fn poll_take<T>(
        &mut self,
        after: u64,
        mut take: impl FnMut(Events<'_>) -> T,
        cx: &mut Context<'_>,
        left: &mut Option<Waker>,
    ) -> Poll<Taken<T>> {
        if let Some(fetch) = self.fetch.take() {
            return self.take_fetched(*fetch, after, take, cx);
        }
        loop {
            let changes = self.shared.changes();
            if !self.is_caught_up(after, changes) {
                match self.shared.find(after, &mut take) {
                    Found::Nothing => {}
                    found => return self.tell(found, changes, cx),
                }
            }
            // A change is counted before this place is locked to be woken. So none is missed between looking and waiting.
            let place = self.shared.readers.lock(self.place);
            if self.shared.changes() == changes {
                *left = place.wait(cx);
                return Poll::Pending;
            }
        }
    }

    /// Whether it has had all up to this event, and the log was not changed since it looked. Most of the time that is so when
    /// it has just read something.
    fn is_caught_up(&self, after: u64, changes: u64) -> bool {
        let caught_up = self.caught_up.as_ref();
        caught_up.is_some_and(|it| it.after.get() == after && it.changes == changes)
    }

    /// What it has found after so many changes of the log.
    fn tell<T>(&mut self, found: Found<T>, changes: u64, cx: &Context<'_>) -> Poll<Taken<T>> {
        self.caught_up = None;
        match found {
            Found::Behind { .. } | Found::Read(Read::Ahead { .. })
                if self.shared.backing.is_some() =>
            {
                // It was not so just now. The store is asked at the next look.
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Found::Events { taken, all_up_to } => {
                self.caught_up = all_up_to.map(|after| CaughtUp { after, changes });
                Poll::Ready(Taken::Events(taken))
            }
            Found::Read(read) => Poll::Ready(Taken::None(read)),
            Found::Behind { first } => Poll::Ready(Taken::None(Read::Trimmed { first })),
            Found::Nothing => Poll::Pending,
        }
    }

    fn take_fetched<T>(
        &mut self,
        fetch: Fetch,
        after: u64,
        take: impl FnOnce(Events<'_>) -> T,
        cx: &mut Context<'_>,
    ) -> Poll<Taken<T>> {
        let none = |read| Poll::Ready(Taken::None(read));
        let (stored, is_news) = match fetch {
            Fetch::Answered {
                after: asked,
                answer: Some(stored),
                is_news,
            } if asked == after => (stored, is_news),
            // The log is gone from its store, or the store can't be asked.
            Fetch::Answered { answer: None, .. } | Fetch::Failed => {
                return none(Read::Unavailable);
            }
            // The answer is to another question.
            Fetch::Asked(_) | Fetch::Answered { .. } => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        };
        let Bounds { first, last, .. } = stored.bounds;
        if stored.bounds.was_told_failure(after) {
            return none(Read::Told);
        }
        if after > last {
            return none(Read::Ahead { last });
        }
        if is_news && stored.events.is_empty() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if after == last && self.shared.look().covers(after) {
            // The window has caught up while the store was asked.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if after + 1 < first {
            return none(Read::Trimmed { first });
        }
        if stored.events.is_empty() || stored.first != after + 1 {
            return none(Read::Unavailable);
        }
        let last = last.max(self.shared.look().retained.last());
        let events = Events::stored(stored.first, &stored.events, last);
        Poll::Ready(Taken::Events(take(events)))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let shared = &self.shared;
        let now = shared.clock.steady();
        shared.readers.dismiss(self.place);
        shared.tell_writer(|state| {
            state.readers -= 1;
            if state.readers > 0 {
                return None;
            }
            state.deserted_since = now;
            state.writer.take()
        });
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("log", &self.log)
            .finish_non_exhaustive()
    }
}
