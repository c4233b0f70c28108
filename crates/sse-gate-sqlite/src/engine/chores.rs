//! What is to do now and then, beside the jobs: [`Chore`].

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Step;
use crate::file::set_mark;
use crate::time::FileClock;

/// Cleans up at most this many rows. Returns whether there is something to do, now or later.
pub(crate) type Chore = fn(&Step<'_>, usize) -> rusqlite::Result<bool>;

/// How often the time is written down while there is something to do, and once a second if there are chores only. After
/// a crash, the file's time may be behind by as much, if the wall clock was set back meanwhile.
pub(super) const MARK_EVERY: Duration = Duration::from_millis(500);

/// Each job makes at most one row that has to be cleaned up later. So the heap of those never grows.
const ROWS_PER_JOB: usize = 2;

/// How many rows are cleaned up beside a few jobs.
const ROWS: usize = 64;

/// How many rows are cleaned up if there is nothing else to do.
const ROWS_WHEN_IDLE: usize = 2_048;

/// The chores, and when the time was written down last.
#[derive(Debug)]
pub(super) struct Chores {
    chores: &'static [Chore],
    marked_at: Option<Instant>,
}

impl Chores {
    pub(super) fn new(chores: &'static [Chore]) -> Self {
        Self {
            chores,
            marked_at: None,
        }
    }

    /// Does them once, beside this many jobs. Returns whether there will be more to do.
    pub(super) fn run(
        &mut self,
        connection: &Connection,
        clock: &FileClock,
        jobs: usize,
    ) -> rusqlite::Result<bool> {
        let rows = match jobs {
            0 => ROWS_WHEN_IDLE,
            jobs => ROWS.max(jobs * ROWS_PER_JOB),
        };
        let is_due = |marked_at: Instant| marked_at.elapsed() >= MARK_EVERY;
        if self.marked_at.is_none_or(is_due) {
            set_mark(connection, clock.mark())?;
            self.marked_at = Some(Instant::now());
        }
        let step = Step::new(connection, clock);
        let mut is_more = false;
        for chore in self.chores {
            is_more |= chore(&step, rows)?;
        }
        Ok(is_more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatabaseOptions;
    use crate::file::{Name, OpenedFile, number};
    use sse_gate_core::ManualClock;

    /// E12: the time is written down again when it was not for a while, and not each time.
    #[test]
    fn the_time_is_written_down_now_and_then() {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::default();
        let options = DatabaseOptions::unsealed().with_clock(clock.clone());
        let (file, _) = OpenedFile::open(&folder.path().join("a.db"), &options, &[]).unwrap();
        let mut chores = Chores::new(&[]);
        let run = |chores: &mut Chores| {
            clock.advance(Duration::from_millis(1));
            chores.run(&file.connection, &file.clock, 1).unwrap();
            number(&file.connection, Name::MarkTime).unwrap()
        };
        assert_eq!(run(&mut chores), 1);
        // However long that took.
        let marked_at = chores.marked_at.as_mut().expect("it was written down");
        *marked_at = Instant::now();
        assert_eq!(run(&mut chores), 1);
        chores.marked_at = Instant::now().checked_sub(MARK_EVERY);
        assert_eq!(run(&mut chores), 3);
    }

    /// The thread that writes sleeps until it is needed: an empty file has nothing to clean up, ever.
    #[test]
    fn an_empty_file_has_no_chores() {
        let folder = tempfile::tempdir().unwrap();
        let options = DatabaseOptions::unsealed();
        let (file, _) = OpenedFile::open(&folder.path().join("a.db"), &options, &[]).unwrap();
        for chore in [
            crate::tokens::drop_ended as Chore,
            crate::sessions::are_attached,
            crate::logs::drop_unused,
        ] {
            let step = Step::new(&file.connection, &file.clock);
            assert!(!chore(&step, 1).unwrap());
        }
    }
}
