//! Authenticator and authorizer together, without their types: [`Decide`].

use std::sync::Arc;

use futures_core::future::BoxFuture;
use http::request::Parts;
use sse_gate_core::{GrantRequest, Resource};

use super::endpoint::{is_json, prepare};
use super::read::{self, PendingBody};
use super::rejection::{BodyFault, MintRejection};
use super::settings::Settings;
use super::{AuthError, Authenticator, Authorizer, Identity, MintRequest, Permit};
use crate::SseRoute;
use crate::route::MintTarget;

/// Decides about a request in two steps. The first step returns a [`Caller`], which does the second: so
/// the claims can go from the authenticator to the authorizer without their type being named.
pub(super) trait Decide: Send + Sync {
    /// Asks the authenticator.
    fn identify<'d: 'p, 'p>(
        &'d self,
        parts: &'p Parts,
    ) -> BoxFuture<'p, Result<Box<dyn Caller + 'd>, AuthError>>;
}

/// A caller that is authenticated.
pub(super) trait Caller: Send {
    /// Reads the body, and asks the authorizer.
    fn permit<'a>(
        self: Box<Self>,
        parts: Parts,
        body: PendingBody,
        found: MintTarget,
        settings: &'a Settings,
    ) -> BoxFuture<'a, Result<Permit, MintRejection>>
    where
        Self: 'a;
}

/// The two parts of a decision.
pub(super) struct Deciders<A, Z> {
    pub(super) authenticator: A,
    pub(super) authorizer: Z,
}

struct Identified<'d, C, Z> {
    identity: Identity<C>,
    authorizer: &'d Z,
}

impl<A, Z> Decide for Deciders<A, Z>
where
    A: Authenticator,
    Z: Authorizer<A::Claims>,
{
    fn identify<'d: 'p, 'p>(
        &'d self,
        parts: &'p Parts,
    ) -> BoxFuture<'p, Result<Box<dyn Caller + 'd>, AuthError>> {
        Box::pin(async move {
            let identity = self.authenticator.authenticate(parts).await?;
            let caller = Identified {
                identity,
                authorizer: &self.authorizer,
            };
            Ok(Box::new(caller) as Box<dyn Caller + 'd>)
        })
    }
}

impl<C, Z> Caller for Identified<'_, C, Z>
where
    C: Send + Sync + 'static,
    Z: Authorizer<C>,
{
    fn permit<'a>(
        self: Box<Self>,
        parts: Parts,
        body: PendingBody,
        found: MintTarget,
        settings: &'a Settings,
    ) -> BoxFuture<'a, Result<Permit, MintRejection>>
    where
        Self: 'a,
    {
        Box::pin(async move {
            // The body counts until the authorizer has answered, as its bytes are kept until then.
            let (body, _counted) = read::body(body, self.identity.subject(), settings).await?;
            if !body.is_empty() && !is_json(&parts.headers) {
                return Err(BodyFault::NotJson.into());
            }
            let request = MintRequest::new(self.identity, parts, body, found);
            let url = request.stream_url().map(str::to_owned);
            let mut permit = self.authorizer.authorize(request).await?;
            if let Some(url) = url {
                permit.members.entry("stream_url").or_insert(url.into());
            }
            Ok(permit)
        })
    }
}

/// The authenticator and the authorizer of a mint, for a layer whose callers come without a token.
#[derive(Clone)]
pub(crate) struct Callers {
    pub(super) decider: Arc<dyn Decide>,
    pub(super) settings: Settings,
}

impl Callers {
    /// What the caller of this request is permitted, for the resource that its path names. The route is
    /// that of the stream. The mint may have another one.
    pub(crate) async fn permit(
        &self,
        mut parts: Parts,
        route: &SseRoute,
        resource: &Resource,
    ) -> Result<GrantRequest, MintRejection> {
        let settings = &self.settings;
        // The first part is the pattern.
        let values = resource.parts().skip(1);
        let params = route.parameters().zip(values);
        let found = MintTarget {
            params: params
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            resource: resource.clone(),
            url: None,
        };
        prepare(&mut parts, settings);
        let caller = self.decider.identify(&parts).await?;
        let permit = caller.permit(parts, None, found, settings).await?;
        Ok(permit.request)
    }
}
