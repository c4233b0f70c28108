//! A user of a server: [`User`], and the tokens they get: [`Minted`].

use serde_json::{Value, json};

use crate::{EventStream, Request, Response, Server, eventually, jwt};

/// A sample that takes several dozen steps to work through.
pub const SAMPLE: &str = r#"{"id": 7, "name": "Ada", "tags": ["a", "b"], "active": true,
    "address": {"street": "Main", "city": {"name": "Bern", "zip": "3000"}, "geo": [46.9, 7.4]},
    "orders": [{"sku": "x-1", "count": 2, "price": 9.5}, {"sku": "y", "count": 1, "gift": null}]}"#;

/// Somebody with a JWT.
#[derive(Clone, Debug)]
pub struct User<'s> {
    pub(crate) server: &'s Server,
    /// The JWT.
    pub jwt: String,
}

/// What a client gets for its JWT.
#[derive(Clone, Debug)]
pub struct Minted {
    /// The token.
    pub token: String,
    /// How long it lives, in seconds.
    pub expires_in: u64,
    /// The path of the stream.
    pub stream_url: String,
}

impl Minted {
    pub(crate) fn of(response: &Response) -> Self {
        assert_eq!(response.status, 200, "{response:?}");
        let json = response.json();
        let text = |name: &str| json[name].as_str().expect("a text").to_owned();
        Self {
            token: text("sse_token"),
            expires_in: json["expires_in"].as_u64().expect("a number"),
            stream_url: text("stream_url"),
        }
    }

    /// The path of the stream with the token in its query.
    pub fn target(&self) -> String {
        format!("{}?token={}", self.stream_url, self.token)
    }

    /// The request of an `EventSource` that shows the token.
    pub fn request(&self) -> Request {
        Request::stream(self.target())
    }
}

impl<'s> User<'s> {
    pub(crate) fn new(server: &'s Server, name: &str) -> Self {
        let jwt = jwt::of(name);
        Self { server, jwt }
    }

    /// The same user with another JWT.
    pub fn with_jwt(mut self, jwt: String) -> Self {
        self.jwt = jwt;
        self
    }

    /// Starts a generation of [`SAMPLE`]; its id.
    pub async fn start(&self) -> String {
        let response = self
            .post("/generations", &json!({ "source": SAMPLE }))
            .await;
        assert_eq!(response.status, 201, "{response:?}");
        let id = &response.json()["generation_id"];
        id.as_str().expect("an id").to_owned()
    }

    /// Starts a generation and waits for its end; its id.
    pub async fn finish(&self) -> String {
        let id = self.start().await;
        eventually("the generation ends", async || {
            self.state(&id).await["status"] == "completed"
        })
        .await;
        id
    }

    /// The state of a generation.
    pub async fn state(&self, id: &str) -> Value {
        let request = Request::get(format!("/generations/{id}")).bearer(&self.jwt);
        let response = self.server.send(&request).await;
        assert_eq!(response.status, 200, "{response:?}");
        response.json()
    }

    /// A token for a generation.
    pub async fn mint(&self, id: &str) -> Minted {
        Minted::of(&self.ask(id).await)
    }

    /// A token for a generation, to go on after an event.
    pub async fn mint_after(&self, id: &str, last_event_id: &str) -> Minted {
        let body = json!({ "last_event_id": last_event_id });
        Minted::of(&self.post(&Self::mint_path(id), &body).await)
    }

    /// The answer to who asks for a token.
    pub async fn ask(&self, id: &str) -> Response {
        self.server.send(&self.mint_request(id)).await
    }

    /// The request for a token, without a body.
    pub fn mint_request(&self, id: &str) -> Request {
        Request::post(Self::mint_path(id), "").bearer(&self.jwt)
    }

    /// Where tokens of a generation are to be had.
    pub fn mint_path(id: &str) -> String {
        format!("/generations/generate/{id}/stream-token")
    }

    /// Mints a token and opens the stream with it.
    pub async fn open(&self, id: &str) -> EventStream {
        let minted = self.mint(id).await;
        self.server.open(&minted.request()).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Response {
        let request = Request::new("POST", path).bearer(&self.jwt).json(body);
        self.server.send(&request).await
    }
}
