//! Servers of others, each with a program of its own. `benches/peers/install` gets them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    /// The nchan module of nginx, which has no tokens.
    Nchan,
    /// better-sse in Fastify, on Node.
    BetterSse,
    /// sse-starlette in `FastAPI`, on uvicorn.
    SseStarlette,
}

impl Outside {
    pub(crate) const ALL: [Self; 3] = [Self::Nchan, Self::BetterSse, Self::SseStarlette];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nchan => "nginx, nchan, no tokens",
            Self::BetterSse => "Node, fastify, better-sse",
            Self::SseStarlette => "FastAPI, sse-starlette",
        }
    }

    /// Whether all that it needs is there. If not, this says how to get it.
    pub(crate) fn is_installed(self) -> bool {
        let missing = self.needs().into_iter().find(|path| !path.exists());
        if let Some(path) = &missing {
            let (name, path) = (self.name(), path.display());
            println!("{name}: left out, as there is no {path}; benches/peers/install gets it");
        }
        missing.is_none()
    }

    fn needs(self) -> Vec<PathBuf> {
        match self {
            Self::Nchan => vec![
                program("nginx"),
                "/usr/lib/nginx/modules/ngx_nchan_module.so".into(),
            ],
            Self::BetterSse => vec![
                program("node"),
                peers().join("node/node_modules/better-sse"),
            ],
            Self::SseStarlette => vec![peers().join("fastapi/venv/bin/uvicorn")],
        }
    }

    /// Adds its program to the command, and what that is given. nginx is also given its
    /// [site](crate::nginx::Site).
    pub(crate) fn add_to(self, command: &mut Command) -> &mut Command {
        let peers = peers();
        match self {
            Self::Nchan => command.arg(program("nginx")),
            Self::BetterSse => command
                .arg(program("node"))
                .arg(peers.join("node/server.js"))
                .env("NODE_ENV", "production"),
            Self::SseStarlette => command
                .arg(peers.join("fastapi/venv/bin/python"))
                .arg(peers.join("fastapi/server.py")),
        }
    }
}

/// Where the files of these servers are.
fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// Where a program is. Debian has some where only root looks for them.
fn program(name: &str) -> PathBuf {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| name.into())
}
