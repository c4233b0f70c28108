//! All topics: [`Topics`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sse_gate::core::EntropyError;
use sse_gate::sessions::ReadLog;
use sse_gate::{MemoryLog, MemoryLogs};

use super::TopicName;

/// The topics that there are, each with its log. Clones are the same topics.
#[derive(Debug, Clone)]
pub struct Topics {
    logs: MemoryLogs,
    topics: Arc<Mutex<HashMap<TopicName, MemoryLog>>>,
}

/// There is no such topic, and there can't be one now.
#[derive(Debug, thiserror::Error)]
pub enum NoTopic {
    /// There are as many as there may be, and all are in use.
    #[error("there are too many topics")]
    TooMany,
    /// A new log could not be made.
    #[error("no log can be made")]
    NoLog(#[from] EntropyError),
}

impl Topics {
    /// The most topics that there are.
    pub const MAX: usize = 64;

    /// No topics yet; their logs will be of these.
    pub fn new(logs: MemoryLogs) -> Self {
        Self {
            logs,
            topics: Arc::default(),
        }
    }

    /// The log of this topic, a new one if there was none.
    pub fn log(&self, name: &TopicName) -> Result<MemoryLog, NoTopic> {
        let mut topics = self.lock();
        if let Some(log) = topics.get(name) {
            return Ok(log.clone());
        }
        if topics.len() >= Self::MAX {
            let unused = topics.iter().find(|(_, log)| is_unused(log));
            let unused = unused.map(|(name, _)| name.clone());
            topics.remove(&unused.ok_or(NoTopic::TooMany)?);
        }
        let log = self.logs.create()?;
        topics.insert(name.clone(), log.clone());
        Ok(log)
    }

    /// The names of all topics.
    pub fn names(&self) -> Vec<TopicName> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TopicName, MemoryLog>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether nobody reads it, and what was in it is too old to be there.
fn is_unused(log: &MemoryLog) -> bool {
    let bounds = log.bounds();
    log.readers() == 0 && bounds.first > bounds.last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> TopicName {
        TopicName::new(&format!("t{number}")).unwrap()
    }

    #[tokio::test]
    async fn a_topic_in_use_goes_for_nobody() {
        use sse_gate::codec::Event;
        use sse_gate::sessions::EventLog;

        let topics = Topics::new(MemoryLogs::default());
        for number in 0..Topics::MAX {
            let log = topics.log(&name(number)).unwrap();
            log.append(&Event::new().data("x")).await.unwrap();
        }
        let newcomer = topics.log(&name(Topics::MAX));
        assert!(matches!(newcomer, Err(NoTopic::TooMany)));
        assert_eq!(topics.log(&name(0)).unwrap().bounds().last, 1);
    }

    #[test]
    fn an_unused_topic_makes_room() {
        let topics = Topics::new(MemoryLogs::default());
        for number in 0..3 * Topics::MAX {
            topics.log(&name(number)).unwrap();
        }
        assert_eq!(topics.names().len(), Topics::MAX);
    }
}
