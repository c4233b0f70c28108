//! A log, said once more: everything that was ever appended, and where the kept part begins.

/// The bounds of a log, and of all logs together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) events: u64,
    pub(crate) bytes: usize,
    /// In milliseconds.
    pub(crate) age: u64,
    pub(crate) budget: usize,
}

/// What an event costs the budget beside its bytes.
const OVERHEAD: usize = 64;

#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    limits: Limits,
    /// The data of each event and when it came, the first to the last.
    pub(crate) events: Vec<(String, u64)>,
    /// The number of the first event that is kept.
    pub(crate) first: u64,
    pub(crate) ended: bool,
}

/// How long an event is on the wire, but for its id: `data: …` and two line feeds.
pub(crate) fn len(data: &str) -> usize {
    data.len() + 8
}

impl Ledger {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            events: Vec::new(),
            first: 1,
            ended: false,
        }
    }

    pub(crate) fn last(&self) -> u64 {
        self.events.len() as u64
    }

    pub(crate) fn data(&self, seq: u64) -> &str {
        &self.events[usize::try_from(seq).unwrap() - 1].0
    }

    fn kept(&self) -> impl Iterator<Item = &(String, u64)> {
        let gone = usize::try_from(self.first).unwrap() - 1;
        self.events.iter().skip(gone)
    }

    fn bytes(&self) -> usize {
        self.kept().map(|(data, _)| len(data)).sum()
    }

    /// What it costs the budget.
    pub(crate) fn cost(&self) -> usize {
        self.bytes() + OVERHEAD * self.kept().count()
    }

    /// Appends an event, while other logs cost this much; whether it was taken.
    pub(crate) fn append(&mut self, data: &str, others: usize, now: u64) -> bool {
        let Limits {
            events,
            bytes,
            budget,
            ..
        } = self.limits;
        if self.ended || len(data) > bytes {
            return false;
        }
        self.age(now);
        while self.kept().count() as u64 >= events || self.bytes() + len(data) > bytes {
            self.first += 1;
        }
        while self.cost() + others + len(data) + OVERHEAD > budget {
            if self.kept().next().is_none() {
                return false;
            }
            self.first += 1;
        }
        self.events.push((data.to_owned(), now));
        true
    }

    /// What is too old goes.
    pub(crate) fn age(&mut self, now: u64) {
        let age = self.limits.age;
        while self.kept().next().is_some_and(|(_, at)| at + age <= now) {
            self.first += 1;
        }
    }

    /// The events that a reader gets at a time, after the one it had last.
    pub(crate) fn page(&self, after: u64) -> Vec<u64> {
        let mut page = Vec::new();
        let mut bytes = 0;
        for seq in after + 1..=self.last() {
            page.push(seq);
            bytes += len(self.data(seq));
            if page.len() == 64 || bytes >= 64 * 1024 {
                break;
            }
        }
        page
    }
}
