//! Sessions on a real server: what is damaged, lost, readable, and what becomes of those of a dead node.

mod announce;
mod damage;
mod lists;
mod nodes;
mod recall;
mod stage;
mod time;
