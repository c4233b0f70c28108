//! A cluster, a primary that sentinels name, and a server behind TLS.

mod cluster;
mod sentinel;
mod stage;
mod tls;
