//! Clients that take their bytes slowly, or not at all.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpSocket;

use crate::stage::{Client, Feed, Scene, Step, until};

/// A client whose kernel takes few bytes.
async fn narrow(scene: &mut Scene) -> (Client, Feed) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2_048).unwrap();
    let mut client = Client::new(socket.connect(scene.address).await.unwrap());
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    feed.send("one");
    client.until("3\r\none\r\n").await;
    scene.until_parked(1).await;
    (client, feed)
}

/// A client that takes little at a time is not one that takes nothing, however much the kernel of the server would hold.
async fn a_client_that_takes_little_all_the_time_is_left_alone(parks: bool) {
    let silence = Duration::from_millis(600);
    let mut scene = Scene::with(parks, |server| server.with_silence(silence)).await;
    let (mut client, feed) = narrow(&mut scene).await;
    let piece = bytes::Bytes::from(vec![b'x'; 64 * 1024]);
    let length = 3 << 20;
    for _ in 0..length / piece.len() {
        feed.steps.send(Step::Data(piece.clone())).unwrap();
    }
    let mut taken = 0;
    let mut buffer = vec![0; 16 * 1024];
    while taken < length {
        let read = client.socket.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "after {taken} bytes");
        taken += read;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Writes that go through in parts are gone on with: nothing is lost, and nothing comes twice.
async fn a_slow_client_gets_each_byte_once(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let (mut client, feed) = narrow(&mut scene).await;
    let mut expected = Vec::new();
    for number in 0..400_u32 {
        let length = usize::try_from(number * 37 % 20_011 + 1).unwrap();
        let data: Vec<u8> = (0..length)
            .map(|at| b'a' + u8::try_from(at % 26).unwrap())
            .collect();
        expected.extend_from_slice(format!("{length:X}\r\n").as_bytes());
        expected.extend_from_slice(&data);
        expected.extend_from_slice(b"\r\n");
        feed.steps.send(Step::Data(data.into())).unwrap();
    }
    expected.extend_from_slice(b"0\r\n\r\n");
    drop(feed);
    let mut got = Vec::new();
    let mut buffer = [0; 997];
    while got.len() < expected.len() {
        let read = client.socket.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "after {} bytes of {}", got.len(), expected.len());
        got.extend_from_slice(&buffer[..read]);
    }
    assert!(got == expected, "other bytes came");
    until(|| scene.stats.parked() == 0).await;
}

/// A client that goes away in the middle of a write takes its body along.
async fn a_client_that_leaves_in_the_middle_of_a_write_ends_the_stream(parks: bool) {
    let mut scene = Scene::parking(parks).await;
    let (client, feed) = narrow(&mut scene).await;
    let piece = bytes::Bytes::from(vec![b'x'; 64 * 1024]);
    // More than the kernels of both sides hold.
    for _ in 0..400 {
        feed.steps.send(Step::Data(piece.clone())).unwrap();
    }
    drop(client);
    feed.until_gone().await;
}

/// A stream that has ended, and whose client does not take its last bytes, is given up.
async fn a_client_that_does_not_take_the_end_is_hung_up_on(parks: bool) {
    let silence = Duration::from_millis(500);
    let mut scene = Scene::with(parks, |server| server.with_silence(silence)).await;
    let (_client, feed) = narrow(&mut scene).await;
    let piece = bytes::Bytes::from(vec![b'x'; 8 << 20]);
    feed.steps.send(Step::Data(piece)).unwrap();
    drop(feed);
    until(|| scene.stats.connections() == 0).await;
}

/// An answer that is in the server's memory is taken for longer than a client may be silent.
#[tokio::test]
async fn a_large_answer_may_be_taken_slowly() {
    let silence = Duration::from_millis(600);
    let mut scene = Scene::of("text/plain", true, |server| server.with_silence(silence)).await;
    let mut client = scene.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    let feed = scene.feed().await;
    let length = 24 << 20;
    feed.send(&"x".repeat(length));
    feed.end().await;
    let (begun, mut taken) = (std::time::Instant::now(), 0);
    let mut buffer = vec![0; 64 * 1024];
    while taken < length {
        let read = client.socket.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "after {taken} bytes");
        taken += read;
        tokio::time::sleep(silence / 100).await;
    }
    assert!(begun.elapsed() > 2 * silence, "it was not slow");
}

parked_and_not! {
    a_client_that_takes_little_all_the_time_is_left_alone;
    a_slow_client_gets_each_byte_once;
    a_client_that_leaves_in_the_middle_of_a_write_ends_the_stream;
    a_client_that_does_not_take_the_end_is_hung_up_on;
}
