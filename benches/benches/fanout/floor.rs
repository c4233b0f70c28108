//! Sockets in a list, and a small task each: what the kernel and the runtime take of any server. It speaks no more HTTP
//! than the load does.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

/// The streams that are open.
type Streams = Arc<Mutex<Vec<Arc<TcpStream>>>>;

const TOKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"sse_token\":\"none\"}";

const OPENED: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n\
    9\r\n: open~\n\n\r\n";

/// Serves until it is killed.
#[tokio::main]
pub(crate) async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("it is bound");
    println!("listening on http://{addr}");
    let streams = Streams::default();
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("a TCP socket");
        let streams = Arc::clone(&streams);
        tokio::spawn(async move {
            // A stream has been opened, or the client is gone.
            if let Ok(stream) = Box::pin(answer(stream, &streams)).await {
                until_gone(&stream).await;
                lock(&streams).retain(|own| !Arc::ptr_eq(own, &stream));
            }
        });
    }
}

/// Answers requests until one opens a stream.
async fn answer(mut stream: TcpStream, streams: &Streams) -> io::Result<Arc<TcpStream>> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        let (head, body) = request(&stream, &mut bytes).await?;
        if bytes.starts_with(b"POST /token") {
            stream.write_all(TOKEN).await?;
        } else if bytes.starts_with(b"POST") {
            publish(&bytes[head..body], streams);
        } else {
            stream.write_all(OPENED).await?;
            let stream = Arc::new(stream);
            lock(streams).push(Arc::clone(&stream));
            return Ok(stream);
        }
        bytes.drain(..body);
    }
}

/// Reads a request: where its head ends, and where its body does.
async fn request(stream: &TcpStream, bytes: &mut Vec<u8>) -> io::Result<(usize, usize)> {
    loop {
        if let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap_or("0");
            let length = length.split("\r\n").next().and_then(|it| it.parse().ok());
            let body = end + 4 + length.unwrap_or(0);
            if bytes.len() >= body {
                return Ok((end + 4, body));
            }
        }
        stream.readable().await?;
        match stream.try_read_buf(bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes an event to all streams. No client is slow here, so each takes all of it.
fn publish(data: &[u8], streams: &Streams) {
    let event = [b"data: ", data, b"\n\n"].concat();
    let chunk = [format!("{:X}\r\n", event.len()).as_bytes(), &event, b"\r\n"].concat();
    for stream in lock(streams).iter() {
        let _ = stream.try_write(&chunk);
    }
}

async fn until_gone(stream: &TcpStream) {
    loop {
        if stream.readable().await.is_err() {
            return;
        }
        match stream.try_read(&mut [0; 16]) {
            Ok(1..) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Ok(0) | Err(_) => return,
        }
    }
}

fn lock(streams: &Streams) -> std::sync::MutexGuard<'_, Vec<Arc<TcpStream>>> {
    streams.lock().unwrap_or_else(PoisonError::into_inner)
}
