//! The settings that all services of one layer share: [`Config`].

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, WWW_AUTHENTICATE};
use http::{HeaderValue, Response};
use http_body_util::Full;
use sse_gate_core::Signal;

use super::stopper::Stopper;
use super::{GateRejection, answer};
use crate::challenge::Challenge;
use crate::mint::Callers;
use crate::resume::Resumable;
use crate::store::{StoreAccess, StreamStores};
use crate::{Gate, SseRoute, StreamSlots};

pub(super) type OnRefusal = dyn Fn(GateRejection) -> Response<Full<Bytes>> + Send + Sync;

/// The settings that all services of one layer share.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) gate: Gate,
    pub(super) route: SseRoute,
    pub(super) slots: StreamSlots,
    pub(super) allowed_origins: Option<Arc<[HeaderValue]>>,
    pub(super) passes_other_routes: bool,
    pub(super) ignores_authorization: bool,
    pub(super) takes_any_type: bool,
    pub(super) resumable: Option<Resumable>,
    /// How the store of the tokens is asked.
    pub(super) tokens: StoreAccess,
    /// How the stores of sessions and of their events are asked.
    pub(super) stream_stores: StreamStores,
    /// How the limiter of all nodes is asked.
    pub(super) stream_limiter: StoreAccess,
    /// What decides about callers with their own credential.
    pub(super) callers: Option<Callers>,
    /// The `WWW-Authenticate` header of a 401.
    pub(super) challenge: Challenge,
    /// Ends all streams of the layer.
    pub(super) until: Option<Arc<Stopper>>,
    pub(super) on_refusal: Arc<OnRefusal>,
}

impl Config {
    /// Everything at its default.
    pub(super) fn new(gate: &Gate, route: SseRoute) -> Self {
        Self {
            gate: gate.clone(),
            route,
            slots: StreamSlots::default(),
            allowed_origins: None,
            passes_other_routes: false,
            ignores_authorization: false,
            takes_any_type: false,
            resumable: None,
            tokens: gate.token_access().clone(),
            stream_stores: StreamStores {
                sessions: gate.session_access().clone(),
                logs: gate.log_access().clone(),
            },
            stream_limiter: gate.stream_access().clone(),
            callers: None,
            challenge: Challenge::bearer(),
            until: None,
            on_refusal: Arc::new(GateRejection::to_response),
        }
    }

    /// The answer to a request that failed a check of the layer. The observer is told which one.
    pub(super) fn turn_away(&self, rejection: GateRejection) -> Response<Full<Bytes>> {
        let check = rejection.as_str();
        self.gate.observe(Signal::TurnedAway { check });
        self.refuse(rejection)
    }

    /// The answer to a request that the observer was told about already.
    pub(super) fn refuse(&self, rejection: GateRejection) -> Response<Full<Bytes>> {
        let mut response = (self.on_refusal)(rejection);
        let headers = response.headers_mut();
        if headers.contains_key(WWW_AUTHENTICATE)
            && let Some(challenge) = self.challenge.not_bearer()
        {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if rejection == GateRejection::Method && headers.contains_key(ALLOW) {
            headers.insert(ALLOW, HeaderValue::from_static(self.methods()));
        }
        response
    }

    /// The answer if there is no free slot. A client with a resume id is told to come back later: a
    /// refusal would stop its `EventSource` for good.
    pub(super) fn full(&self, resume_id: Option<&str>) -> Response<Full<Bytes>> {
        match self.resumable.as_ref().zip(resume_id) {
            Some((settings, id)) => answer::later(&settings.sessions, id),
            None => self.turn_away(GateRejection::Capacity),
        }
    }

    /// The methods that open a stream.
    pub(super) fn methods(&self) -> &'static str {
        if self.callers.is_some() {
            "GET, POST, OPTIONS"
        } else {
            "GET, OPTIONS"
        }
    }
}
