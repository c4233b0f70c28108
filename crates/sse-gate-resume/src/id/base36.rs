//! Numbers in base 36, digits and small letters, each with exactly one spelling.

/// The most digits that a `u64` has.
pub(super) const MAX_DIGITS: usize = 13;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A number as text.
#[derive(Clone, Copy)]
pub(crate) struct Base36 {
    room: [u8; MAX_DIGITS],
    start: usize,
}

impl Base36 {
    pub(crate) fn new(mut number: u64) -> Self {
        let mut room = [b'0'; MAX_DIGITS];
        let mut start = MAX_DIGITS;
        loop {
            start -= 1;
            room[start] = DIGITS[(number % 36) as usize];
            number /= 36;
            if number == 0 {
                return Self { room, start };
            }
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.room[self.start..]
    }
}

/// How many digits a number has.
pub(super) fn digits(number: u64) -> usize {
    number.checked_ilog(36).unwrap_or_default() as usize + 1
}

/// The number that `text` spells; `None` for any other spelling than [`Base36`]'s.
pub(super) fn parse(text: &str) -> Option<u64> {
    let digits = text.as_bytes();
    let has_one_spelling = matches!(digits, [_] | [b'1'..=b'9' | b'a'..=b'z', ..]);
    if !has_one_spelling || digits.len() > MAX_DIGITS {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            _ => return None,
        };
        number.checked_mul(36)?.checked_add(value.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_reads_back(number in any::<u64>()) {
            let text = Base36::new(number);
            prop_assert_eq!(digits(number), text.as_bytes().len());
            let text = std::str::from_utf8(text.as_bytes()).unwrap();
            prop_assert_eq!(parse(text), Some(number));
        }

        /// I1
        #[test]
        fn what_is_read_is_spelled_as_it_is_written(text in "[0-9a-zA-Z+-]{0,15}") {
            if let Some(number) = parse(&text) {
                let written = Base36::new(number);
                prop_assert_eq!(written.as_bytes(), text.as_bytes());
            }
        }
    }

    /// I1
    #[test]
    fn odd_spellings_are_refused() {
        let widest = Base36::new(u64::MAX);
        assert_eq!(widest.as_bytes().len(), MAX_DIGITS);
        for (text, number) in [("0", Some(0)), ("z", Some(35)), ("10", Some(36))] {
            assert_eq!(parse(text), number);
        }
        for odd in ["", "00", "01", "A", "-1", "+1", " 1", "zzzzzzzzzzzzz", "é"] {
            assert_eq!(parse(odd), None, "{odd:?}");
        }
    }
}
