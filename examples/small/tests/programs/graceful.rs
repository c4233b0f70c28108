//! `graceful`: a server that stops.

use crate::program::Program;

const PROGRAM: &str = env!("CARGO_BIN_EXE_graceful");

async fn a_signal_ends_the_stream_and_the_server(name: &str) {
    let program = Program::start(PROGRAM).await;
    let token = program.token("/ticks-token", "").await;
    let mut stream = program.open(&format!("/ticks?token={token}"), None).await;
    stream
        .until("tick", |text| text.contains("data: tick\n\n"))
        .await;
    program.signal(name).await;
    assert!(stream.whole().await.ends_with("\n\n"));
    assert!(program.ended().await.success());
}

#[tokio::test]
async fn ctrl_c_ends_streams_and_the_server() {
    a_signal_ends_the_stream_and_the_server("INT").await;
}

#[tokio::test]
async fn the_signal_of_a_deployment_ends_streams_and_the_server() {
    a_signal_ends_the_stream_and_the_server("TERM").await;
}
