//! What a process leaves in the file for the next one: the time, and whether all that it wrote is there.

use std::fs;

use rusqlite::Connection;
use sse_gate_core::Timestamp;

use super::state::{Name, bytes, number, set_bytes, set_number};
use crate::Durability;
use crate::time::{FileTime, Mark};

/// Where Linux tells one start of the system from another.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// What the operating system calls the time since it started. `None` if it does not say.
fn boot() -> Option<Vec<u8>> {
    fs::read(BOOT_ID).ok().filter(|boot| !boot.is_empty())
}

/// Whether the last answered operations may be missing from the file: it was not closed, its commits were
/// not flushed, and the machine has restarted since, or may have.
pub(super) fn may_have_lost(connection: &Connection) -> rusqlite::Result<bool> {
    let was_open = number(connection, Name::IsOpen)? != 0;
    let was_flushed = number(connection, Name::IsFlushed)? != 0;
    if !was_open || was_flushed {
        return Ok(false);
    }
    let then = bytes(connection, Name::Boot)?.filter(|boot| !boot.is_empty());
    Ok(then.is_none() || then != boot())
}

/// Notes that this process has the file open.
pub(super) fn open_run(connection: &Connection, durability: Durability) -> rusqlite::Result<()> {
    let is_flushed = i64::from(durability == Durability::Full);
    set_number(connection, Name::IsOpen, 1)?;
    set_number(connection, Name::IsFlushed, is_flushed)?;
    set_bytes(connection, Name::Boot, &boot().unwrap_or_default())
}

/// Notes that the file was closed at this moment.
pub(crate) fn close_run(connection: &Connection, mark: Mark) -> rusqlite::Result<()> {
    set_number(connection, Name::IsOpen, 0)?;
    set_mark(connection, mark)
}

/// The last moment that the file knows. `None` for a new file.
pub(super) fn last_mark(connection: &Connection) -> rusqlite::Result<Option<Mark>> {
    let (time, wall) = (
        number(connection, Name::MarkTime)?,
        number(connection, Name::MarkWall)?,
    );
    Ok(u64::try_from(wall)
        .ok()
        .filter(|wall| *wall > 0)
        .map(|wall| Mark {
            time: FileTime::from_millis(time.max(0)),
            wall: Timestamp::from_unix_millis(wall),
        }))
}

/// Writes down what time it is.
pub(crate) fn set_mark(connection: &Connection, mark: Mark) -> rusqlite::Result<()> {
    let wall = i64::try_from(mark.wall.as_unix_millis()).unwrap_or(i64::MAX);
    set_number(connection, Name::MarkTime, mark.time.as_millis())?;
    set_number(connection, Name::MarkWall, wall)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// E12: the start of the system is told by a name that no other start has, of 128 bits in hexadecimal.
    #[test]
    fn the_system_says_when_it_has_started() {
        let boot = String::from_utf8(boot().unwrap()).unwrap();
        let digits = boot.trim().replace('-', "");
        assert_eq!(digits.len(), 32, "{boot}");
        assert!(u128::from_str_radix(&digits, 16).is_ok(), "{boot}");
    }
}
