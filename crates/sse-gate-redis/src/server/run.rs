//! Which run of a server it is: [`RunId`].

/// Names one run of a server as a primary: it is another one after a restart, and each time that a replica is promoted.
///
/// Redis replicates after it has answered. So after a failover, a token that was taken may be there again.
/// Each token carries the run in which it was made, and is good in that run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunId([u8; Self::LEN]);

/// So many digits of each name tell runs apart well enough.
const DIGITS: usize = 16;

impl RunId {
    pub(crate) const LEN: usize = 2 * DIGITS;

    /// Reads `run_id` and `master_replid` of `INFO`, of 40 hexadecimal digits each.
    ///
    /// The first one is another after a restart, the second one after a promotion. A primary that was a replica for a
    /// moment, and is promoted again, has the same `run_id` as before, and may have another primary's data.
    pub(crate) fn from_info(run_id: &str, replid: &str) -> Option<Self> {
        let mut digits = [0; Self::LEN];
        for (part, name) in digits.chunks_mut(DIGITS).zip([run_id, replid]) {
            let name = name.get(..DIGITS)?;
            u64::from_str_radix(name, 16).ok()?;
            part.copy_from_slice(name.as_bytes());
        }
        Some(Self(digits))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "0123456789abcdef0123456789abcdef01234567";
    const REPLID: &str = "fedcba9876543210fedcba9876543210fedcba98";

    #[test]
    fn a_run_is_read_from_both_names() {
        let run = RunId::from_info(RUN, REPLID).unwrap();
        assert_eq!(run.as_bytes(), b"0123456789abcdeffedcba9876543210");
        for other in ["", "0123456789abcde", "no run at all, this"] {
            assert_eq!(RunId::from_info(other, REPLID), None, "{other}");
            assert_eq!(RunId::from_info(RUN, other), None, "{other}");
        }
    }
}
