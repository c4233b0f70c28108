//! A browser at a page: [`Browser`].

use std::process::Stdio;

use super::Engine;
use super::display::Display;
use super::process::{Process, Scratch};

/// A browser without a window, with an empty profile. What it does is up to its page. Dropped, it
/// is killed, and all that it has kept is removed.
#[derive(Debug)]
pub struct Browser {
    // In the order in which they are to be dropped.
    _process: Process,
    _display: Option<Display>,
    _folder: Scratch,
}

impl Browser {
    pub(super) fn start(engine: Engine, url: &str) -> Self {
        let folder = Scratch::new();
        let display = engine.needs_display().then(Display::start);
        let mut command = engine.command(folder.path());
        for variable in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(variable, folder.path());
        }
        if let Some(display) = &display {
            command.env("DISPLAY", &display.name);
        }
        command.arg(url).stdout(Stdio::null()).stderr(Stdio::null());
        Self {
            _process: Process::start(&mut command),
            _display: display,
            _folder: folder,
        }
    }
}
