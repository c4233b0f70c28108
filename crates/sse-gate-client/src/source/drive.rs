//! How an [`EventSource`] drives its machine.

use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::EventSource;
use super::io::Io;
use crate::machine::Step;
use crate::transport::Http;
use crate::{BoxError, Error, Update};

/// How many steps without an update are taken before other tasks have their turn.
const BUDGET: usize = 64;

impl EventSource {
    /// Does what the machine says, until there is something for the user.
    pub(super) fn poll_update(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Update, Error>>> {
        let start = *self.start.get_or_insert_with(Instant::now);
        for _ in 0..BUDGET {
            let now = start.elapsed();
            match self.machine.poll(now, self.random.next()) {
                Step::Update(update) => return Poll::Ready(Some(Ok(update))),
                Step::Prepare(attempt) => {
                    let Some(tokens) = self.tokens.take() else {
                        // It is away only while it makes the request before.
                        return Poll::Pending;
                    };
                    let http = Http::new(self.transport.clone());
                    self.io = Io::prepare(tokens, attempt, http, self.answer);
                }
                Step::Send(request) => {
                    let request = request.map(|()| Bytes::new());
                    self.io = Io::Sending(self.transport.clone().send(request));
                }
                Step::Continue(until) => {
                    ready!(self.poll_io(until.map(|it| start + it), start, cx));
                }
                Step::Wait(until) => {
                    self.io = Io::None;
                    ready!(self.poll_sleep(start + until, cx));
                }
                Step::Closed(result) => {
                    self.io = Io::None;
                    self.is_over = true;
                    return Poll::Ready(result.err().map(Err));
                }
            }
        }
        // A flood of what is not shown must not keep the task from others.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Goes on with what is under way, and tells the machine.
    fn poll_io(
        &mut self,
        until: Option<Instant>,
        start: Instant,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if self.poll_input(start, cx).is_ready() {
            return Poll::Ready(());
        }
        let Some(until) = until else {
            return Poll::Pending;
        };
        ready!(self.poll_sleep(until, cx));
        self.io = Io::None;
        self.machine.timed_out(start.elapsed());
        Poll::Ready(())
    }

    fn poll_input(&mut self, start: Instant, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.io {
            Io::None => return Poll::Pending,
            Io::Preparing(preparing) => {
                let (tokens, made) = ready!(preparing.as_mut().poll(cx));
                self.tokens = Some(tokens);
                self.io = Io::None;
                match made {
                    Ok(request) => self.machine.prepared(request),
                    Err(error) => self.machine.unprepared(error),
                }
            }
            Io::Sending(sending) => match ready!(sending.as_mut().poll(cx)) {
                Ok(answer) => {
                    let (head, body) = answer.into_parts();
                    self.io = Io::Reading(body);
                    self.machine
                        .head(start.elapsed(), head.status, &head.headers);
                }
                Err(error) => self.fail(error),
            },
            Io::Reading(body) => match ready!(body.poll_data(cx)) {
                Some(Ok(chunk)) => self.machine.chunk(start.elapsed(), chunk),
                Some(Err(error)) => self.fail(error),
                None => {
                    self.io = Io::None;
                    self.machine.end();
                }
            },
        }
        Poll::Ready(())
    }

    fn fail(&mut self, error: BoxError) {
        self.io = Io::None;
        self.machine.failed(error);
    }

    fn poll_sleep(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        if sleep.deadline() != until {
            sleep.as_mut().reset(until);
        }
        sleep.as_mut().poll(cx)
    }
}
