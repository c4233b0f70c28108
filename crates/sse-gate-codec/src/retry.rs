//! The reconnection time: [`Retry`].

use core::time::Duration;

/// The longest delay of a timer in JavaScript, in milliseconds: 2³¹ − 1.
const MAX_MILLIS: u32 = 2_147_483_647;

/// A reconnection time in whole milliseconds, at most [`Retry::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Retry(u32);

impl Retry {
    pub(crate) const MAX: Duration = Duration::from_millis(MAX_MILLIS as u64);

    /// How many digits a `u32` has at most.
    pub(crate) const DIGITS: usize = 10;

    pub(crate) fn new(delay: Duration) -> Self {
        let millis = u32::try_from(delay.as_millis()).unwrap_or(u32::MAX);
        Self(millis.min(MAX_MILLIS))
    }

    /// Writes the number to the end of `room` and returns that part of it.
    ///
    /// It has only ASCII digits: a client ignores a `retry` with other characters (HTML standard,
    /// §9.2.6).
    pub(crate) fn digits(self, room: &mut [u8; Self::DIGITS]) -> &[u8] {
        let mut number = self.0;
        let mut start = room.len();
        for digit in room.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
            start -= 1;
            if number == 0 {
                break;
            }
        }
        &room[start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn digits_are_those_of_the_number_at_every_length() {
        let tens = (0..=9).map(|exponent| 10_u32.pow(exponent));
        let numbers = tens.flat_map(|ten| [ten - 1, ten, ten + 1]);
        for number in numbers.chain([MAX_MILLIS - 1, MAX_MILLIS, u32::MAX]) {
            let mut room = [0; Retry::DIGITS];
            assert_eq!(
                Retry(number).digits(&mut room),
                number.to_string().as_bytes()
            );
        }
    }

    /// H6
    #[test]
    fn every_delay_becomes_whole_milliseconds_within_the_bound() {
        let below = Duration::from_millis(u64::from(MAX_MILLIS) - 1);
        let cases = [
            (Duration::ZERO, Duration::ZERO),
            (Duration::from_nanos(999_999), Duration::ZERO),
            (Duration::from_micros(1_999), Duration::from_millis(1)),
            (below, below),
            (Retry::MAX, Retry::MAX),
            (Retry::MAX + Duration::from_nanos(1), Retry::MAX),
            (Duration::from_millis(u64::from(u32::MAX) + 1), Retry::MAX),
            (Duration::from_millis(u64::MAX), Retry::MAX),
            (Duration::MAX, Retry::MAX),
        ];
        for (given, kept) in cases {
            assert_eq!(
                u128::from(Retry::new(given).0),
                kept.as_millis(),
                "{given:?}"
            );
        }
    }
}
