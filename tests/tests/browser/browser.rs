//! A browser without a window: [`Browser`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use sse_gate_tests::engines::CHROMIUM;
use sse_gate_tests::{Connection, Request, eventually};

use crate::driver::{Driver, program};

/// Where pictures and profiles go.
const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/browser");

/// The size of a picture.
const SIZE: &str = "--window-size=1280,1500";

/// A Chromium with an empty profile, told what to do by the commands of
/// `WebDriver` (<https://www.w3.org/TR/webdriver2/>). Dropped, it ends.
pub(crate) struct Browser {
    driver: Driver,
    /// The path of its commands.
    session: String,
    // Dropped after the driver, which ends the browser that writes there.
    _profile: Profile,
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let profile = Profile::empty();
        let profile_flag = format!("--user-data-dir={}", profile.0.display());
        let flags = CHROMIUM.into_iter().chain([SIZE, &*profile_flag]);
        let capabilities = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": {
            "binary": program("chromium", "chromium"),
            "args": flags.collect::<Vec<_>>(),
        } } } });
        let mut driver = Driver::start();
        let started = command(&driver, "POST", "/session", &capabilities).await;
        let id = started["sessionId"].as_str().expect("a session has an id");
        driver.owns(id.to_owned());
        Self {
            session: format!("/session/{id}"),
            driver,
            _profile: profile,
        }
    }

    /// Goes to a page, as its address bar does, and waits until it is loaded.
    pub(crate) async fn go_to(&self, url: &str) {
        self.command("/url", &json!({ "url": url })).await;
    }

    /// Runs the body of an async function of JavaScript in the page, with these `args`; what it
    /// returns.
    pub(crate) async fn run(&self, script: &str, args: &[Value]) -> Value {
        let script = format!("return (async (args) => {{ {script} }})([...arguments])");
        let body = json!({ "script": script, "args": args });
        self.command("/execute/sync", &body).await
    }

    /// Waits until an expression of JavaScript is true in the page.
    pub(crate) async fn until(&self, what: &str, expression: &str) {
        let script = format!("return Boolean({expression})");
        eventually(what, async || self.run(&script, &[]).await == true).await;
    }

    /// Clicks on the element with this id, as a person does: it must be in sight and enabled.
    pub(crate) async fn click(&self, id: &str) {
        let element = self.element(id).await;
        self.command(&format!("/element/{element}/click"), &json!({}))
            .await;
    }

    /// Types into the element with this id, in place of what stands there.
    pub(crate) async fn type_into(&self, id: &str, text: &str) {
        let element = self.element(id).await;
        self.command(&format!("/element/{element}/clear"), &json!({}))
            .await;
        let body = json!({ "text": text });
        self.command(&format!("/element/{element}/value"), &body)
            .await;
    }

    /// Gives the window another size.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let body = json!({ "width": width, "height": height });
        self.command("/window/rect", &body).await;
    }

    /// Keeps a picture of what is to be seen.
    pub(crate) async fn picture(&self, name: &str) {
        let path = format!("{}/screenshot", self.session);
        let picture = command(&self.driver, "GET", &path, &Value::Null).await;
        let picture = Base64::decode_vec(picture.as_str().expect("a picture is a text"));
        let path = Path::new(FOLDER).join(format!("{name}.png"));
        fs::write(path, picture.expect("a picture is base64")).expect("pictures can be kept");
    }

    /// What the driver calls the element with this id.
    async fn element(&self, id: &str) -> String {
        let body = json!({ "using": "css selector", "value": format!("#{id}") });
        let found = self.command("/element", &body).await;
        let reference = found.as_object().and_then(|it| it.values().next());
        let reference = reference.and_then(Value::as_str);
        reference.expect("an element has a reference").to_owned()
    }

    async fn command(&self, path: &str, body: &Value) -> Value {
        command(&self.driver, "POST", &(self.session.clone() + path), body).await
    }
}

/// Sends a command; its value.
async fn command(driver: &Driver, method: &str, path: &str, body: &Value) -> Value {
    // The driver takes commands for this host only.
    let request = Request::new(method, path)
        .without("Host")
        .header("Host", "127.0.0.1");
    let request = match body {
        Value::Null => request,
        body => request.json(body),
    };
    let mut connection = Connection::open(driver.addr()).await;
    let response = connection.exchange(&request).await;
    let text = response.text();
    assert_eq!(response.status, 200, "{method} {path} {body}: {text}");
    response.json()["value"].take()
}

/// A folder for all that a browser keeps. Dropped, it is gone.
struct Profile(PathBuf);

impl Profile {
    fn empty() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "profile-{}-{}",
            process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = Path::new(FOLDER).join(name);
        fs::create_dir_all(&folder).expect("the folder for files of tests can be written to");
        Self(folder)
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
