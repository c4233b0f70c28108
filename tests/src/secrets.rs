//! What must be read nowhere: [`Secrets`].

/// How many bytes of a secret in a row are a leak.
const WINDOW: usize = 8;

/// Texts of which no [part](Self::leak) may be found.
#[derive(Clone, Debug, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Adds a stream token. What is secret of it stands between its prefix and its checksum.
    pub fn plant_token(&mut self, token: &str) {
        let random = token.strip_prefix("sset1_").and_then(|rest| rest.get(..43));
        self.plant(random.expect("a token has a prefix and 43 random characters"));
    }

    /// Adds a resume id: whose session it is, and its tag. The rest are numbers that anybody may
    /// know.
    pub fn plant_resume_id(&mut self, id: &str) {
        let mut long = id.split('.').filter(|part| part.len() == 22);
        for part in ["a session", "a tag"] {
            self.plant(long.next().unwrap_or_else(|| panic!("no {part} in {id}")));
        }
    }

    /// Adds a JWT. Its header says the same for everybody, and so does the start of its claims.
    pub fn plant_jwt(&mut self, jwt: &str) {
        let mut parts = jwt.split('.').skip(1);
        for part in parts.by_ref() {
            self.plant(part);
        }
    }

    /// Adds any other text.
    pub fn plant(&mut self, secret: &str) {
        assert!(secret.len() >= WINDOW, "too short to be told from chance");
        self.0.push(secret.to_owned());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first part of a secret, 8 bytes or longer, that stands in this haystack, with what is
    /// around it.
    pub fn leak(&self, haystack: &[u8]) -> Option<String> {
        use std::collections::HashMap;
        let mut windows = HashMap::new();
        for secret in &self.0 {
            for window in secret.as_bytes().windows(WINDOW) {
                windows.entry(window).or_insert(secret);
            }
        }
        let found = haystack
            .windows(WINDOW)
            .position(|window| windows.contains_key(window))?;
        let around = &haystack[found.saturating_sub(120)..(found + 120).min(haystack.len())];
        Some(String::from_utf8_lossy(around).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_secret_is_found() {
        let mut secrets = Secrets::default();
        secrets.plant("0123456789abcdef");
        assert!(secrets.leak(b"a log line with 456789ab in it").is_some());
        assert!(secrets.leak(b"a log line with 456789a in it").is_none());
    }
}
