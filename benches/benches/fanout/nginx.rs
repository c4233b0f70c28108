//! What nginx needs to run: a port, and a folder for its files. It takes no free port by itself, and says nothing.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

const CONF: &str = include_str!("../../peers/nginx/nginx.conf");

/// The folder is removed when this is dropped.
pub(crate) struct Site {
    folder: TempDir,
    addr: SocketAddr,
}

impl Site {
    /// A site on a port that is free now.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let addr = listener.local_addr().expect("it is bound");
        let folder = tempfile::tempdir().expect("a folder");
        let conf = CONF.replace("PORT", &addr.port().to_string());
        std::fs::write(folder.path().join("nginx.conf"), conf).expect("room for a file");
        Self { folder, addr }
    }

    /// Tells nginx of it.
    pub(crate) fn add_to(&self, command: &mut Command) {
        command.arg("-p").arg(self.folder.path());
        command.args(["-c", "nginx.conf", "-e", "stderr"]);
    }

    /// Waits until nginx listens, and says where.
    pub(crate) fn ready(&self) -> SocketAddr {
        for _ in 0..100 {
            if TcpStream::connect(self.addr).is_ok() {
                return self.addr;
            }
            sleep(Duration::from_millis(100));
        }
        panic!("nginx does not listen on {}", self.addr);
    }
}
