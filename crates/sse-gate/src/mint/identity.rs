//! Who makes a request: [`Identity`].

use sse_gate_core::{InvalidSubject, Subject, Timestamp};

/// Who makes a request, until when the credential is valid, and what else it says.
///
/// An [`Authenticator`](super::Authenticator) returns it. `C` is the type of the claims, for the
/// authorizer.
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
    /// The identity of this subject. It has no expiry and no claims.
    pub fn new(subject: Subject) -> Self {
        Self {
            subject,
            expires_at: Timestamp::FOREVER,
            claims: (),
        }
    }

    /// The same for a subject of this name.
    ///
    /// # Errors
    ///
    /// The name is empty or too long. In an authenticator, `?` turns this error into a 401.
    pub fn named(subject: impl AsRef<str>) -> Result<Self, InvalidSubject> {
        Ok(Self::new(Subject::new(subject.as_ref())?))
    }
}

impl<C> Identity<C> {
    /// Sets when the credential expires: the `exp` of a JWT. No token lasts longer, and no stream
    /// either, unless the authorizer sets a [deadline](super::Permit::with_deadline). Without an expiry,
    /// the settings of the gate decide alone.
    pub fn with_expiry(mut self, at: Timestamp) -> Self {
        self.expires_at = at;
        self
    }

    /// The same in seconds since 1970-01-01T00:00:00Z, as a JWT has it.
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

    /// The subject: who makes the request.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// When the credential expires. [`Timestamp::FOREVER`] if it does not.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What else the credential says.
    pub fn claims(&self) -> &C {
        &self.claims
    }
}
