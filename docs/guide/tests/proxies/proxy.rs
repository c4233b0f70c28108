//! A running proxy, with the settings of the guide: [`Proxy`].

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use std::{env, fs};

use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::program::in_time;

/// Which one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Nginx,
    HaProxy,
    Caddy,
}

/// Dropped, it is killed, and its folder removed.
pub(crate) struct Proxy {
    pub(crate) addr: String,
    folder: PathBuf,
    _process: Child,
}

impl Proxy {
    /// Starts it in front of the service at this address, and waits until it listens.
    pub(crate) async fn start(kind: Kind, service: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap().to_string();
        drop(listener);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{kind:?}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut command = match kind {
            Kind::Nginx => nginx(&addr, service, &folder),
            Kind::HaProxy => haproxy(&addr, service, &folder),
            Kind::Caddy => caddy(&addr, service, &folder),
        };
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.kill_on_drop(true).spawn();
        let process = process.unwrap_or_else(|error| panic!("{kind:?} can't be started: {error}"));
        in_time("the proxy listens", async {
            while TcpStream::connect(&addr).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        Self {
            addr,
            folder,
            _process: process,
        }
    }

    /// What it has logged.
    pub(crate) fn access_log(&self) -> String {
        fs::read_to_string(self.folder.join("access.log")).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A program in the path, or where only root looks for one.
fn program(name: &str) -> Command {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into()]);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|it| it.is_file());
    let mut command = Command::new(found.unwrap_or_else(|| panic!("{name} is not installed")));
    command.env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Replaces what stands for this machine in the settings. Each text must be there.
fn fit(settings: &str, changes: &[(&str, &str)]) -> String {
    changes
        .iter()
        .fold(settings.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "no {from:?} in {text}");
            text.replace(from, to)
        })
}

fn nginx(addr: &str, service: &str, folder: &Path) -> Command {
    let home = folder.display();
    let log = format!("{home}/access.log");
    let logs = include_str!("../../proxies/nginx-log.conf");
    let logs = fit(logs, &[("/var/log/nginx/access.log", &log)]);
    let locations = include_str!("../../proxies/nginx.conf");
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders
        .map(|it| format!("{it}_temp_path {home}/{it};"))
        .join(" ");
    let text = format!(
        "daemon off; master_process off; pid {home}/pid; events {{}}
        http {{
            {folders} {logs}
            upstream backend {{ server {service}; }}
            server {{ listen {addr}; {locations} }}
        }}"
    );
    let path = folder.join("nginx.conf");
    fs::write(&path, text).unwrap();
    let mut command = program("nginx");
    command.args(["-e", "stderr", "-p"]).arg(folder);
    command.arg("-c").arg(path);
    command
}

fn haproxy(addr: &str, service: &str, folder: &Path) -> Command {
    let later = folder.join("later.http");
    fs::write(&later, include_str!("../../proxies/later.http")).unwrap();
    let text = fit(
        include_str!("../../proxies/haproxy.cfg"),
        &[
            (":80", addr),
            ("127.0.0.1:3000", service),
            ("/etc/haproxy/later.http", &later.display().to_string()),
        ],
    );
    let path = folder.join("haproxy.cfg");
    fs::write(&path, text).unwrap();
    let mut command = program("haproxy");
    command.arg("-db").arg("-f").arg(path);
    command
}

fn caddy(addr: &str, service: &str, folder: &Path) -> Command {
    let text = fit(
        include_str!("../../proxies/Caddyfile"),
        &[
            (":80", &format!("http://{addr}")),
            ("127.0.0.1:3000", service),
        ],
    );
    let path = folder.join("Caddyfile");
    // No port for its administration, as others may run beside this one.
    fs::write(&path, format!("{{\n\tadmin off\n}}\n\n{text}")).unwrap();
    let mut command = program("caddy");
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(path);
    command
}
