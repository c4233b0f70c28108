//! All topics, by name and by owner: [`TopicTable`].

use std::collections::HashMap;
use std::sync::Arc;

use sse_gate_core::{SteadyTime, Subject};

use super::idle::IdleQueue;
use super::topic::Topic;
use super::{TopicError, TopicErrorKind};
use crate::log::Log;
use crate::room::shrink;

/// The topics. Each step is O(log n): it looks at one topic and at the front of a queue.
///
/// **No handle of a topic's log is dropped under the table's lock**, as the drop takes it.
pub(super) struct TopicTable {
    pub(super) max: usize,
    pub(super) max_per_subject: usize,
    topics: HashMap<Arc<str>, Topic>,
    idle: IdleQueue,
    subjects: HashMap<Subject, SubjectTopics>,
}

/// What one subject owns. It is forgotten with the last of its topics.
#[derive(Default)]
struct SubjectTopics {
    count: usize,
    idle: IdleQueue,
}

impl Default for TopicTable {
    fn default() -> Self {
        Self {
            max: 1_024,
            max_per_subject: 16,
            topics: HashMap::new(),
            idle: IdleQueue::default(),
            subjects: HashMap::new(),
        }
    }
}

impl TopicTable {
    pub(super) fn len(&self) -> usize {
        self.topics.len()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(|name| &**name)
    }

    /// A handle of a topic's log. The topic is in use until it is dropped, and reserved until then.
    pub(super) fn hand_out(&mut self, name: &str, reserved_until: SteadyTime) -> Option<Log> {
        let topic = self.topics.get_mut(name)?;
        topic.reserved_until = topic.reserved_until.max(reserved_until);
        let log = topic.log.handle();
        self.settle(name);
        Some(log)
    }

    /// Whether the log of a topic is gone from its store.
    pub(super) fn is_gone(&self, name: &str) -> bool {
        let topic = self.topics.get(name);
        topic.is_some_and(|topic| topic.log.is_closed())
    }

    /// Finds the place of a new topic of this owner: that of an idle one, or a free one (`None`).
    pub(super) fn find_room(
        &self,
        owner: Option<&Subject>,
        now: SteadyTime,
    ) -> Result<Option<Arc<str>>, TopicError> {
        let own = owner.and_then(|subject| self.subjects.get(subject));
        let count = own.map_or(0, |own| own.count);
        let (idle, kind) = if owner.is_some() && count >= self.max_per_subject {
            (own.map(|own| &own.idle), TopicErrorKind::FullForSubject)
        } else if self.len() >= self.max {
            (Some(&self.idle), TopicErrorKind::Full)
        } else {
            return Ok(None);
        };
        let none = IdleQueue::default();
        let found = idle.unwrap_or(&none).first(now);
        found.map(Some).map_err(|wait| TopicError::full(kind, wait))
    }

    pub(super) fn insert(&mut self, name: Arc<str>, topic: Topic) {
        if let Some(subject) = &topic.owner {
            let own = self.subjects.entry(subject.clone()).or_default();
            own.count += 1;
        }
        self.topics.insert(name, topic);
    }

    /// Takes a topic out. The caller drops it when the table is no longer locked.
    pub(super) fn remove(&mut self, name: &str) -> Option<Topic> {
        let (name, topic) = self.topics.remove_entry(name)?;
        shrink(&mut self.topics);
        if let Some(idle_at) = topic.idle_at {
            self.idle.remove(idle_at, &name);
        }
        if let Some(subject) = &topic.owner
            && let Some(own) = self.subjects.get_mut(subject)
        {
            if let Some(idle_at) = topic.idle_at {
                own.idle.remove(idle_at, &name);
            }
            own.count -= 1;
            if own.count == 0 {
                self.subjects.remove(subject);
                shrink(&mut self.subjects);
            }
        }
        Some(topic)
    }

    /// Brings the queues in line with a topic whose log was handed out or given back.
    pub(super) fn settle(&mut self, name: &str) {
        let Some((name, _)) = self.topics.get_key_value(name) else {
            return;
        };
        let name = Arc::clone(name);
        let Some(topic) = self.topics.get_mut(&name) else {
            return;
        };
        let (before, idle_at) = (topic.idle_at, topic.find_idle_at());
        topic.idle_at = idle_at;
        let own = topic.owner.as_ref();
        let own = own.and_then(|subject| self.subjects.get_mut(subject));
        for queue in [Some(&mut self.idle), own.map(|own| &mut own.idle)] {
            let Some(queue) = queue else { continue };
            if let Some(before) = before {
                queue.remove(before, &name);
            }
            if let Some(idle_at) = idle_at {
                queue.insert(idle_at, &name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::log::{Logs, WatchedLog};

    #[test]
    fn room_is_given_back_when_topics_have_gone() {
        let log = block_on(Logs::default().create()).expect("a log");
        let mut table = TopicTable::default();
        let room = |table: &TopicTable| [table.topics.capacity(), table.subjects.capacity()];
        let names = (0..1_000).map(|n: u32| n.to_string());
        for name in names.clone() {
            let owner = Subject::new(name.as_str()).expect("a good name");
            let topic = Topic::new(
                WatchedLog::new(&log, || {}),
                Some(owner),
                SteadyTime::FOREVER,
            );
            table.insert(name.into(), topic);
        }
        assert!(room(&table).iter().all(|room| *room >= 1_000));
        for name in names {
            assert!(table.remove(&name).is_some());
        }
        assert!(room(&table).iter().all(|room| *room <= 128));
    }
}
