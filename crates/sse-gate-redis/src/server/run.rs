//! Which run of a server it is: [`RunId`].

/// Names one run of a server: it is another one after a restart, and on a replica that was promoted.
///
/// Redis replicates after it has answered. So after a failover, a token that was taken may be there again.
/// Each token carries the run in which it was made, and is good in that run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunId {
    bytes: [u8; Self::LEN],
    digits: [u8; 2 * Self::LEN],
}

impl RunId {
    pub(crate) const LEN: usize = 8;

    /// Reads `run_id` of `INFO`: 40 hexadecimal digits, of which 16 tell runs apart well enough.
    pub(crate) fn from_info(text: &str) -> Option<Self> {
        let digits = text.get(..2 * Self::LEN)?;
        let number = u64::from_str_radix(digits, 16).ok()?;
        Some(Self {
            bytes: number.to_be_bytes(),
            digits: digits.as_bytes().try_into().ok()?,
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.bytes
    }

    /// As `INFO` shows it, without its end.
    pub(crate) fn digits(&self) -> &[u8] {
        &self.digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_read_from_its_digits() {
        let run = RunId::from_info("0123456789abcdef0123456789abcdef01234567");
        let bytes = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
        assert_eq!(run.map(|run| *run.as_bytes()), Some(bytes));
        assert_eq!(run.unwrap().digits(), b"0123456789abcdef");
        for other in ["", "0123456789abcde", "no run at all, this"] {
            assert_eq!(RunId::from_info(other), None, "{other}");
        }
    }
}
