//! The body of a request that is under way: [`TrackedBody`].

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};

use super::UnderWay;

/// The body of a response, whose request is under way until it is dropped.
#[derive(Debug)]
pub(crate) struct TrackedBody<B> {
    body: Pin<Box<B>>,
    request: UnderWay,
    /// Whether its client has to take each frame in time.
    limits_frames: bool,
}

impl<B> TrackedBody<B> {
    pub(super) fn new(body: B, request: UnderWay) -> Self {
        Self {
            body: Box::pin(body),
            request,
            limits_frames: false,
        }
    }

    pub(super) fn of_stream(body: B, request: UnderWay) -> Self {
        Self {
            limits_frames: true,
            ..Self::new(body, request)
        }
    }
}

impl<B: Body> Body for TrackedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = self.body.as_mut().poll_frame(cx);
        if self.limits_frames {
            // A server that asks for more, and waits for it, has sent what it had.
            match &frame {
                Poll::Ready(_) => self.request.waits(),
                Poll::Pending => self.request.goes_on(),
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use futures_util::poll;
    use http_body_util::{BodyExt, Full};
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::activity::{Activity, Limits, Over};

    /// What is tracked is sent as if it were not.
    #[tokio::test]
    async fn a_tracked_body_is_like_its_own() {
        let body = Full::new(Bytes::from_static(b"hello"));
        let mut body = Activity::new().begin().until_end_of(body);
        assert_eq!(body.size_hint().exact(), Some(5));
        assert!(!body.is_end_stream());
        let frame = body.frame().await.expect("there is a frame").unwrap();
        assert_eq!(frame.into_data().unwrap(), "hello");
        assert!(body.is_end_stream());
        assert!(body.frame().await.is_none());
    }

    /// A stream may be silent for as long as it likes, and its client may not leave a frame.
    #[tokio::test(start_paused = true)]
    async fn a_frame_of_a_stream_is_taken_in_time() {
        let limits = Limits {
            idle: Duration::from_secs(30),
            answer: Duration::from_secs(100),
        };
        let activity = Activity::new();
        let (sender, frames) = tokio::sync::mpsc::unbounded_channel::<Bytes>();
        let mut body = activity.begin().until_end_of_stream(Fed(frames));
        let start = Instant::now();
        tokio::spawn(async move {
            for _ in 0..2 {
                // It waits for a frame, and then for its client.
                sleep(Duration::from_secs(50)).await;
                assert!(poll!(body.frame()).is_pending());
                sleep(Duration::from_secs(1000)).await;
                sender.send(Bytes::new()).unwrap();
                assert!(poll!(body.frame()).is_ready());
            }
            std::mem::forget(body);
        });
        assert_eq!(activity.over(limits).await, Over::Answer);
        assert_eq!(
            start.elapsed(),
            Duration::from_secs(2 * 1050) + limits.answer
        );
    }

    struct Fed(tokio::sync::mpsc::UnboundedReceiver<Bytes>);

    impl Body for Fed {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            self.0
                .poll_recv(cx)
                .map(|frame| frame.map(|data| Ok(Frame::data(data))))
        }
    }
}
