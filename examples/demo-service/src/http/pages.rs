//! Endpoints that need no user: the page, the login, and what operators ask.

use bytes::Bytes;
use http::HeaderValue;
use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use serde::Deserialize;
use serde_json::json;
use sse_gate::Problem;

use super::{Demo, Response, reply};
use crate::page;

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

    /// `POST /demo/login`: `{"username","password"}` → 200 `{"access_token","expires_in"}`, 401, or
    /// 422 for anything else.
    pub fn login(&self, body: &Bytes) -> Response {
        let Ok(login) = serde_json::from_slice::<Login>(body) else {
            let detail = "The body must be {\"username\", \"password\"} in JSON.";
            return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).into_response();
        };
        let Some(user) = self.0.users.check(&login.username, &login.password) else {
            let detail = "There is no such user, or it is not their password.";
            return Problem::new(StatusCode::UNAUTHORIZED, detail).into_response();
        };
        match self.0.signer.sign(&user) {
            Ok(token) => reply::json(StatusCode::OK, &token),
            Err(_) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "No JWT can be signed.")
                .into_response(),
        }
    }

    /// `GET /healthz`: 200 while the server takes requests.
    pub fn healthz(&self) -> Response {
        reply::json(StatusCode::OK, &json!({ "status": "ok" }))
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
