//! A forked child does not draw what its parent draws.
//!
//! Its own `main`: only a process with a single thread may be forked like that.

/// C19: the child of a process in a new PID namespace has the process id that its parent has, if
/// that is 1 in its own. So an id that has not changed does not tell that there was no fork.
#[cfg(target_os = "linux")]
mod linux {
    use std::env;
    use std::process::{Command, id};

    use fork::{Fork, fork, waitpid};
    use nix::sched::{CloneFlags, unshare};
    use sse_gate_core::{Entropy, SystemEntropy};

    /// Set in the process that is to be the first of a PID namespace.
    const IS_FIRST: &str = "SSE_GATE_FORK_TEST_IS_FIRST";

    #[expect(clippy::print_stdout, reason = "it has no harness that would")]
    pub(super) fn main() {
        draws_differ("a child");
        if env::var_os(IS_FIRST).is_some() {
            assert_eq!(id(), 1);
            unshare(CloneFlags::CLONE_NEWPID).expect("a PID namespace can be made");
            let child = draws_differ("a child in a new PID namespace");
            assert_eq!(child, id(), "the ids do not show the fork");
            return;
        }
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", "--pid", "--fork", "--"]);
        let possible = unshare.arg("true").output();
        if !possible.is_ok_and(|output| output.status.success()) {
            println!("PID namespaces can't be made here: a plain fork was tried alone");
            return;
        }
        let mut first = Command::new("unshare");
        first.args(["--map-root-user", "--pid", "--fork", "--"]);
        let first = first.arg(env::current_exe().expect("it has a path"));
        let status = first.env(IS_FIRST, "1").status().expect("it can be run");
        assert!(status.success(), "in a PID namespace: {status}");
    }

    /// Forks after a draw, and compares the draws of parent and child after it. The child's id.
    fn draws_differ(who: &str) -> u32 {
        let _before = draw();
        let (mut reader, writer) = std::io::pipe().expect("there is a pipe");
        match fork().expect("it can be forked") {
            Fork::Child => {
                drop(reader);
                let mut said = [0; 36];
                said[..32].copy_from_slice(&draw());
                said[32..].copy_from_slice(&id().to_ne_bytes());
                let said = std::io::Write::write_all(&mut &writer, &said);
                std::process::exit(i32::from(said.is_err()));
            }
            Fork::Parent(child) => {
                drop(writer);
                let mut said = [0; 36];
                std::io::Read::read_exact(&mut reader, &mut said).expect("the child says it");
                waitpid(child).expect("the child ends");
                assert_ne!(said[..32], draw(), "{who} draws what its parent draws");
                u32::from_ne_bytes(said[32..].try_into().expect("4 bytes"))
            }
        }
    }

    fn draw() -> [u8; 32] {
        let mut bytes = [0; 32];
        SystemEntropy.fill(&mut bytes).expect("there is randomness");
        bytes
    }
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {}
