//! The demo's page, as somebody uses it: [`Page`].

use std::ops::Deref;

use serde_json::{Value, json};
use sse_gate_tests::Server;

use crate::browser::Browser;

/// The page in a browser of its own.
pub(crate) struct Page {
    browser: Browser,
    /// The origin of its server.
    origin: String,
}

/// A browser at the page can do whatever a browser can.
impl Deref for Page {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Page {
    /// Starts a browser, and opens the page of this server.
    pub(crate) async fn open(server: &Server) -> Self {
        let page = Self {
            browser: Browser::start().await,
            origin: format!("http://{}", server.addr()),
        };
        page.reload().await;
        page
    }

    /// Goes to the page, from wherever the browser is.
    pub(crate) async fn reload(&self) {
        self.go_to(&self.absolute("/")).await;
        let loaded = "document.getElementById('source')?.value";
        self.until("the page's scripts have run", loaded).await;
    }

    /// The whole URL of a path.
    pub(crate) fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Signs in.
    pub(crate) async fn sign_in(&self, password: &str) {
        self.type_into("password", password).await;
        self.click("sign-in").await;
    }

    /// Signs in as Alice, pastes a sample and starts a generation.
    pub(crate) async fn start(&self, sample: &str) {
        self.sign_in("demo").await;
        self.until_shown("session").await;
        self.paste(sample).await;
        self.click("start").await;
    }

    /// Pastes a sample over the one that is there.
    pub(crate) async fn paste(&self, sample: &str) {
        let script = "const source = document.getElementById('source'); source.focus(); \
            source.select(); document.execCommand('insertText', false, args[0])";
        self.run(script, &[json!(sample)]).await;
    }

    /// The text of the element with this id.
    pub(crate) async fn text(&self, id: &str) -> String {
        let script = "return document.getElementById(args[0]).innerText";
        let text = self.run(script, &[json!(id)]).await;
        text.as_str().expect("every element has a text").to_owned()
    }

    /// Waits until the element with this id is to be seen.
    pub(crate) async fn until_shown(&self, id: &str) {
        let shown = format!("!document.getElementById('{id}').hidden");
        self.until(&format!("#{id} is shown"), &shown).await;
    }

    /// Waits until the element with this id has this in an attribute for data.
    pub(crate) async fn until_data(&self, id: &str, name: &str, value: &str) {
        let has = format!("document.getElementById('{id}').dataset.{name} === '{value}'");
        self.until(&format!("#{id} has the {name} {value}"), &has)
            .await;
    }

    /// Waits until the list of events has at least as many.
    pub(crate) async fn until_events(&self, count: usize) {
        let has = format!("document.querySelectorAll('#events > li').length >= {count}");
        self.until(&format!("{count} events have come"), &has).await;
    }

    /// The ids of the events in the list, in their order.
    pub(crate) async fn event_ids(&self) -> Vec<u64> {
        let script = "return [...document.querySelectorAll('#events > li')]\
            .map((event) => Number(event.dataset.seq))";
        let ids = self.run(script, &[]).await;
        let ids = ids.as_array().expect("a list");
        ids.iter().filter_map(Value::as_u64).collect()
    }

    /// The URL that the page says was used.
    pub(crate) async fn used_url(&self) -> String {
        self.text("used-url").await
    }

    /// Asks for a stream with the page's `fetch`, and hangs up; the status.
    pub(crate) async fn fetch(&self, target: &str) -> u64 {
        let script = "const headers = { Accept: 'text/event-stream' }; \
            const response = await fetch(args[0], { headers, cache: 'no-store' }); \
            await response.body.cancel(); return response.status";
        let status = self.run(script, &[json!(target)]).await;
        status.as_u64().expect("a status is a number")
    }
}
