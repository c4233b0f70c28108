//! What is under way: [`Io`].

use std::pin::Pin;

use crate::machine::Attempt;
use crate::token::ErasedSource;
use crate::transport::{ErasedBody, Http, Sending};
use crate::{StreamRequest, TokenError};

/// The source, which comes back with what it made.
type Prepared = (Box<dyn ErasedSource>, Result<StreamRequest, TokenError>);

/// What is under way. Dropping it ends it.
pub(super) enum Io {
    /// Nothing.
    None,
    /// The token source makes a request.
    Preparing(Pin<Box<dyn Future<Output = Prepared> + Send>>),
    /// A request is sent.
    Sending(Sending),
    /// A body is read.
    Reading(ErasedBody),
}

impl Io {
    /// Has the source make a request within this time. The source is in the future until it is done.
    pub(super) fn prepare(
        mut source: Box<dyn ErasedSource>,
        attempt: Attempt,
        http: Http,
        limit: std::time::Duration,
    ) -> Self {
        Self::Preparing(Box::pin(async move {
            let made = tokio::time::timeout(limit, source.request(attempt, http)).await;
            let late = || Err(TokenError::temporary("the token source took too long"));
            (source, made.unwrap_or_else(|_| late()))
        }))
    }
}
