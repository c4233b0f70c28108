//! A bus in memory: [`MemoryBus`].

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use crate::log::keep_waker;
use crate::store::{Bus, BusError, Notice, Notices};
use crate::sync::Mutex;

/// So many notices wait for one subscriber at most. If there are more, its subscription ends.
const MAX_WAITING: usize = 16 * 1024;

/// A bus between nodes in one process, for tests and simulations. Clones are of the same bus.
///
/// A subscriber that falls 16,384 notices behind loses its subscription.
///
/// ```
/// use sse_gate_resume::MemorySessions;
/// use sse_gate_resume::backend::{Bus, MemoryBus, MemoryLogStore};
///
/// # pollster::block_on(async {
/// // Both stores tell the nodes what they change.
/// let bus = MemoryBus::default();
/// let sessions = MemorySessions::default().with_bus(&bus);
/// let logs = MemoryLogStore::default().with_bus(&bus);
/// let notices = bus.subscribe().await?;
/// # let _ = (sessions, logs, notices);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct MemoryBus(Arc<Mutex<Vec<Weak<Mutex<Queue>>>>>);

/// What waits for one subscriber.
#[derive(Default)]
struct Queue {
    notices: VecDeque<Notice>,
    is_over: bool,
    waker: Option<Waker>,
}

impl MemoryBus {
    /// Tells all subscribers. Call it without a lock, as it wakes them.
    pub(super) fn tell(&self, notice: Notice) {
        let (mut woken, mut held) = (Vec::new(), Vec::new());
        self.0.lock().retain(|queue| {
            let Some(shared) = queue.upgrade() else {
                return false;
            };
            // One whose subscriber has gone meanwhile is freed without the lock.
            held.push(Arc::clone(&shared));
            let mut queue = shared.lock();
            if queue.notices.len() < MAX_WAITING {
                queue.notices.push_back(notice);
            } else {
                queue.is_over = true;
            }
            woken.extend(queue.waker.take());
            !queue.is_over
        });
        woken.into_iter().for_each(Waker::wake);
    }
}

impl Queue {
    /// The next notice. `left` gets the waker of another task that waited, to be dropped without the lock.
    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        left: &mut Option<Waker>,
    ) -> Poll<Option<Notice>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let next = self.notices.pop_front();
        if next.is_none() {
            *left = keep_waker(&mut self.waker, cx);
            return Poll::Pending;
        }
        Poll::Ready(next)
    }
}

impl Bus for MemoryBus {
    async fn publish(&self, notice: Notice) -> Result<(), BusError> {
        self.tell(notice);
        Ok(())
    }

    async fn subscribe(&self) -> Result<Notices, BusError> {
        let queue = Arc::<Mutex<Queue>>::default();
        self.0.lock().push(Arc::downgrade(&queue));
        Ok(Notices::new(move |cx| {
            let mut left = None;
            let next = queue.lock().poll_next(cx, &mut left);
            drop(left);
            next
        }))
    }
}

impl fmt::Debug for MemoryBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBus")
            .field("subscribers", &self.0.lock().len())
            .finish_non_exhaustive()
    }
}
