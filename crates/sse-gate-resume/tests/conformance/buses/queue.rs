//! What waits for one subscription of a bus with a [`Flaw`]: [`Queue`].

use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

use sse_gate_resume::backend::Notice;

use super::flaw::Flaw;

/// So many notices wait for a subscription, if the flaw is about that.
pub(super) const MAX_WAITING: usize = 1_000;

/// What waits for one subscription.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) flaw: Flaw,
    pub(super) node: u8,
    pub(super) notices: VecDeque<Notice>,
    pub(super) is_over: bool,
    pub(super) is_deaf: bool,
    /// How many notices still come.
    pub(super) left: usize,
    pub(super) waker: Option<Waker>,
}

impl Queue {
    pub(super) fn take(&mut self, notice: Notice) {
        let is_full = self.notices.len() >= MAX_WAITING;
        match (self.flaw, notice) {
            (Flaw::DropsTheNewest, _) if is_full => {}
            (Flaw::AnswersLate, _) if is_full => self.is_over = true,
            (Flaw::ProbesOvertake, Notice::Probe { .. }) => self.notices.push_front(notice),
            _ => self.notices.push_back(notice),
        }
        if self.flaw == Flaw::DropsTheOldest && is_full {
            self.notices.pop_front();
        }
        self.wake();
    }

    pub(super) fn end(&mut self) {
        self.is_over = true;
        self.wake();
    }

    pub(super) fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Notice>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let next = self.notices.pop_front();
        if next.is_none() {
            self.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(next)
    }
}
