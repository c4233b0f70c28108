//! Programs and folders that are gone when a test is: [`Process`], [`Scratch`].

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs, thread};

use crate::Output;

/// A running program, the leader of a process group of its own. Dropped, the whole group is
/// killed: a browser is many processes.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts it; it says nothing but what the command has piped.
    pub fn start(command: &mut Command) -> Self {
        let started = command.stdin(Stdio::null()).process_group(0).spawn();
        Self(started.unwrap_or_else(|error| panic!("{command:?} does not run: {error}")))
    }

    /// What it says on its standard output, which the command has piped.
    pub fn output(&mut self) -> Output {
        let pipe = self.0.stdout.take().expect("it is piped");
        // The reader ends with the program.
        Output::of(pipe).0
    }

    /// The program itself.
    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An empty folder of one's own. Dropped, it is gone.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes it, where temporary files are.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("sse-gate-{}-{count}", process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written to");
        Self(folder)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A process that is killed may write for a moment.
        for _ in 0..50 {
            match fs::remove_dir_all(&self.0) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    thread::sleep(Duration::from_millis(20));
                }
                _ => return,
            }
        }
    }
}

/// The path of the first of these that is there: programs by name, or files by path.
///
/// # Panics
///
/// If there is none, with the name of the Debian package that has it.
pub fn program(names: &[&str], package: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).collect();
    // A path that is absolute stays as it is.
    let places = names
        .iter()
        .flat_map(|name| folders.iter().map(move |it| it.join(name)));
    let found = places.into_iter().find(|place| place.is_file());
    found.unwrap_or_else(|| {
        panic!("{names:?} is not installed: it is in the Debian package `{package}`")
    })
}
