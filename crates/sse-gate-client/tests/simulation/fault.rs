//! What can go wrong with one request: [`Fault`].

use proptest::prelude::*;

/// What happens to one request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// There is no connection.
    Refused,
    /// The head never comes.
    NoAnswer,
    /// The answer has this status.
    Status(u16),
    /// The answer is a redirect within the origin.
    Redirect,
    /// The server sends `sse.wait`.
    Wait,
    /// The body ends properly after so many bytes, which come in chunks of this size.
    Ended { cut: usize, chunk: usize },
    /// The connection breaks there.
    Reset { cut: usize, chunk: usize },
    /// The bytes stop there.
    Stalled { cut: usize, chunk: usize },
    /// All goes well, but each chunk takes so many seconds.
    Slow { chunk: usize, seconds: u64 },
}

/// A schedule of faults. After it, all goes well.
pub(crate) fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let status = prop::sample::select(vec![401, 408, 425, 429, 500, 502, 503, 504, 520]);
    let cut = 0_usize..1500;
    // Some come byte by byte.
    let chunk = prop_oneof![1 => Just(1_usize), 4 => 2_usize..400];
    let place = (cut, chunk.clone());
    let fault = prop_oneof![
        1 => Just(Fault::Refused),
        1 => Just(Fault::NoAnswer),
        2 => status.prop_map(Fault::Status),
        1 => Just(Fault::Redirect),
        1 => Just(Fault::Wait),
        2 => place.clone().prop_map(|(cut, chunk)| Fault::Ended { cut, chunk }),
        4 => place.clone().prop_map(|(cut, chunk)| Fault::Reset { cut, chunk }),
        2 => place.prop_map(|(cut, chunk)| Fault::Stalled { cut, chunk }),
        1 => (1_usize..400, 0_u64..40).prop_map(|(chunk, seconds)| Fault::Slow { chunk, seconds }),
    ];
    prop::collection::vec(fault, 0..12)
}
