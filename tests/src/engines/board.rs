//! Where what has happened is collected: [`Board`], and what is to happen: [`Job`].

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::timeout;

use super::{Asked, Dispatched, Report};

/// The longest that a browser may take for all that a test has it do.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Where a server has the page, and takes its reports.
const PATH: &str = "/harness";

/// A stream that the page is to follow until it is closed for good.
#[derive(Clone, Debug)]
pub struct Job {
    /// What its reports are kept under.
    pub name: String,
    /// Its URL, or its path if it is the page's own server's.
    pub url: String,
    /// Event names to listen for, beside `message`.
    pub events: Vec<String>,
}

/// The reports of all streams, by name, in their order. Clones are the same board.
#[derive(Clone, Debug)]
pub struct Board {
    page: Arc<str>,
    reports: Arc<watch::Sender<BTreeMap<String, Vec<Report>>>>,
}

impl Default for Board {
    /// One whose page follows nothing.
    fn default() -> Self {
        Self::new(&[], 0)
    }
}

impl Board {
    /// An empty one, with a page that follows these streams, so many at once, and reports to the
    /// server that it is from.
    ///
    /// A browser has six HTTP/1.1 connections to a host, so at most five streams leave one for the
    /// reports.
    pub fn new(jobs: &[Job], at_once: usize) -> Self {
        Self::with_desk(jobs, at_once, PATH)
    }

    /// An empty one, with a page that follows all these streams at once, and reports to another
    /// server, which answers by [`answer`](Self::answer), too.
    pub fn elsewhere(jobs: &[Job], desk: SocketAddr) -> Self {
        Self::with_desk(jobs, jobs.len(), &Self::url(desk))
    }

    fn with_desk(jobs: &[Job], at_once: usize, desk: &str) -> Self {
        let job = |job: &Job| json!({ "name": job.name, "url": job.url, "events": job.events });
        let jobs: Value = jobs.iter().map(job).collect();
        let plan = json!({ "jobs": jobs, "atOnce": at_once, "desk": desk });
        // In a script of a page, `</` might end it.
        let plan = plan.to_string().replace("</", "<\\/");
        Self {
            page: include_str!("page.html").replace("PLAN", &plan).into(),
            reports: Arc::new(watch::channel(BTreeMap::new()).0),
        }
    }

    /// The URL of the page on a server that answers by [`answer`](Self::answer).
    pub fn url(server: SocketAddr) -> String {
        format!("http://{server}{PATH}")
    }

    /// Answers a request for the page, or takes its reports; `None` if it asks for neither.
    pub fn answer(&self, asked: &Asked) -> Option<Vec<u8>> {
        if asked.target != PATH {
            return None;
        }
        let body = if asked.method == "POST" {
            self.take(&asked.body);
            ""
        } else {
            &self.page
        };
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nCache-Control: no-store\r\n\
            Connection: close";
        let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        Some(answer.into_bytes())
    }

    /// Adds a report.
    pub fn push(&self, name: &str, report: Report) {
        self.reports.send_modify(|reports| {
            reports.entry(name.to_owned()).or_default().push(report);
        });
    }

    /// What has happened to a stream up to now.
    pub fn reports(&self, name: &str) -> Vec<Report> {
        self.reports.borrow().get(name).cloned().unwrap_or_default()
    }

    /// The events that a stream's page has got up to now.
    pub fn events(&self, name: &str) -> Vec<Dispatched> {
        let reports = self.reports(name);
        reports
            .iter()
            .filter_map(Report::dispatched)
            .cloned()
            .collect()
    }

    /// Waits until the page has got this many events of a stream.
    pub async fn until_events(&self, name: &str, count: usize) {
        let events = |reports: &[Report]| reports.iter().filter_map(Report::dispatched).count();
        self.until(name, |reports| events(reports) >= count).await;
    }

    /// Waits until the page has told this many things of a stream.
    pub async fn until_reports(&self, name: &str, count: usize) {
        self.until(name, |reports| reports.len() >= count).await;
    }

    /// Waits until a stream is closed for good; its reports.
    pub async fn until_closed(&self, name: &str) -> Vec<Report> {
        self.until(name, |reports| reports.contains(&Report::CLOSED))
            .await;
        self.reports(name)
    }

    async fn until(&self, name: &str, is_so: impl Fn(&[Report]) -> bool) {
        let mut reports = self.reports.subscribe();
        let waiting = reports.wait_for(|all| all.get(name).is_some_and(|it| is_so(it)));
        let in_time = timeout(PATIENCE, waiting).await.is_ok();
        assert!(in_time, "{name} takes too long: {:?}", self.reports(name));
    }

    fn take(&self, body: &[u8]) {
        let said: Vec<Vec<Value>> = serde_json::from_slice(body).expect("the page posts JSON");
        for report in said {
            let name = report[0].as_str().expect("a report starts with a name");
            self.push(name, Report::parse(&report[1..]));
        }
    }
}
