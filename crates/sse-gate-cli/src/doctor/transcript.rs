//! The events and comments of a recording: [`Transcript`].

use std::time::Duration;

use super::client::Arrival;

/// What a stream said, as far as `doctor` needs it.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    /// When comments came. A burst of comments has one time for each.
    pub(super) comments: Vec<Duration>,
    /// The ids of events that are complete.
    pub(super) ids: Vec<String>,
    /// Whether the server said that the stream is over.
    pub(super) is_closed: bool,
}

impl Transcript {
    /// Reads the lines of a plain stream. Lines end as in HTML §9.2.5.
    pub(super) fn of(arrivals: &[Arrival]) -> Self {
        let mut transcript = Self::default();
        let (mut line, mut id, mut after_return) = (Vec::new(), None, false);
        for arrival in arrivals {
            for &byte in &arrival.bytes {
                let is_second_half = byte == b'\n' && after_return;
                after_return = byte == b'\r';
                if is_second_half {
                    continue;
                }
                if !matches!(byte, b'\r' | b'\n') {
                    line.push(byte);
                    continue;
                }
                transcript.line(&String::from_utf8_lossy(&line), arrival.at, &mut id);
                line.clear();
            }
        }
        transcript
    }

    /// Reads a line that is complete. An id counts when its event is.
    fn line(&mut self, line: &str, at: Duration, id: &mut Option<String>) {
        if line.is_empty() {
            self.ids.extend(id.take());
        } else if line.starts_with(':') {
            self.comments.push(at);
        } else if let Some(value) = line.strip_prefix("id:") {
            let value = value.strip_prefix(' ').unwrap_or(value);
            *id = (!value.is_empty()).then(|| value.to_owned());
        } else if let Some(name) = line.strip_prefix("event:") {
            self.is_closed |= matches!(name.trim(), "sse.close" | "sse.error");
        }
    }

    /// The median time between two comments, if there are at least two.
    pub(super) fn heartbeat(&self) -> Option<Duration> {
        let pairs = self.comments.windows(2);
        let mut gaps: Vec<_> = pairs.map(|pair| pair[1].saturating_sub(pair[0])).collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    }

    /// The most comments that came at the same moment. They are in the order in which they came.
    pub(super) fn largest_burst(&self) -> usize {
        let bursts = self.comments.chunk_by(|one, next| one == next);
        bursts.map(<[_]>::len).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn transcript(parts: &[(u64, &'static str)]) -> Transcript {
        let arrivals = parts.iter().map(|(at, text)| Arrival {
            at: Duration::from_secs(*at),
            bytes: Bytes::from_static(text.as_bytes()),
        });
        Transcript::of(&arrivals.collect::<Vec<_>>())
    }

    #[test]
    fn ids_count_when_their_event_is_complete() {
        for text in [
            "id: 1\ndata: a\n\nid:2\n\nid: 3\ndata",
            "id: 1\r\ndata: a\r\n\r\nid:2\r\n\r\nid: 3\r\n",
            "id: 1\rdata: a\r\rid:2\r\rid: 3\r",
        ] {
            assert_eq!(transcript(&[(0, text)]).ids, ["1", "2"], "{text:?}");
        }
    }

    #[test]
    fn heartbeats_have_the_time_at_which_their_line_is_complete() {
        let seen = transcript(&[
            (1, ":"),
            (2, "\n\n"),
            (4, ": x\n\n"),
            (9, ":\n\n:\n\n:\n\n"),
        ]);
        let seconds: Vec<_> = seen.comments.iter().map(Duration::as_secs).collect();
        assert_eq!(seconds, [2, 4, 9, 9, 9]);
        assert_eq!(seen.largest_burst(), 3);
    }

    #[test]
    fn the_heartbeat_is_the_median_time_between_comments() {
        let heartbeat = |times: &[u64]| {
            let parts: Vec<_> = times.iter().map(|at| (*at, ":\n\n")).collect();
            transcript(&parts).heartbeat().map(|it| it.as_secs())
        };
        for (times, expected) in [
            (&[][..], None),
            (&[5], None),
            (&[0, 3], Some(3)),
            (&[0, 2, 12, 16], Some(4)),
        ] {
            assert_eq!(heartbeat(times), expected, "{times:?}");
        }
    }

    #[test]
    fn a_declared_end_is_noticed() {
        assert!(transcript(&[(0, "event: sse.close\ndata: {}\n\n")]).is_closed);
        assert!(!transcript(&[(0, "event: close\ndata: sse.close\n\n")]).is_closed);
    }

    /// A million comments took a million times a million steps.
    #[test]
    fn a_flood_of_comments_is_counted_in_one_pass() {
        let flood = Arrival {
            at: Duration::from_secs(1),
            bytes: Bytes::from(":\n".repeat(1_000_000)),
        };
        assert_eq!(Transcript::of(&[flood]).largest_burst(), 1_000_000);
    }
}
