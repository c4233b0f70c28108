//! Layers around the app go on with their work while a stream is parked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::stage::{App, FedBody, Scene, until};

/// A layer that changes bodies: the client gets what it has made of each frame.
#[tokio::test]
async fn a_body_that_a_layer_changes_is_parked_with_the_layer() {
    let layer = |app: App| {
        app.map_response(|response: Response<FedBody>| {
            response.map(|body| {
                body.map_frame(|frame| {
                    frame.map_data(|data| Bytes::from(data.to_ascii_uppercase().repeat(2)))
                })
            })
        })
    };
    let mut scene = Scene::behind(layer, "text/event-stream", true, |server| server).await;
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    feed.send("one");
    client.until("6\r\nONEONE\r\n").await;
    scene.until_parked(1).await;
    feed.send("two");
    drop(feed);
    let rest = "6\r\nTWOTWO\r\n0\r\n\r\n";
    assert_eq!(client.until("0\r\n\r\n").await, rest);
}

/// A layer that counts open bodies sees the end of a parked one when it ends, and not before.
#[tokio::test]
async fn a_layer_sees_the_end_of_a_parked_stream() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let open = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&open);
    let layer = |app: App| {
        app.map_response(move |response: Response<FedBody>| {
            counter.fetch_add(1, Ordering::Relaxed);
            let guard = Counted(Arc::clone(&counter));
            response.map(|body| {
                body.map_frame(move |frame| {
                    let _ = &guard;
                    frame
                })
            })
        })
    };
    let mut scene = Scene::behind(layer, "text/event-stream", true, |server| server).await;
    let (mut client, feed) = scene.parked().await;
    assert_eq!(open.load(Ordering::Relaxed), 1);
    drop(feed);
    client.until("0\r\n\r\n").await;
    until(|| open.load(Ordering::Relaxed) == 0).await;
}
