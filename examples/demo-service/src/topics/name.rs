//! The name of a topic: [`TopicName`].

/// 1 to 64 of `A-Z a-z 0-9 . _ -`: what stands for itself in a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TopicName(String);

/// A text is no name of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a topic's name is 1 to 64 of A-Z a-z 0-9 . _ -")]
pub struct InvalidTopic;

impl TopicName {
    /// Checks a name.
    pub fn new(name: &str) -> Result<Self, InvalidTopic> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        // A dot alone, or two, would be another path.
        let is_path = name == "." || name == "..";
        if (1..=64).contains(&name.len()) && name.bytes().all(is_plain) && !is_path {
            return Ok(Self(name.to_owned()));
        }
        Err(InvalidTopic)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_names() {
        for good in ["a", "news", "team-7.builds_x", &"x".repeat(64)] {
            assert_eq!(TopicName::new(good).unwrap().as_str(), good);
        }
        for bad in ["", ".", "..", "a b", "a/b", "é", "a%20b", &"x".repeat(65)] {
            assert_eq!(TopicName::new(bad), Err(InvalidTopic), "{bad:?}");
        }
    }
}
