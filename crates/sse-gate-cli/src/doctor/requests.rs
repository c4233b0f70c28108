//! The requests that `doctor` sends, and their headers: [`Requests`].

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
    AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN,
};
use http::{Method, Request};
use http_body_util::Full;

use super::client::ProbeError;
use super::url::Url;
use crate::args::JsonObject;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Builds requests with the credential and the origin of one run.
pub(super) struct Requests {
    bearer: Option<HeaderValue>,
    /// Whether the stream gets the bearer: if there is no mint to show it to.
    shows_bearer: bool,
    origin: Option<HeaderValue>,
}

/// What one request for the stream has and another has not.
#[derive(Default)]
pub(super) struct Ask {
    /// Offer the encodings that browsers offer.
    pub(super) offers_encodings: bool,
    pub(super) last_event_id: Option<HeaderValue>,
}

impl Requests {
    /// For a mint if there is one, and a stream. The bearer and the origin must fit into headers.
    pub(super) fn new(
        bearer: Option<&str>,
        origin: Option<&str>,
        has_mint: bool,
    ) -> Result<Self, ProbeError> {
        let bearer = bearer.map(|it| HeaderValue::try_from(format!("Bearer {it}")));
        let bearer = bearer
            .transpose()
            .map_err(|_| ProbeError::new("the bearer has characters that no header can hold"))?;
        let origin = origin.map(HeaderValue::from_str);
        let origin = origin
            .transpose()
            .map_err(|_| ProbeError::new("the origin has characters that no header can hold"))?;
        Ok(Self {
            bearer,
            shows_bearer: !has_mint,
            origin,
        })
    }

    /// A POST with the bearer and this object.
    pub(super) fn mint(&self, url: &Url, data: &JsonObject) -> Request<Full<Bytes>> {
        let body = serde_json::Value::from(data.clone()).to_string();
        let mut request = self.request(Method::POST, url, Full::from(body));
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json.clone());
        request.headers_mut().insert(ACCEPT, json);
        self.authorize(&mut request);
        request
    }

    /// A GET as an `EventSource` sends it.
    pub(super) fn stream(&self, url: &Url, ask: &Ask) -> Request<Full<Bytes>> {
        let mut request = self.request(Method::GET, url, Full::default());
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if ask.offers_encodings {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd"));
        }
        if let Some(id) = &ask.last_event_id {
            headers.insert(LAST_EVENT_ID, id.clone());
        }
        if self.shows_bearer {
            self.authorize(&mut request);
        }
        request
    }

    /// What a browser asks before a page sends this header with this method to another origin.
    pub(super) fn preflight(
        &self,
        url: &Url,
        method: &'static str,
        header: &'static str,
    ) -> Request<Full<Bytes>> {
        let mut request = self.request(Method::OPTIONS, url, Full::default());
        let headers = request.headers_mut();
        let (method, header) = (
            HeaderValue::from_static(method),
            HeaderValue::from_static(header),
        );
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, method);
        headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, header);
        request
    }

    /// A request with what all of them have: the origin of the page, if one was given.
    fn request(&self, method: Method, url: &Url, body: Full<Bytes>) -> Request<Full<Bytes>> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = url.uri().clone();
        if let Some(origin) = &self.origin {
            request.headers_mut().insert(ORIGIN, origin.clone());
        }
        request
    }

    /// Shows the bearer, if there is one.
    fn authorize(&self, request: &mut Request<Full<Bytes>>) {
        if let Some(bearer) = &self.bearer {
            request.headers_mut().insert(AUTHORIZATION, bearer.clone());
        }
    }
}
