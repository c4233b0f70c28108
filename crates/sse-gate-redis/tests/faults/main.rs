//! Faults of a real server: it is refused, killed, stopped, full, made a replica, emptied. E1

mod data;
mod epochs;
mod failover;
mod outages;
mod proxy;
mod stage;
mod unfit;
