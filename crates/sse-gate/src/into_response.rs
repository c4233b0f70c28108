//! Responses and extractors for axum.
//!
//! | type | as a response | as an extractor |
//! |---|---|---|
//! | `SseBody`, `ResumableBody` | 200, an event stream | |
//! | `IssuedToken` | 200 with the token as JSON | |
//! | `Problem`, and the errors of handlers | their status, as `application/problem+json` | |
//! | `Granted`, `ResumableStream` | | from the request, or [`MissingGrant`] |
//! | `Option` of them | | from the request, never an error |

use std::convert::Infallible;

use axum_core::body::Body as AxumBody;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_core::Stream;
use http::request::Parts;

use crate::admission::GateRejection;
use crate::codec::Event;
use crate::mint::{AuthError, Denied};
use crate::stream::OnError;
use crate::{
    AttachError, Granted, IssuedToken, MissingGrant, Problem, ResumableBody, ResumableStream,
    SseBody,
};

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        Problem::into_response(self).map(AxumBody::new)
    }
}

impl IntoResponse for IssuedToken {
    fn into_response(self) -> Response {
        IssuedToken::into_response(self).map(AxumBody::new)
    }
}

impl IntoResponse for GateRejection {
    fn into_response(self) -> Response {
        self.to_response().map(AxumBody::new)
    }
}

impl<S, U, H, E> IntoResponse for SseBody<S, U, H>
where
    S: Stream<Item = Result<Event<'static>, E>> + Send + 'static,
    U: Future<Output = ()> + Send + 'static,
    H: OnError<E> + Send + 'static,
{
    fn into_response(self) -> Response {
        SseBody::into_response(self).map(AxumBody::new)
    }
}

impl<U> IntoResponse for ResumableBody<U>
where
    Self: http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    fn into_response(self) -> Response {
        ResumableBody::into_response(self).map(AxumBody::new)
    }
}

/// The errors that a handler may return. Each becomes a problem.
macro_rules! answer_with_problem {
    ($($error:ty),*) => {$(
        impl IntoResponse for $error {
            fn into_response(self) -> Response {
                IntoResponse::into_response(Problem::from(self))
            }
        }
    )*};
}

answer_with_problem!(AttachError, AuthError, Denied, MissingGrant);

impl<S: Sync> FromRequestParts<S> for Granted {
    type Rejection = MissingGrant;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGrant> {
        Granted::of(&parts.extensions).cloned()
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Granted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(Granted::of(&parts.extensions).cloned().ok())
    }
}

impl<S: Sync> FromRequestParts<S> for ResumableStream {
    type Rejection = MissingGrant;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGrant> {
        ResumableStream::of(&parts.extensions).cloned()
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for ResumableStream {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(ResumableStream::of(&parts.extensions).cloned().ok())
    }
}
