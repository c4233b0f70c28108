//! The demo on axum: `cargo run -p example-axum`.

mod routes;

use demo_service::http::{Demo, SetupError};
use demo_service::server::{self, Args};
use tokio::net::TcpListener;

/// Opening a stream takes less of the processor with it than with glibc's, and it gives memory back.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> Result<(), SetupError> {
    let args = Args::from_command_line();
    server::log_to_stderr(args.log_format);
    let shutdown = server::on_signal();
    let demo = Demo::new(&args, shutdown.clone()).await?;

    let app = routes::routes(&demo, &args)?;

    let listener = TcpListener::bind(args.addr).await?;
    server::announce(listener.local_addr()?);
    // Not axum's own loop: that waits for ever for a client that says nothing.
    let server = server::serve(listener, app, &args);
    Ok(server.until(shutdown.cancelled_owned()).await?)
}
