//! What the page shows of a stream that reconnects by itself: [`Stream`].

use serde_json::Value;

use crate::page::Page;

/// One of the two streams, by the prefix of its elements' ids.
pub(crate) struct Stream(pub(crate) &'static str);

/// What the page has counted.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) connections: u64,
    pub(crate) events: u64,
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
}

/// A connection: its generation, and the numbers of its first and last event.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) generation: u64,
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl Stream {
    /// Waits until its connection is in this state.
    pub(crate) async fn until(&self, page: &Page, state: &str) {
        let id = format!("{}-connection", self.0);
        page.until_data(&id, "state", state).await;
    }

    /// Waits until as many connections have begun.
    pub(crate) async fn until_connections(&self, page: &Page, count: usize) {
        let has = format!(
            "Number(document.getElementById('{}-connections').textContent) >= {count} && \
             document.getElementById('{}-connection').dataset.state === 'open'",
            self.0, self.0
        );
        page.until(&format!("{count} connections"), &has).await;
    }

    pub(crate) async fn counts(&self, page: &Page) -> Counts {
        let count = async |name: &str| {
            let text = page.text(&format!("{}-{name}", self.0)).await;
            text.parse().expect("a count is a number")
        };
        Counts {
            connections: count("connections").await,
            events: count("events").await,
            lost: count("lost").await,
            doubled: count("doubled").await,
        }
    }

    /// Its connections, the oldest first.
    pub(crate) async fn rows(&self, page: &Page) -> Vec<Row> {
        let script = format!(
            "return [...document.getElementById('{}-ids').rows].reverse().map(({{ dataset }}) => \
             [dataset.generation, dataset.first, dataset.last].map(Number))",
            self.0
        );
        let rows = page.run(&script, &[]).await;
        let rows = rows.as_array().expect("a list").iter();
        let number = |value: &Value| value.as_u64().expect("a number");
        rows.map(|row| Row {
            generation: number(&row[0]),
            first: number(&row[1]),
            last: number(&row[2]),
        })
        .collect()
    }
}
