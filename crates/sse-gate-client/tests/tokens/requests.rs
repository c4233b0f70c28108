//! What a token source sends its own requests with.

use http::Request;
use sse_gate_client::{Attempt, ErrorKind, Http, Settings, StreamRequest, TokenError, TokenSource};

use crate::transport::{COMPLETE, Scripted};

/// Asks for something, and does not look at it.
struct Curious;

impl TokenSource for Curious {
    async fn request(&mut self, _: Attempt, http: Http) -> Result<StreamRequest, TokenError> {
        assert_eq!(format!("{http:?}"), "Http(..)");
        let request = Request::get("https://example.org/").body(Vec::new());
        http.send(request.map_err(TokenError::permanent)?).await?;
        StreamRequest::new("https://example.org/feed").map_err(TokenError::permanent)
    }
}

/// H5
#[tokio::test(start_paused = true)]
async fn an_answer_to_a_source_has_64_kib_at_most() {
    for (length, kind) in [(65_536, None), (65_537, Some(ErrorKind::Source))] {
        let server = Scripted::new([(200, &*"x".repeat(length)), (200, COMPLETE)]);
        let (_, error) = server.read(Curious, Settings::new()).await;
        assert_eq!(error.map(|it| it.kind()), kind, "{length}");
    }
}
