//! The program that drives a browser: [`Driver`].

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long it may take to end a browser.
const END: Duration = Duration::from_secs(10);

/// A running `chromedriver` on a port of its own. Dropped, it and its browser end.
pub(crate) struct Driver {
    process: Child,
    addr: SocketAddr,
    reader: Option<JoinHandle<()>>,
    /// The session to end with it.
    session: Option<String>,
}

impl Driver {
    /// It wants one port of IPv4 and of IPv6, and ends if the one that it found is taken in one of them. So it may have to
    /// be started again.
    pub(crate) fn start() -> Self {
        let started = (0..5).find_map(|_| Self::start_once());
        started.expect("chromedriver says its port")
    }

    fn start_once() -> Option<Self> {
        let mut process = Command::new(program("chromedriver", "chromium-driver"))
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver runs");
        let mut said = BufReader::new(process.stdout.take().expect("it is piped"));
        let port = port(&mut said);
        let reader = thread::spawn(move || drop(io::copy(&mut said, &mut io::sink())));
        // From here on, dropping it ends it.
        let driver = Self {
            process,
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or_default())),
            reader: Some(reader),
            session: None,
        };
        port.map(|_| driver)
    }

    /// Where it takes commands.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Has this session, and with it the browser, end with the driver.
    pub(crate) fn owns(&mut self, session: String) {
        self.session = Some(session);
    }

    /// Ends the session, whose browser would outlive a driver that is killed.
    fn end_session(&self) -> io::Result<()> {
        let Some(session) = &self.session else {
            return Ok(());
        };
        let mut stream = TcpStream::connect_timeout(&self.addr, END)?;
        stream.set_read_timeout(Some(END))?;
        write!(
            stream,
            "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        )?;
        // The first byte of the answer comes when it is done.
        stream.read_exact(&mut [0])
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Whatever goes wrong now, the test has its result already.
        let _ = self.end_session();
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = self.reader.take().map(JoinHandle::join);
    }
}

/// The port in `ChromeDriver was started successfully on port 40123.`
fn port(said: &mut impl BufRead) -> Option<u16> {
    let mut lines = said.lines().map_while(Result::ok);
    lines.find_map(|line| {
        let (_, port) = line.split_once("successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    })
}

/// The path of a program.
///
/// # Panics
///
/// If it is not installed, with the name of the Debian package that has it.
pub(crate) fn program(name: &str, package: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "the browser tests need `{name}`, and it is not installed: it is in the Debian package \
             `{package}` (apt-get install chromium chromium-driver)"
        )
    })
}
