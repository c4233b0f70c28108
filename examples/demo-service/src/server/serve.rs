//! How the demo is served: [`serve`].

use std::time::Duration;

use sse_gate_serve::Serve;
use tokio::net::TcpListener;

use super::Args;

/// How long connections have to finish after the streams were told to end.
const GRACE: Duration = Duration::from_millis(1_500);

/// A server of the demo, as the arguments want it.
pub fn serve<S>(listener: TcpListener, app: S, args: &Args) -> Serve<S> {
    sse_gate_serve::serve(listener, app)
        .with_silence(args.silence_timeout())
        .with_answer_time(2 * args.silence_timeout())
        .with_grace(GRACE)
        .with_parking(!args.no_park)
}
