//! What is between a server and a client: [`Pipe`].

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use sse_gate_resume::backend::LogEpoch;

/// One request and its response. The server's end and the client's are clones.
#[derive(Clone, Default)]
pub(crate) struct Pipe(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    status: Option<Status>,
    chunks: VecDeque<Vec<u8>>,
    /// The server has ended the response, or is dead.
    is_over: bool,
    /// The client has gone.
    is_gone: bool,
    client: Option<Waker>,
    server: Option<Waker>,
}

/// What a client is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// A stream of this log follows.
    Stream(LogEpoch),
    /// Come back later.
    Later,
    /// There is nothing more: a native client stops.
    Gone,
    /// The id or the token is refused.
    Refused,
}

impl Pipe {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (result, wakers) = {
            let mut state = self.0.lock().unwrap();
            let result = change(&mut state);
            (result, [state.client.take(), state.server.take()])
        };
        wakers.into_iter().flatten().for_each(Waker::wake);
        result
    }

    pub(crate) fn answer(&self, status: Status) {
        self.change(|state| state.status = Some(status));
    }

    pub(crate) fn send(&self, bytes: Vec<u8>) {
        self.change(|state| state.chunks.push_back(bytes));
    }

    pub(crate) fn leave(&self) {
        self.change(|state| state.is_gone = true);
    }

    /// Is ready when the client has gone.
    pub(crate) async fn client_gone(&self) {
        poll_fn(|cx| {
            let mut state = self.0.lock().unwrap();
            if state.is_gone {
                return Poll::Ready(());
            }
            state.server = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// The status, or `None` if the server died before.
    pub(crate) async fn status(&self) -> Option<Status> {
        poll_fn(|cx| {
            let mut state = self.0.lock().unwrap();
            if state.status.is_some() || state.is_over {
                return Poll::Ready(state.status);
            }
            state.client = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// What comes next, or `None` at the end.
    pub(crate) async fn next(&self) -> Option<Vec<u8>> {
        poll_fn(|cx| {
            let mut state = self.0.lock().unwrap();
            let next = state.chunks.pop_front();
            if next.is_some() || state.is_over {
                return Poll::Ready(next);
            }
            state.client = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }
}

/// The server's hold on a response: when it is dropped, the response is over.
pub(crate) struct Response(pub(crate) Pipe);

impl Drop for Response {
    fn drop(&mut self) {
        self.0.change(|state| state.is_over = true);
    }
}
