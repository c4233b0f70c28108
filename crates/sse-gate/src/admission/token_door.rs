//! The token door: a fresh token opens a stream.

use std::time::Duration;

use sse_gate_core::{Entry, Grant, RedeemError, Redemption, StoreError, TokenKey};
use sse_gate_resume::Arrival;

use super::GateRejection;
use super::admit::{AdmissionContext, Admitted, FirstOpening, Refused};
use super::session_door;
use crate::resume::Resumable;
use crate::slots::Reservation;

/// Takes the token out of the store, and opens the stream that it was issued for.
pub(super) async fn open(
    context: AdmissionContext,
    reservation: Reservation,
    token: Redemption,
    resume_id: Option<&str>,
    has_many_ids: bool,
) -> Result<Admitted, Refused> {
    let (key, settings) = (token.key(), context.config.resumable.clone());
    let redeemed = redeem(&context, token, settings.as_ref()).await;
    match (redeemed, settings) {
        (Ok((grant, arrival)), settings) => {
            let opening = FirstOpening {
                token: Some(key),
                session: settings.zip(arrival),
                cursor: None,
                resume_id,
            };
            context.first(reservation, grant, opening).await
        }
        (Err(error), _) if error.is_unavailable() => Err(context.unavailable(resume_id)),
        (Err(_), _) if has_many_ids => {
            Err(context.config.turn_away(GateRejection::ManyTokens).into())
        }
        (Err(_), Some(settings)) => match settings.opening_grace {
            // A client with an id has received an answer already.
            Some(grace) if resume_id.is_none() => {
                reopen(context, reservation, &settings, key, grace).await
            }
            _ => Err(context.config.refuse(GateRejection::BadToken).into()),
        },
        (Err(_), None) => Err(context.config.refuse(GateRejection::BadToken).into()),
    }
}

/// The grant of a token. On a resumable route, also what was read from the sessions before the token
/// was taken. With it, a revocation in between is noticed when the session is opened.
async fn redeem(
    context: &AdmissionContext,
    token: Redemption,
    settings: Option<&Resumable>,
) -> Result<(Grant, Option<Arrival>), RedeemError> {
    let config = &*context.config;
    let arrived = match settings {
        None => None,
        Some(settings) => match session_door::arrive(context, settings).await {
            Ok(arrived) => Some(arrived),
            // The token stays untouched.
            Err(error) => return Err(token.abort(StoreError::unavailable(error))),
        },
    };
    let taking = config.gate.take(token.key(), &config.tokens);
    let pending = PendingRedemption(Some(token));
    let answer = taking.await;
    let grant = pending.settle(answer)?;
    let arrival = arrived.map(|(arrival, reader)| {
        reader.goes_on();
        arrival
    });
    Ok((grant, arrival))
}

/// Opens the session of a token a second time, if its first answer may be lost.
async fn reopen(
    context: AdmissionContext,
    reservation: Reservation,
    settings: &Resumable,
    token: TokenKey,
    grace: Duration,
) -> Result<Admitted, Refused> {
    match session_door::reopen(&context, settings, token, grace).await? {
        Some(resumed) => context.again(reservation, settings, resumed, None).await,
        None => Err(context.config.refuse(GateRejection::BadToken).into()),
    }
}

/// A token while its store is asked. If it is dropped before the answer, it tells the observer that the
/// client is gone.
struct PendingRedemption(Option<Redemption>);

impl PendingRedemption {
    fn settle(mut self, answer: Result<Option<Entry>, StoreError>) -> Result<Grant, RedeemError> {
        let token = self.0.take();
        token.expect("it is settled once").settle(answer)
    }
}

impl Drop for PendingRedemption {
    fn drop(&mut self) {
        if let Some(token) = self.0.take() {
            token.abandon();
        }
    }
}
