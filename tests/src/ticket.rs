//! What opens a stream of the chat's or the feed's, and goes on with it: [`Ticket`].

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::events::AGAIN;
use crate::user::Minted;
use crate::{Request, Response, User, in_time};

/// A token, and where it opens a stream that survives reconnects.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The token: in the path of the chat's, in the query of the feed's.
    pub token: String,
    /// The path and query, token included.
    pub target: String,
}

impl Ticket {
    fn of(minted: Minted) -> Self {
        let target = minted.target();
        Self {
            token: minted.token,
            target,
        }
    }

    /// The request of an `EventSource` that shows the token for the first time.
    pub fn request(&self) -> Request {
        Request::stream(&*self.target)
    }

    /// The request of one that comes back with the last id it saw.
    pub fn resume(&self, id: &str) -> Request {
        Request::resume(&*self.target, id)
    }
}

impl User<'_> {
    /// Where messages are left.
    pub const INITIATE: &'static str = "/api/chat/stream/initiate";

    /// Leaves a message; what opens its answer.
    pub async fn ask_chat(&self, message: &str) -> Ticket {
        Self::chat_ticket(&self.initiate(message).await)
    }

    /// The same where the store may be too late: then the message is left again.
    pub async fn ask_chat_in_time(&self, message: &str) -> Ticket {
        let asking = async {
            loop {
                let response = self.initiate(message).await;
                if response.status != 503 {
                    return Self::chat_ticket(&response);
                }
                sleep(AGAIN).await;
            }
        };
        in_time("a ticket", asking).await
    }

    async fn initiate(&self, message: &str) -> Response {
        let body = json!({ "message": message, "session_id": "conversation-1" });
        self.post(Self::INITIATE, &body).await
    }

    fn chat_ticket(response: &Response) -> Ticket {
        assert_eq!(response.status, 200, "{response:?}");
        let token = response.json()["stream_id"].as_str().map(str::to_owned);
        let token = token.expect("a text");
        let target = format!("/api/chat/stream/{token}");
        Ticket { token, target }
    }

    /// The answer to who wants an answer stopped.
    pub async fn stop(&self, stream_id: &str) -> Response {
        let path = format!("/api/chat/stream/{stream_id}/stop");
        let request = Request::post(path, "").bearer(&self.jwt);
        self.server.send(&request).await
    }

    /// Asks for a token for a topic; what opens its stream.
    pub async fn join(&self, topic: &str) -> Ticket {
        let path = format!("/topics/{topic}/stream-token");
        let request = Request::post(path, "").bearer(&self.jwt);
        Ticket::of(Minted::of(&self.server.send(&request).await))
    }

    /// Asks for a token for a topic, to go on after an event.
    pub async fn join_after(&self, topic: &str, last_event_id: &str) -> Ticket {
        let path = format!("/topics/{topic}/stream-token");
        let body = json!({ "last_event_id": last_event_id });
        Ticket::of(Minted::of(&self.post(&path, &body).await))
    }

    /// Publishes an event to a topic; its number.
    pub async fn publish(&self, topic: &str, event: &Value) -> u64 {
        let response = self.post(&format!("/topics/{topic}/publish"), event).await;
        assert_eq!(response.status, 202, "{response:?}");
        response.json()["seq"].as_u64().expect("a number")
    }

    /// The answer to who wants the connection of a stream dropped.
    pub async fn drop_connection(&self, token: &str) -> Response {
        self.post("/demo/drop", &json!({ "stream": token })).await
    }
}
