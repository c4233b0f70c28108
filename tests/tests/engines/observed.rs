//! What has been seen: the scripts of all claims, run once in each engine.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use sse_gate_tests::engines::{Engine, Origin, Recorded, Report, Scripted};
use tokio::runtime::Runtime;

use crate::scripts;

/// All engines' sights, in the order of [`Engine::ALL`].
static OBSERVED: LazyLock<Vec<Observed>> = LazyLock::new(|| {
    // Whoever asks first may be in a runtime of their own, which can't wait for another.
    let observing = thread::spawn(|| {
        Runtime::new().expect("a runtime").block_on(async {
            let [a, b, c] = Engine::ALL.map(Observed::of);
            let (a, b, c) = tokio::join!(a, b, c);
            vec![a, b, c]
        })
    });
    observing.join().expect("all engines do all scripts")
});

/// What an engine did with all scripts.
pub(crate) struct Observed {
    pub(crate) engine: Engine,
    seen: Vec<(&'static str, Seen)>,
}

/// What became of one script.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// What the page was told.
    pub(crate) reports: Vec<Report>,
    /// What the server was asked.
    pub(crate) requests: Vec<Recorded>,
}

/// What each engine did with a script.
pub(crate) fn observed(script: &str) -> impl Iterator<Item = (Engine, &'static Seen)> {
    let all = OBSERVED.iter();
    all.map(move |observed| (observed.engine, observed.script(script)))
}

/// What this engine did with all scripts.
pub(crate) fn all(engine: Engine) -> &'static Observed {
    let mut all = OBSERVED.iter();
    all.find(|observed| observed.engine == engine)
        .expect("every engine")
}

impl Observed {
    /// Has a browser follow all scripts, at once.
    async fn of(engine: Engine) -> Self {
        let mut seen = Vec::new();
        for scripts in [scripts::all(), scripts::refused()] {
            let server = Scripted::start(scripts.clone()).await;
            let _browser = engine.open(&server.page());
            for script in &scripts {
                seen.push((script.name, Seen::of(&server, script.name).await));
            }
        }
        Self { engine, seen }
    }

    pub(crate) fn script(&self, name: &str) -> &Seen {
        let found = self.seen.iter().find(|(other, _)| *other == name);
        &found.unwrap_or_else(|| panic!("no script {name}")).1
    }
}

impl Seen {
    /// What becomes of a script whose `EventSource` has been started, once it is closed for good.
    pub(crate) async fn of(server: &Scripted, name: &str) -> Self {
        Self {
            reports: server.board().until_closed(name).await,
            requests: server.requests(name),
        }
    }

    /// What the page was told, in words: `open`, `data@id` or `name:data@id`, `again` and `closed`.
    pub(crate) fn story(&self) -> String {
        let word = |report: &Report| match report {
            Report::Open => "open".to_owned(),
            Report::Event(event) => {
                let name = match event.name.as_str() {
                    "message" => String::new(),
                    name => format!("{name}:"),
                };
                format!("{name}{}@{}", event.data, event.last_event_id)
            }
            &Report::RECONNECTING => "again".to_owned(),
            &Report::CLOSED => "closed".to_owned(),
            other @ Report::Error { .. } => panic!("no engine tells this: {other:?}"),
        };
        let words: Vec<_> = self.reports.iter().map(word).collect();
        words.join(" ")
    }

    /// The `Last-Event-ID` of each request, in words: `-` is none.
    pub(crate) fn ids(&self) -> String {
        let id = |it: &Recorded| it.asked.header("last-event-id").unwrap_or("-").to_owned();
        let ids: Vec<_> = self.requests.iter().map(id).collect();
        ids.join(" ")
    }

    /// Where each request was made.
    pub(crate) fn origins(&self) -> Vec<Origin> {
        self.requests.iter().map(|it| it.at).collect()
    }

    /// Whether the page was told more often that it tries again than requests have come.
    pub(crate) fn was_down(&self) -> bool {
        let again = self
            .reports
            .iter()
            .filter(|it| **it == Report::RECONNECTING);
        again.count() >= self.requests.len()
    }

    /// How long after the end of each answer the next request came.
    pub(crate) fn delays(&self) -> Vec<Duration> {
        let pairs = self.requests.windows(2);
        pairs
            .filter_map(|pair| Some(pair[1].came.duration_since(pair[0].ended?)))
            .collect()
    }
}
