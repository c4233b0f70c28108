//! Who makes a request: [`Identity`].

use sse_gate_core::{InvalidSubject, Subject, Timestamp};

/// Who makes a request, how long that is known for, and what else the credential says.
///
/// ```
/// use sse_gate::mint::Identity;
///
/// struct Claims {
///     is_admin: bool,
/// }
///
/// let alice = Identity::named("alice")?
///     .with_expiry_secs(1_790_000_000)
///     .with_claims(Claims { is_admin: true });
/// assert!(alice.claims().is_admin);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<C = ()> {
    subject: Subject,
    expires_at: Timestamp,
    claims: C,
}

impl Identity {
    /// An identity that does not end by itself.
    pub fn new(subject: Subject) -> Self {
        Self {
            subject,
            expires_at: Timestamp::FOREVER,
            claims: (),
        }
    }

    /// The same for a subject of this name. In an authenticator `?` turns its error into a refusal.
    pub fn named(subject: &str) -> Result<Self, InvalidSubject> {
        Ok(Self::new(Subject::new(subject)?))
    }
}

impl<C> Identity<C> {
    /// When the credential ends: the `exp` of a JWT. No token and no stream outlives it.
    pub fn with_expiry(mut self, at: Timestamp) -> Self {
        self.expires_at = at;
        self
    }

    /// The same in seconds since 1970-01-01T00:00:00Z.
    pub fn with_expiry_secs(self, unix_secs: u64) -> Self {
        self.with_expiry(Timestamp::from_unix_secs(unix_secs))
    }

    /// Adds what else the credential says, for the authorizer.
    pub fn with_claims<T>(self, claims: T) -> Identity<T> {
        Identity {
            subject: self.subject,
            expires_at: self.expires_at,
            claims,
        }
    }

    /// Who it is.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// When the credential ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What else the credential says.
    pub fn claims(&self) -> &C {
        &self.claims
    }
}
