//! All topics: [`Topics`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sse_gate::core::EntropyError;
use sse_gate::sessions::backend::ReadLog;
use sse_gate::{MemoryLog, MemoryLogs};

use super::TopicName;
use crate::users::UserId;

/// The topics that there are, each with its log. Clones are the same topics.
#[derive(Debug, Clone)]
pub struct Topics {
    logs: MemoryLogs,
    topics: Arc<Mutex<HashMap<TopicName, Topic>>>,
}

#[derive(Debug)]
struct Topic {
    log: MemoryLog,
    /// Who asked for it first. It counts as theirs.
    owner: UserId,
    /// Until when somebody may come who was promised it.
    promised_until: Instant,
}

/// There is no such topic, and there can't be one now.
#[derive(Debug, thiserror::Error)]
pub enum NoTopic {
    /// The user has as many as one may have, and all are in use.
    #[error("there are too many topics of yours")]
    TooManyOfYours,
    /// There are as many as there may be, and all are in use.
    #[error("there are too many topics")]
    TooMany,
    /// A new log could not be made.
    #[error("no log can be made")]
    NoLog(#[from] EntropyError),
}

impl Topics {
    /// The most topics that there are.
    pub const MAX: usize = 256;

    /// The most topics that one user has asked for first.
    pub const MAX_OF_ONE: usize = 16;

    /// No topics yet; their logs will be of these.
    pub fn new(logs: MemoryLogs) -> Self {
        Self {
            logs,
            topics: Arc::default(),
        }
    }

    /// The log of this topic. If there was none, there is a new one, which counts as this user's.
    pub fn log(&self, name: &TopicName, user: &UserId) -> Result<MemoryLog, NoTopic> {
        self.promise(name, user, Duration::ZERO)
    }

    /// As [`log`](Self::log), and the topic stays for so long, whether it is used or not: until a
    /// reader may have come who was given leave to.
    pub fn promise(
        &self,
        name: &TopicName,
        user: &UserId,
        time: Duration,
    ) -> Result<MemoryLog, NoTopic> {
        let now = Instant::now();
        let mut topics = self.lock();
        if let Some(topic) = topics.get_mut(name) {
            topic.promised_until = topic.promised_until.max(now + time);
            return Ok(topic.log.clone());
        }
        make_room(&mut topics, user, now)?;
        let log = self.logs.create()?;
        let topic = Topic {
            log: log.clone(),
            owner: user.clone(),
            promised_until: now + time,
        };
        topics.insert(name.clone(), topic);
        Ok(log)
    }

    /// The names of all topics.
    pub fn names(&self) -> Vec<TopicName> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TopicName, Topic>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes room for one more of this user's: at their share, it takes the place of another one of
/// theirs; at the end of all places, of anybody's. Only what is unused goes.
fn make_room(
    topics: &mut HashMap<TopicName, Topic>,
    user: &UserId,
    now: Instant,
) -> Result<(), NoTopic> {
    let own = topics.values().filter(|topic| topic.owner == *user).count();
    let is_full = own >= Topics::MAX_OF_ONE;
    if !is_full && topics.len() < Topics::MAX {
        return Ok(());
    }
    let mut unused = topics
        .iter()
        .filter(|(_, topic)| (!is_full || topic.owner == *user) && topic.is_unused(now));
    let name = unused.next().map(|(name, _)| name.clone());
    let refusal = if is_full {
        NoTopic::TooManyOfYours
    } else {
        NoTopic::TooMany
    };
    topics.remove(&name.ok_or(refusal)?);
    Ok(())
}

impl Topic {
    /// Whether nobody has it or may come for it, and what was in it is too old to be there.
    ///
    /// Who has it are its readers, and the sessions of readers that are away for a moment.
    fn is_unused(&self, now: Instant) -> bool {
        let bounds = self.log.bounds();
        self.log.handles() == 1 && now >= self.promised_until && bounds.first > bounds.last
    }
}

#[cfg(test)]
mod tests {
    use sse_gate::codec::Event;
    use sse_gate::sessions::backend::EventLog;

    use super::*;

    fn name(number: usize) -> TopicName {
        TopicName::new(&format!("t{number}")).unwrap()
    }

    fn topics() -> Topics {
        Topics::new(MemoryLogs::default())
    }

    /// A user for each share of topics.
    fn owner_of(number: usize) -> UserId {
        UserId::new(format!("user {}", number / Topics::MAX_OF_ONE))
    }

    async fn fill(topics: &Topics, number: usize) {
        let log = topics.log(&name(number), &owner_of(number)).unwrap();
        log.append(&Event::new().data("x")).await.unwrap();
    }

    /// G19
    #[tokio::test]
    async fn a_user_at_their_share_leaves_the_rest_to_others() {
        let topics = topics();
        for number in 0..Topics::MAX_OF_ONE {
            fill(&topics, number).await;
        }
        let newcomer = topics.log(&name(1_000), &owner_of(0));
        assert!(matches!(newcomer, Err(NoTopic::TooManyOfYours)));
        topics.log(&name(1_000), &UserId::new("bob")).unwrap();
        // One that is there may be used by all.
        topics.log(&name(1_000), &owner_of(0)).unwrap();
    }

    #[tokio::test]
    async fn a_topic_in_use_goes_for_nobody() {
        let topics = topics();
        for number in 0..Topics::MAX {
            fill(&topics, number).await;
        }
        let newcomer = topics.log(&name(Topics::MAX), &UserId::new("bob"));
        assert!(matches!(newcomer, Err(NoTopic::TooMany)));
        let kept = topics.log(&name(0), &UserId::new("bob")).unwrap();
        assert_eq!(kept.bounds().last, 1);
    }

    #[test]
    fn an_unused_topic_makes_room() {
        let topics = topics();
        for number in 0..3 * Topics::MAX {
            topics.log(&name(number), &owner_of(number)).unwrap();
        }
        assert_eq!(topics.names().len(), Topics::MAX);
        for number in 0..3 * Topics::MAX_OF_ONE {
            topics.log(&name(number), &owner_of(0)).unwrap();
        }
    }

    /// G19: neither one that somebody has a token for, nor one that somebody holds.
    #[test]
    fn a_topic_that_somebody_waits_for_stays() {
        let topics = topics();
        let (promised, held, alice) = (name(1), name(2), UserId::new("alice"));
        let log = topics.promise(&promised, &alice, Duration::from_secs(60));
        let promised_epoch = log.unwrap().epoch();
        let held_log = topics.log(&held, &alice).unwrap();
        for number in 3..3 * Topics::MAX_OF_ONE {
            topics.log(&name(number), &alice).unwrap();
        }
        let epoch = |name| topics.log(name, &alice).unwrap().epoch();
        assert_eq!(epoch(&promised), promised_epoch);
        assert_eq!(epoch(&held), held_log.epoch());
    }
}
