//! The page, login and logout, and what operators ask.

use std::time::Duration;

use http::HeaderValue;
use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http_body::Body;
use serde::Deserialize;
use serde_json::json;
use sse_gate::{Problem, Subject};

use super::body::BoxError;
use super::{Demo, Response, reply};
use crate::login::AccessToken;
use crate::page;

/// A name and a password: anybody may send them.
const MAX_BODY: usize = 4 * 1024;

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

impl Demo {
    /// `GET /` and `GET /assets/…`: the file of the page that has this path, or 404.
    pub fn page(&self, path: &str) -> Response {
        let Some(asset) = page::asset(path) else {
            return Self::not_found();
        };
        let mut response = reply::with_body(StatusCode::OK, asset.content_type, asset.body);
        for (name, value) in [
            (CONTENT_SECURITY_POLICY, page::CONTENT_SECURITY_POLICY),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }

    /// `POST /demo/login`: `{"username","password"}` → 200 `{"access_token","expires_in"}`, 401, 422
    /// for anything else, 413 over 4 KiB, or 429 when there were too many attempts.
    pub async fn login<B: Body<Error: Into<BoxError>>>(&self, body: B) -> Response {
        match self.sign_in(body).await {
            Ok(token) => reply::json(StatusCode::OK, &token),
            Err(problem) => problem.into_response(),
        }
    }

    async fn sign_in<B>(&self, body: B) -> Result<AccessToken, Problem>
    where
        B: Body<Error: Into<BoxError>>,
    {
        let body = self.0.bodies.read(None, MAX_BODY, body).await?;
        let Login { username, password } =
            serde_json::from_slice(body.as_slice()).map_err(|_| {
                let detail = "The body must be {\"username\", \"password\"} in JSON.";
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
            })?;
        self.0.attempts.count(&username).map_err(|wait| {
            let detail = "There were too many attempts to log in.";
            let wait = wait.max(Duration::from_millis(1));
            Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).with_retry_after(wait)
        })?;
        let user = self.0.users.check(&username, &password).ok_or_else(|| {
            let detail = "There is no such user, or it is not their password.";
            Problem::new(StatusCode::UNAUTHORIZED, detail)
        })?;
        self.0
            .signer
            .sign(&user)
            .map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "No JWT can be signed."))
    }

    /// `POST /demo/logout`: 204, and all that the user has opened has ended: unused tokens, streams, and
    /// sessions that wait for their clients. The JWT itself is the client's to forget.
    pub async fn logout(&self, parts: &Parts) -> Response {
        match self.sign_out(parts).await {
            Ok(()) => reply::empty(StatusCode::NO_CONTENT),
            Err(problem) => problem.into_response(),
        }
    }

    async fn sign_out(&self, parts: &Parts) -> Result<(), Problem> {
        let user = self.user(parts).await?;
        let subject = Subject::new(user.as_str())?;
        self.0.gate.revoke(&subject).await?;
        Ok(())
    }

    /// `GET /healthz`: 200 while the server takes requests.
    pub fn healthz(&self) -> Response {
        reply::json(StatusCode::OK, &json!({ "status": "ok" }))
    }

    /// `GET /readyz`: 200 while clients can get in, 503 while this server does not hear the others. A load
    /// balancer sends no requests then.
    pub fn readyz(&self) -> Response {
        if self.0.sessions.is_connected() {
            return reply::json(StatusCode::OK, &json!({ "status": "ready" }));
        }
        reply::json(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({ "status": "alone" }),
        )
    }

    /// `GET /metrics`: all metrics in Prometheus's text format.
    pub fn metrics(&self) -> Response {
        let text = self.0.metrics.render();
        reply::with_body(
            StatusCode::OK,
            "text/plain; version=0.0.4; charset=utf-8",
            text,
        )
    }

    /// What has no other answer.
    pub fn not_found() -> Response {
        Problem::new(StatusCode::NOT_FOUND, "There is nothing here.").into_response()
    }

    /// For a path that has other methods. The header `Allow` is still to be added: the router
    /// knows them.
    pub fn method_not_allowed() -> Response {
        let detail = "There are other methods for this path.";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response()
    }
}
