//! What a server counts, as Prometheus reads it: [`Metrics`].

use std::collections::{BTreeMap, BTreeSet};

/// Every series of `/metrics`.
#[derive(Clone, Debug)]
pub struct Metrics(BTreeMap<(String, Vec<(String, String)>), String>);

impl Metrics {
    /// Reads the text format.
    pub(crate) fn parse(text: &str) -> Self {
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(lines.map(series).collect())
    }

    /// The count that a series stands at, by its name and labels; 0 if there is none.
    pub fn get(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let labels = labels.iter();
        let labels = labels.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let key = (name.to_owned(), labels.collect());
        let value = self.0.get(&key);
        value.map_or(0, |value| value.parse().expect("a count"))
    }

    /// How many requests for tokens had this outcome.
    pub fn requests(&self, outcome: &str) -> u64 {
        self.get("sse_gate_token_requests_total", &[("outcome", outcome)])
    }

    /// How many tokens that were shown had this outcome.
    pub fn validations(&self, outcome: &str) -> u64 {
        self.get("sse_gate_token_validations_total", &[("outcome", outcome)])
    }

    /// How many requests failed this check.
    pub fn turned_away(&self, check: &str) -> u64 {
        self.get("sse_gate_requests_turned_away_total", &[("check", check)])
    }

    /// How often a session, or a client that came back to one, had this outcome.
    pub fn sessions(&self, outcome: &str) -> u64 {
        self.get("sse_gate_sessions_total", &[("outcome", outcome)])
    }

    /// How many resume ids were refused for this reason.
    pub fn refused_ids(&self, reason: &str) -> u64 {
        self.get("sse_gate_resume_refused_total", &[("reason", reason)])
    }

    /// How many streams are open.
    pub fn connections(&self) -> u64 {
        self.get("sse_gate_connections", &[])
    }

    /// How many series there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of all series.
    pub fn names(&self) -> BTreeSet<&str> {
        self.0.keys().map(|(name, _)| name.as_str()).collect()
    }

    /// All labels with their values.
    pub fn labels(&self) -> BTreeSet<(&str, &str)> {
        let labels = self.0.keys().flat_map(|(_, labels)| labels);
        labels
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

/// Reads `name{label="value",…} number`.
fn series(line: &str) -> ((String, Vec<(String, String)>), String) {
    let read = || {
        let (series, value) = line.rsplit_once(' ')?;
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let labels = labels
            .strip_suffix('}')?
            .split(',')
            .filter(|it| !it.is_empty());
        let label = |label: &str| {
            let (name, value) = label.split_once('=')?;
            Some((name.to_owned(), value.trim_matches('"').to_owned()))
        };
        let labels = labels.map(label).collect::<Option<_>>()?;
        Some(((name.to_owned(), labels), value.to_owned()))
    };
    read().unwrap_or_else(|| panic!("no series: {line:?}"))
}
