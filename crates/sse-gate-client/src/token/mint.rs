//! The request for a token: [`Mint`].

use std::fmt;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::TokenError;
use super::answer::Place;
use super::bearers::Bearers;
use crate::request::{origin, parse};
use crate::transport::Http;
use crate::{Bearer, InvalidUrlError};

/// Where tokens are asked for, and with what.
pub(super) struct Mint {
    url: Url,
    bearers: Bearers,
    pub(super) place: Place,
}

impl Mint {
    pub(super) fn new(url: &str) -> Result<Self, InvalidUrlError> {
        Ok(Self {
            url: parse(url)?,
            bearers: Bearers::default(),
            place: Place::default(),
        })
    }

    pub(super) fn set_bearers(&mut self, bearers: Bearers) {
        self.bearers = bearers;
    }

    /// Asks for a token; the URL of its stream. A refused bearer is replaced once.
    pub(super) async fn ask(&mut self, http: &Http, body: &Value) -> Result<Url, TokenError> {
        let bearer = self.bearers.next(false).await?;
        let mut response = http.send(self.request(bearer, body)?).await?;
        if response.status() == StatusCode::UNAUTHORIZED && self.bearers.is_some() {
            let bearer = self.bearers.next(true).await?;
            response = http.send(self.request(bearer, body)?).await?;
        }
        self.read(response)
    }

    fn request(
        &self,
        bearer: Option<Bearer>,
        body: &Value,
    ) -> Result<Request<Vec<u8>>, TokenError> {
        let json = serde_json::to_vec(body).map_err(TokenError::permanent)?;
        let request = Request::post(self.url.as_str()).body(json);
        let mut request = request.map_err(TokenError::permanent)?;
        let headers = request.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(CONTENT_TYPE, json.clone());
        headers.insert(ACCEPT, json);
        if let Some(bearer) = bearer {
            headers.insert(AUTHORIZATION, bearer.header());
        }
        Ok(request)
    }

    fn read(&self, response: Response<Vec<u8>>) -> Result<Url, TokenError> {
        if !matches!(response.status().as_u16(), 200 | 201) {
            let headers = response.headers();
            return Err(TokenError::from_status(response.status(), headers));
        }
        self.place
            .find(&self.url, &Zeroizing::new(response.into_body()))
    }
}

/// Without the URL, which may hold a key.
impl fmt::Debug for Mint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mint")
            .field("origin", &origin(&self.url))
            .field("bearers", &self.bearers)
            .finish_non_exhaustive()
    }
}
