//! A proxy with the settings of the guide, changed: [`Proxy`].

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use sse_gate_tests::engines::{Process, Scratch, program};
use sse_gate_tests::eventually;
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    HaProxy,
    Caddy,
}

impl Kind {
    /// Its name in the advice.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::HaProxy => "HAProxy",
            Self::Caddy => "Caddy",
        }
    }
}

/// A running proxy. Dropped, it is killed, and its folder removed.
pub(crate) struct Proxy {
    pub(crate) addr: SocketAddr,
    // In the order in which they are to be dropped.
    _process: Process,
    pub(crate) folder: Scratch,
}

impl Proxy {
    /// Starts it in front of a server, and waits until it listens.
    pub(crate) async fn start(kind: Kind, server: SocketAddr, changes: &[(&str, &str)]) -> Self {
        let addr = free_address().await;
        let folder = Scratch::new();
        let (addr_text, server) = (addr.to_string(), server.to_string());
        let mut command = match kind {
            Kind::Nginx => nginx(&addr_text, &server, folder.path(), changes),
            Kind::HaProxy => haproxy(&addr_text, &server, folder.path(), changes),
            Kind::Caddy => caddy(&format!("http://{addr}"), &server, folder.path(), changes),
        };
        let process = Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let proxy = Self {
            addr,
            _process: process,
            folder,
        };
        proxy.listens().await;
        proxy
    }

    /// A Caddy that speaks TLS for `localhost`, with a certificate authority of its own.
    pub(crate) async fn start_tls(server: SocketAddr, changes: &[(&str, &str)]) -> Self {
        let addr = free_address().await;
        let folder = Scratch::new();
        let site = format!("https://localhost:{}", addr.port());
        let mut command = caddy(&site, &server.to_string(), folder.path(), changes);
        let process = Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let proxy = Self {
            addr,
            _process: process,
            folder,
        };
        proxy.listens().await;
        proxy
    }

    async fn listens(&self) {
        eventually("the proxy listens", async || {
            TcpStream::connect(self.addr).await.is_ok()
        })
        .await;
    }
}

/// An address that is free now.
async fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let addr = listener.and_then(|listener| listener.local_addr());
    addr.expect("a free port")
}

/// Replaces texts of the settings. Each must be there.
fn fit(settings: &str, changes: &[(&str, &str)]) -> String {
    let mut text = settings.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "no {from:?} in {text}");
        text = text.replace(from, to);
    }
    text
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("a folder of our own");
}

fn nginx(addr: &str, server: &str, folder: &Path, changes: &[(&str, &str)]) -> Command {
    let home = folder.display();
    let settings = include_str!("../../../docs/guide/proxies/nginx.conf");
    let settings = fit(settings, &[("location /api/", "location /")]);
    let settings = fit(&settings, changes);
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders.map(|it| format!("{it}_temp_path {home}/{it};"));
    let text = format!(
        "daemon off; master_process off; pid {home}/pid; events {{}}
        http {{
            access_log off; {}
            upstream backend {{ server {server}; }}
            server {{ listen {addr}; {settings} }}
        }}",
        folders.join(" ")
    );
    let path = folder.join("nginx.conf");
    write(&path, &text);
    let mut command = Command::new(program(&["nginx", "/usr/sbin/nginx"], "nginx-light"));
    command.args(["-e", "stderr", "-p"]).arg(folder);
    command.arg("-c").arg(path);
    command
}

fn haproxy(addr: &str, server: &str, folder: &Path, changes: &[(&str, &str)]) -> Command {
    let later = folder.join("later.http");
    let page = include_str!("../../../docs/guide/proxies/later.http");
    write(&later, page);
    let settings = include_str!("../../../docs/guide/proxies/haproxy.cfg");
    let settings = fit(settings, changes);
    let own = [
        (":80", addr),
        ("127.0.0.1:3000", server),
        ("/etc/haproxy/later.http", &later.display().to_string()),
    ];
    let path = folder.join("haproxy.cfg");
    write(&path, &fit(&settings, &own));
    let mut command = Command::new(program(&["haproxy", "/usr/sbin/haproxy"], "haproxy"));
    command.arg("-db").arg("-f").arg(path);
    command
}

fn caddy(site: &str, server: &str, folder: &Path, changes: &[(&str, &str)]) -> Command {
    // No port for its administration, as others may run beside this one.
    let global = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tlocal_certs\n}\n\n";
    let settings = include_str!("../../../docs/guide/proxies/Caddyfile");
    let settings = fit(&format!("{global}{settings}"), changes);
    let settings = fit(&settings, &[(":80", site), ("127.0.0.1:3000", server)]);
    let path = folder.join("Caddyfile");
    write(&path, &settings);
    let mut command = Command::new(program(&["caddy"], "caddy"));
    command.args(["run", "--adapter", "caddyfile", "--config"]);
    command.arg(path).env("HOME", folder);
    command
        .env("XDG_DATA_HOME", folder)
        .env("XDG_CONFIG_HOME", folder);
    command
}
