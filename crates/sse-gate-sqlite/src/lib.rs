//! Durable stores for `sse-gate` in one SQLite file, the [`Database`]: of tokens ([`SqliteTokens`]), sessions
//! ([`SqliteSessions`]) and event logs ([`SqliteLogs`]).
//!
//! A service of one process keeps its tokens and its streams over a restart, and needs no server for it. Several
//! processes can't share the file: they need a store that all of them can ask.
//!
//! ```
//! use sse_gate_core::{GrantRequest, Limits, Resource, Subject, TokenGate};
//! use sse_gate_sqlite::{Database, DatabaseOptions, SealingKey, SealingKeys, SqliteTokens};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("tokens.db");
//! # let secret = [7; 32];
//! # pollster::block_on(async {
//! // The secret is 32 random bytes, from a file or a vault.
//! let keys = SealingKeys::new(SealingKey::new(secret));
//! let database = Database::open(path, DatabaseOptions::sealed(keys))?;
//! let gate = TokenGate::new(SqliteTokens::new(&database, Limits::default()));
//!
//! let feed = Resource::new(["feed"])?;
//! let issued = gate.issue(GrantRequest::new(Subject::new("alice")?, feed.clone())).await?;
//! let grant = gate.redeem(issued.token().expose(), &feed).await?;
//! assert_eq!(grant.subject().as_str(), "alice");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With `sse-gate` it is `Gate::new(SqliteTokens::new(&database, Limits::default()))`. [`SqliteSessions`] shows how
//! streams survive a restart.
//!
//! # How it keeps the laws of [`TokenStore`](sse_gate_core::TokenStore)
//!
//! | law | how |
//! |---|---|
//! | an entry is given once | `DELETE … RETURNING` on the one thread that writes, answered after the commit |
//! | inserting only creates | `INSERT … ON CONFLICT DO NOTHING`, in the same transaction as all checks |
//! | an entry ends after its TTL | its end is in the row, on a time line of the file that goes on over restarts |
//! | a full store drops no live entry | the totals are two numbers in the file, counted anew at each start; a subject's entries are counted in an index |
//! | a withdrawn subject has no entries left | the epoch, the mark and the deletion are one transaction |
//! | a dropped future has done all or nothing | an operation is one job, which runs whole or is skipped |
//!
//! # How it keeps the laws of [`SessionStore`](sse_gate_resume::backend::SessionStore)
//!
//! | law | how |
//! |---|---|
//! | of two steps on one version, one counts | `UPDATE … WHERE id = ? AND version = ?` on the one thread that writes |
//! | a token has one session | a unique index, and closed sessions keep their rows |
//! | a cap is exact, and costs the same for any number | a row in `session_counts` for each subject |
//! | a full store forgets closed sessions, the first closed first | they are numbered as they are closed |
//! | a revocation finds every session from before it | the epoch, the mark and the list are one transaction |
//! | connections of a process that is gone count as waiting | a new process notes so for all of them, with the time when the last one was last seen |
//!
//! # How it keeps the laws of [`LogStore`](sse_gate_resume::backend::LogStore)
//!
//! | law | how |
//! |---|---|
//! | events are numbered without holes | the number is the log's last one and one more, in the transaction that inserts |
//! | what was answered is there | an append is answered after the commit |
//! | the limits of a log hold | the oldest events are deleted in the same transaction |
//! | another log of the same name is another one | its name and its epoch find a log, and are part of each event's seal |
//! | a writer that is gone leaves an orphan | the row names the process of its one writer, and each start has a new name |
//!
//! # What waits for the disk
//!
//! | call | waits for |
//! |---|---|
//! | a mint, a redemption | one commit |
//! | opening a stream that is resumable | two: the log and the session |
//! | a client that comes back | one |
//! | an event that is published | one |
//! | a client that reads | nothing: its events are in memory, or read without the thread that writes |
//! | a client that leaves | nothing: it is noted in the background |
//!
//! A commit is shared by all that wait for it.
//!
//! # A start, step by step
//!
//! 1. The file is locked, made if there is none, and looked at: is it ours, of a version that is known, whole?
//! 2. Its index key is opened, which shows whether the keys are the right ones.
//! 3. If operations that were answered may be missing after a power cut, all is dropped.
//! 4. The file's time goes on, and all that is in it is counted anew.
//! 5. Connections of the last process count as waiting, and logs that have lost their writer as orphaned.
//! 6. The two threads start. What has ended meanwhile is removed by and by.
//!
//! # What survives what
//!
//! | | [`Durability::Full`] | [`Durability::Normal`] |
//! |---|---|---|
//! | the process ends, or is killed | everything that was answered | everything that was answered |
//! | the machine loses power | everything that was answered | nothing: tokens, sessions and logs are dropped at the next start |
//! | the disk is full | operations are refused as unavailable, and nothing is half done | the same |
//! | the file is an old copy | tokens that have ended since are gone; **one that was redeemed since the copy and has not ended is good again** | the same |
//! | a token was changed or moved in the file | it is refused, with [`StoreErrorKind::Corrupt`], and gone | the same |
//! | an event was changed or moved in the file | its readers are told that it is gone, and go on with the next one | the same |
//! | a session was changed or moved in the file | it is lost: its client is refused as one whose session is not known | the same |
//!
//! [`StoreErrorKind::Corrupt`]: sse_gate_core::StoreErrorKind::Corrupt
//!
//! # Threads
//!
//! One thread writes, one reads, each behind a bounded queue. Operations that wait for the writer at the
//! same moment are committed together: with many callers, one flush to the disk serves all of them. One
//! that fails takes back only its own changes. A queue that is full refuses at once.
//!
//! Answers come as futures of any executor. No runtime is needed.
//!
//! # In the file
//!
//! | column of `tokens` | sealed | unsealed |
//! |---|---|---|
//! | `key` | a digest of the token and its resource | the same |
//! | `subject` | a digest of the subject under a key of the file | the same |
//! | `value` | the entry, by XChaCha20-Poly1305, bound to all columns of its row | the entry |
//! | `ends_at`, `payload_len` | numbers | the same |
//!
//! | column of `sessions`, `logs`, `events` | sealed | unsealed |
//! |---|---|---|
//! | `id`, `token`, `epoch`, `writer` | random bytes, or digests of them | the same |
//! | `subject`, `name`, `owner` | digests under a key of the file | the same |
//! | `value` | a record or an event, sealed and bound to its row | a record or an event |
//! | all others | numbers: times, counts, sizes | the same |
//!
//! Each file has keys of its own, which are derived from the [`SealingKeys`] and a random name of the file.
//! A file that was not written by this crate, or by a newer version, is refused and left as it was.
//!
//! # Time
//!
//! Dates follow a wall clock that may be set, and steady time ends with the process. So the file has a
//! time line of its own: it passes as [`Clock::steady`](sse_gate_core::Clock::steady) does while the file is open, and
//! as the wall clock does while it is closed. If the wall clock was set back while the file was closed, no time
//! has passed for it. A token ends by this time line or at its own date, whichever comes first.
//!
//! The file's time is written down at least once a second while there are tokens. So after a crash it is at
//! most that much behind.
//!
//! # What it costs
//!
//! An operation is a handful of statements on three small trees, and a share of a commit. With one caller,
//! the commit and two hand-overs between threads are most of it; with many, the statements are. The
//! benchmark `sqlite` of the repository races it with bare rusqlite, statement for statement.
//!
//! A token without a payload takes some 400 bytes of the file. Space that was freed is used again, and
//! the file never shrinks by itself.
//!
//! # Why rusqlite
//!
//! All work is done on two threads of our own, so an async driver would only add its pool and its
//! runtime. rusqlite is thin, keeps prepared statements, and brings SQLite's source with it. Version 0.40
//! is the newest that builds with Rust 1.88. SQLite must be 3.37 or newer if you link your own.
//!
//! # Features
//!
//! | feature | on by default | does |
//! |---|---|---|
//! | `bundled` | yes | compiles SQLite from the source that comes with rusqlite; needs a C compiler |
//!
//! # Order of the modules
//!
//! Each module uses only modules on the lines above its own:
//!
//! 1. `error`, `durability`, `time`, `seal`
//! 2. `fault`, `options`
//! 3. `file`: from a path to a connection
//! 4. `engine`: threads, queues, transactions
//! 5. `marks`: who was withdrawn; `tokens`, `sessions`, `logs`: the statements on each
//! 6. `database`
//! 7. `sqlite_tokens`, `sqlite_sessions`, `sqlite_logs`
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod database;
mod durability;
mod engine;
mod error;
mod fault;
mod file;
mod logs;
mod marks;
mod options;
mod sessions;
mod sqlite_logs;
mod sqlite_sessions;
mod sqlite_tokens;
mod time;
mod tokens;

pub use database::Database;
pub use durability::Durability;
pub use error::{DatabaseError, DatabaseErrorKind};
pub use options::DatabaseOptions;
pub use sqlite_logs::SqliteLogs;
pub use sqlite_sessions::SqliteSessions;
pub use sqlite_tokens::SqliteTokens;
pub use sse_gate_seal::{SealingKey, SealingKeys};
