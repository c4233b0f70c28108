//! The ways in which a client goes on with its session.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use sse_gate_core::{Resource, Subject, TokenKey};

use super::Sessions;
use super::change::{ATTEMPTS, contended};
use super::resumption::{Resumption, unavailable};
use crate::frames;
use crate::id::{ResumeId, SessionId};
use crate::observer::SessionSignal;
use crate::resumed::{ResumeError, Resumed};
use crate::session::{Binding, InvalidIdReason, SessionError};
use crate::store::SessionKey;

/// The longest time for which the first answer to a token may count as lost.
const MAX_OPENING_GRACE: Duration = Duration::from_secs(5);

impl Sessions {
    /// Lets a client go on that shows `id` and the token in its URL, if it may.
    ///
    /// It checks in this order: the spelling; whether the store has the session; the tag, in
    /// constant time. Then it takes the one step that changes anything,
    /// [`Record::redeem`](crate::backend::Record::redeem).
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
    /// # use sse_gate_resume::{Logs, Opening, Sessions};
    /// # pollster::block_on(async {
    /// # let (alice, chat) = (Subject::new("alice")?, Resource::new(["chat"])?);
    /// # let gate = TokenGate::new(MemoryStore::default());
    /// # let issued = gate.issue(GrantRequest::new(alice.clone(), chat.clone())).await?;
    /// # let sessions = Sessions::in_memory()?;
    /// # let arrival = sessions.arrival().await?;
    /// # let grant = gate.redeem(issued.token().expose(), &chat).await?;
    /// # let log = Logs::default().create().await?;
    /// # let opening = Opening::new(arrival, &grant, issued.key(), Arc::new(log));
    /// # let mut subscription = sessions.open(opening).await?;
    /// # let mut bytes = bytes::BytesMut::new();
    /// # std::future::poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await;
    /// # let text = String::from_utf8(bytes.to_vec())?;
    /// # let last_event_id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    /// // The client comes back with the same URL, and with the id that it had last.
    /// let resumed = sessions.resume(last_event_id, issued.key()).await?;
    /// assert_eq!(resumed.lease().generation(), 2);
    /// let subscription = resumed.subscribe();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn resume(&self, id: &str, token: TokenKey) -> Result<Resumed, ResumeError> {
        let resumed = self.resume_if(id, token, |_, _| Some(())).await;
        resumed.map(|(resumed, ())| resumed)
    }

    /// Like [`resume`](Self::resume), if `admit` has a place for the client.
    ///
    /// `admit` is called before anything changes, and only for a client with a good tag and the
    /// right token. What it returns is dropped if the client is refused after all.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
    /// # use sse_gate_resume::{Logs, Opening, Sessions};
    /// # pollster::block_on(async {
    /// # let (alice, chat) = (Subject::new("alice")?, Resource::new(["chat"])?);
    /// # let gate = TokenGate::new(MemoryStore::default());
    /// # let issued = gate.issue(GrantRequest::new(alice.clone(), chat.clone())).await?;
    /// # let sessions = Sessions::in_memory()?;
    /// # let arrival = sessions.arrival().await?;
    /// # let grant = gate.redeem(issued.token().expose(), &chat).await?;
    /// # let log = Logs::default().create().await?;
    /// # let opening = Opening::new(arrival, &grant, issued.key(), Arc::new(log));
    /// # let mut subscription = sessions.open(opening).await?;
    /// # let mut bytes = bytes::BytesMut::new();
    /// # std::future::poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await;
    /// # let text = String::from_utf8(bytes.to_vec())?;
    /// # let last_event_id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    /// use sse_gate_resume::error::ResumeError;
    ///
    /// // The server is full.
    /// let admit = |_, _: &_| None::<()>;
    /// let full = sessions.resume_if(last_event_id, issued.key(), admit).await;
    /// assert!(matches!(full, Err(ResumeError::NotAdmitted)));
    ///
    /// // Nothing was consumed: the same id is good later.
    /// let admit = |_, _: &_| Some("place 7");
    /// let (_, place) = sessions.resume_if(last_event_id, issued.key(), admit).await?;
    /// assert_eq!(place, "place 7");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn resume_if<T: Send>(
        &self,
        id: &str,
        token: TokenKey,
        admit: impl FnOnce(SessionId, &Binding) -> Option<T> + Send,
    ) -> Result<(Resumed, T), ResumeError> {
        let resumption = Resumption::find(self, id).await?;
        resumption.take(token, admit).await
    }

    /// Like [`resume_if`](Self::resume_if), for a client that has proved by a credential of its own
    /// who it is, by a bearer token, say. The URL then needs no token.
    ///
    /// The session's own token key stands in for the one in the URL, if the session is this
    /// subject's and streams this resource. Otherwise the id is refused as one that is unknown, and
    /// the session does not change. All other rules hold as for [`resume_if`](Self::resume_if).
    ///
    /// **Check the credential first.** The id alone does not say who shows it.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use sse_gate_core::{GrantRequest, MemoryStore, Resource, Subject, TokenGate};
    /// # use sse_gate_resume::{Logs, Opening, Sessions};
    /// # pollster::block_on(async {
    /// # let (alice, chat) = (Subject::new("alice")?, Resource::new(["chat"])?);
    /// # let gate = TokenGate::new(MemoryStore::default());
    /// # let issued = gate.issue(GrantRequest::new(alice.clone(), chat.clone())).await?;
    /// # let sessions = Sessions::in_memory()?;
    /// # let arrival = sessions.arrival().await?;
    /// # let grant = gate.redeem(issued.token().expose(), &chat).await?;
    /// # let log = Logs::default().create().await?;
    /// # let opening = Opening::new(arrival, &grant, issued.key(), Arc::new(log));
    /// # let mut subscription = sessions.open(opening).await?;
    /// # let mut bytes = bytes::BytesMut::new();
    /// # std::future::poll_fn(|cx| subscription.poll_write(cx, &mut bytes)).await;
    /// # let text = String::from_utf8(bytes.to_vec())?;
    /// # let last_event_id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    /// // The bearer token in the request is alice's.
    /// let admit = |_, _: &_| Some(());
    /// let resumed = sessions.resume_as(last_event_id, &alice, &chat, admit).await;
    /// assert!(resumed.is_ok());
    ///
    /// let bob = Subject::new("bob")?;
    /// let refused = sessions.resume_as(last_event_id, &bob, &chat, admit).await;
    /// assert!(refused.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn resume_as<T: Send>(
        &self,
        id: &str,
        subject: &Subject,
        resource: &Resource,
        admit: impl FnOnce(SessionId, &Binding) -> Option<T> + Send,
    ) -> Result<(Resumed, T), ResumeError> {
        let resumption = Resumption::find(self, id).await?;
        let grant = &resumption.binding().grant;
        if grant.subject() != subject || grant.resource() != resource {
            return Err(resumption.refuse(InvalidIdReason::Unknown));
        }
        let token = resumption.binding().token;
        resumption.take(token, admit).await
    }

    /// Lets the token count a second time, if the first answer to it was lost within `grace`, 5 s
    /// at most. The connection before is cut.
    ///
    /// It weakens single use: someone who reads the URL within that time, and is faster than the
    /// client, gets the stream in its place.
    pub async fn reopen(&self, token: TokenKey, grace: Duration) -> Result<Resumed, ResumeError> {
        let parts = &*self.0;
        let grace = grace.min(MAX_OPENING_GRACE);
        let reopened = self.reopen_within(token, grace).await;
        let Some(resumed) = reopened.map_err(|error| unavailable(parts, error))? else {
            return Err(ResumeError::Refused(InvalidIdReason::Unknown));
        };
        let session = (resumed.lease().session(), resumed.binding());
        parts.observe(SessionSignal::Reopened, Some(session));
        Ok(resumed)
    }

    async fn reopen_within(
        &self,
        token: TokenKey,
        grace: Duration,
    ) -> Result<Option<Resumed>, SessionError> {
        let parts = &*self.0;
        parts.chores.run_kept();
        self.check_hearing()?;
        for _ in 0..ATTEMPTS {
            let Some(stored) = self.load(SessionKey::Token(token)).await? else {
                return Ok(None);
            };
            let mut record = stored.current();
            let is_reopened = record.reopen(grace, stored.now);
            let log = self.log_of(&stored).await?;
            let Some(log) = log.filter(|_| is_reopened) else {
                // Without its log, it is not opened again, so that step does not count.
                if is_reopened || self.swap(&stored, record).await? {
                    return Ok(None);
                }
                continue;
            };
            let (generation, cursor) = (record.generation(), record.binding().start_after);
            let admitted = self.admit(&stored, record, generation, &log).await?;
            if let Some(lease) = admitted {
                return Ok(Some(Resumed::new(lease, log, cursor)));
            }
        }
        Err(contended())
    }

    /// The whole body for a client that can't be served now: the id that it showed, and when to
    /// come back, between `wait` and twice as much. Nothing is consumed.
    ///
    /// Use it while it is not known whether the client may go on. An error would stop a native
    /// `EventSource` for good.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sse_gate_resume::Sessions;
    ///
    /// let body = Sessions::in_memory()?.retry_later("", Duration::from_secs(1));
    /// assert!(body.starts_with(b"retry: "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn retry_later(&self, id: &str, wait: Duration) -> Bytes {
        let mut buffer = BytesMut::new();
        let wait = wait.saturating_add(self.jitter(wait));
        match ResumeId::parse(id) {
            Some(_) => frames::wait(wait, id, &mut buffer),
            None => frames::retry(wait, &mut buffer),
        }
        buffer.freeze()
    }
}
