-- Single values. All of them fit on one page.
CREATE TABLE state (
    name TEXT NOT NULL PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Unused tokens. `key` is the digest of a token, `subject` a keyed digest, `value` a sealed entry.
CREATE TABLE tokens (
    key BLOB NOT NULL PRIMARY KEY,
    ends_at INTEGER NOT NULL,
    subject BLOB NOT NULL,
    payload_len INTEGER NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_by_subject ON tokens (subject, ends_at, payload_len);
CREATE INDEX tokens_by_end ON tokens (ends_at);

-- The last withdrawal of each subject that was withdrawn lately.
CREATE TABLE withdrawals (
    subject BLOB NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX withdrawals_by_epoch ON withdrawals (epoch);
