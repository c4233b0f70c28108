//! A server on a thread of its own, whose CPU time can be told.

use std::fs;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;

use tokio::net::TcpListener;

#[derive(Debug)]
pub(crate) struct Server {
    addr: SocketAddr,
    /// The kernel's number of its thread.
    task: u32,
}

impl Server {
    /// Serves until the process ends.
    pub(crate) fn start<F, S>(serve: F) -> Self
    where
        F: FnOnce(TcpListener) -> S + Send + 'static,
        S: Future,
    {
        let (started, starts) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                let addr = listener.local_addr().expect("it is bound");
                started
                    .send(Self {
                        addr,
                        task: this_task(),
                    })
                    .expect("somebody waits");
                serve(listener).await;
            });
        });
        starts.recv().expect("the server starts")
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What its thread has spent on a CPU, in nanoseconds.
    pub(crate) fn cpu_nanos(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/self/task/{}/schedstat", self.task));
        let stat = stat.expect("Linux tells the time of threads");
        let nanos = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
        nanos.expect("the first number is the time on a CPU")
    }
}

fn this_task() -> u32 {
    let link = fs::read_link("/proc/thread-self").expect("Linux tells which thread this is");
    let name = link
        .file_name()
        .and_then(|name| name.to_str()?.parse().ok());
    name.expect("it ends with the thread's number")
}
