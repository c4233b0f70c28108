//! How much an answered write survives: [`Durability`].

/// What an operation that was answered survives.
///
/// Both survive the end of the process, however it ends: a panic, `kill -9`, the out-of-memory killer. They
/// differ if the whole machine stops at once, by a power cut or a crash of its kernel.
///
/// | | power cut | cost of a commit |
/// |---|---|---|
/// | [`Full`](Self::Full) | what was answered is there | one flush to the disk; operations that wait together share it |
/// | [`Normal`](Self::Normal) | the last operations may be undone | a write to the file cache, no flush |
///
/// With `Normal`, a redemption may be undone, and a token must not be good twice. So if the machine has
/// restarted without the file having been closed, all tokens in the file are dropped when it is
/// opened again, and clients ask for new ones. Linux tells whether the machine has restarted. On other
/// systems any file that was not closed counts as one whose machine has restarted.
///
/// Which one to take:
///
/// - Tokens alone, on a machine that may lose power: `Normal` costs each client one more request after a power
///   cut, and saves a flush for each mint and each redemption.
/// - Events that clients must not miss: `Full`. What was acknowledged before the power cut is there after it.
/// - Containers that are stopped and started again are not machines that lose power: both keep everything.
///
/// ```
/// use sse_gate_sqlite::{DatabaseOptions, Durability};
///
/// let options = DatabaseOptions::unsealed().with_durability(Durability::Normal);
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// An operation is answered when the disk has it (SQLite's `synchronous=FULL`).
    ///
    /// A caller that is alone waits for a whole flush each time: a fraction of a millisecond on a good
    /// disk, some milliseconds on a networked one. With many callers the thread gathers those that come
    /// at the same time, for at most an eighth of the time that the last commit took.
    #[default]
    Full,
    /// An operation is answered when the operating system has it (SQLite's `synchronous=NORMAL`).
    ///
    /// The disk is flushed now and then, when the write-ahead log is moved into the file: about every
    /// 4 MiB of changed pages. The caller that comes at that moment waits for it.
    Normal,
}

impl Durability {
    /// The value of `PRAGMA synchronous`.
    pub(crate) fn synchronous(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Normal => "NORMAL",
        }
    }
}
