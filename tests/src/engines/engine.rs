//! The engines that there are: [`Engine`].

use std::env::consts::ARCH;
use std::path::Path;
use std::process::Command;

use super::Browser;
use super::process::program;

/// What Chromium needs to run without a window, as root, and to do nothing of its own accord.
pub const CHROMIUM: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// An engine with an `EventSource` of its own make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// Blink, in Chromium.
    Chromium,
    /// Gecko, in Firefox, its long-lived release.
    Firefox,
    /// `WebKitGTK`, in its smallest browser.
    WebKit,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Starts a browser that opens this page, and nothing else.
    pub fn open(self, url: &str) -> Browser {
        Browser::start(self, url)
    }

    /// What starts it with an empty profile in this folder.
    pub(super) fn command(self, profile: &Path) -> Command {
        match self {
            Self::Chromium => {
                let mut command = Command::new(program(&["chromium"], "chromium"));
                command.args(CHROMIUM);
                command.arg(format!("--user-data-dir={}", profile.display()));
                command
            }
            Self::Firefox => {
                let mut command = Command::new(program(&["firefox-esr", "firefox"], "firefox-esr"));
                command
                    .args(["--headless", "--no-remote", "--profile"])
                    .arg(profile);
                command
            }
            Self::WebKit => {
                // It is no program for users: it stands in no folder of `PATH`.
                let places = ["4.1", "6.0"]
                    .map(|api| format!("/usr/lib/{ARCH}-linux-gnu/webkit2gtk-{api}/MiniBrowser"));
                let [first, second] = places.each_ref().map(String::as_str);
                let mini_browser = program(&["MiniBrowser", first, second], "libwebkit2gtk-4.1-0");
                let mut command = Command::new(mini_browser);
                command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
                command
            }
        }
    }

    /// Whether it starts only where there is a display.
    pub(super) fn needs_display(self) -> bool {
        self == Self::WebKit
    }
}
