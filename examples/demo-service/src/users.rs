//! The demo's users: `alice` and `bob`, both with the password `demo`.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// Who somebody is: the `sub` of their JWT, and the owner of what they start.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UserId(Arc<str>);

impl UserId {
    /// The user that a verified JWT names.
    pub fn new(subject: impl Into<Arc<str>>) -> Self {
        Self(subject.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who may log in, and with which password.
///
/// A demo's users: a service keeps salted, slow hashes (Argon2) and limits the attempts.
#[derive(Debug, Clone)]
pub struct Users(Vec<(UserId, [u8; 32], [u8; 32])>);

impl Users {
    /// `alice` and `bob`, both with the password `demo`.
    pub fn demo() -> Self {
        let user = |name: &str| (UserId::new(name), digest(name), digest("demo"));
        Self(vec![user("alice"), user("bob")])
    }

    /// The user with this name and password.
    ///
    /// All users are compared in full, by digests of one length, whoever is asked for: the time
    /// tells nothing of which part was wrong.
    pub fn check(&self, username: &str, password: &str) -> Option<UserId> {
        let (username, password) = (digest(username), digest(password));
        let mut found = None;
        for (user, name, secret) in &self.0 {
            let same: Choice = name.ct_eq(&username) & secret.ct_eq(&password);
            if same.into() {
                found = Some(user.clone());
            }
        }
        found
    }
}

/// The demo's users.
impl Default for Users {
    fn default() -> Self {
        Self::demo()
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_users_log_in_with_their_password_only() {
        let users = Users::demo();
        let rows = [
            ("alice", "demo", true),
            ("bob", "demo", true),
            ("alice", "Demo", false),
            ("alice", "", false),
            ("alice", "demo ", false),
            ("Alice", "demo", false),
            ("demo", "alice", false),
            ("eve", "demo", false),
            ("", "", false),
        ];
        for (name, password, good) in rows {
            let user = users.check(name, password);
            assert_eq!(user.is_some(), good, "{name} {password}");
            assert!(user.is_none_or(|user| user.as_str() == name), "{name}");
        }
    }
}
