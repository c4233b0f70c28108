//! Streams over real sockets, parked and not.
#![allow(clippy::unwrap_used, reason = "what fails in a test panics")]

/// Runs each test with parked streams, and with streams that stay with hyper.
macro_rules! parked_and_not {
    ($($name:ident;)*) => {
        mod parked {
            $(#[tokio::test]
            async fn $name() {
                super::$name(true).await;
            })*
        }

        mod with_hyper {
            $(#[tokio::test]
            async fn $name() {
                super::$name(false).await;
            })*
        }
    };
}

mod conditions;
mod ends;
mod goes_on;
mod http2;
mod layers;
mod limits;
mod slow;
mod stage;
#[cfg(feature = "rustls")]
mod tls;
