-- Sessions. `token` is the digest of a token, `subject` a keyed digest, `value` a sealed record. The other
-- columns repeat what is in the record, to search by. `opened` and `closed` number the sessions in the
-- order in which that happened to them.
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    token BLOB NOT NULL,
    subject BLOB NOT NULL,
    version INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER,
    is_waiting INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    idle INTEGER NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sessions_by_token ON sessions (token);
CREATE INDEX sessions_by_subject ON sessions (subject, opened) WHERE closed IS NULL;
CREATE INDEX sessions_that_wait ON sessions (subject, opened) WHERE closed IS NULL AND is_waiting = 1;
CREATE INDEX sessions_attached ON sessions (opened) WHERE closed IS NULL AND is_waiting = 0;
CREATE INDEX sessions_by_end ON sessions (ends_at) WHERE closed IS NULL;
CREATE INDEX sessions_by_closing ON sessions (closed) WHERE closed IS NOT NULL;
CREATE INDEX sessions_to_forget ON sessions (ends_at) WHERE closed IS NOT NULL;

-- How many sessions of each subject are not closed.
CREATE TABLE session_counts (
    subject BLOB NOT NULL PRIMARY KEY,
    sessions INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last revocation of each subject that was revoked lately.
CREATE TABLE revocations (
    subject BLOB NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX revocations_by_epoch ON revocations (epoch);

-- Logs. `name` and `owner` are keyed digests. `writer` names the process of a log's one writer, if it has
-- one. `in_use` is 1 if the process that has the file open has used the log.
CREATE TABLE logs (
    id INTEGER NOT NULL PRIMARY KEY,
    name BLOB NOT NULL,
    epoch BLOB NOT NULL,
    owner BLOB NOT NULL,
    writer BLOB NOT NULL,
    in_use INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    max_events INTEGER NOT NULL,
    max_bytes INTEGER NOT NULL,
    max_age INTEGER NOT NULL,
    empty_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX logs_by_name ON logs (name);
CREATE INDEX logs_unused ON logs (empty_at) WHERE in_use = 0;
CREATE INDEX logs_in_use ON logs (in_use) WHERE in_use = 1;

-- The events of logs, each sealed.
CREATE TABLE events (
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    len INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;

-- How many bytes the events of each owner's logs have.
CREATE TABLE log_owners (
    owner BLOB NOT NULL PRIMARY KEY,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
