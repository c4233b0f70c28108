//! The proxy cuts streams off where and how it is told to, and leaves all else alone.

use std::io::ErrorKind::WouldBlock;
use std::time::Duration;

use sse_gate_tests::engines::{
    Answer, Asked, Board, Cut, Engine, Fake, Numbered, Origin, Plan, Profile, Proxy, Script,
    Scripted, Way,
};
use sse_gate_tests::{Connection, End, EventStream, Request, in_time};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How many events there are.
const LAST: usize = 6;

/// A proxy that cuts the first connection of each stream off in this way, after two blocks and a
/// bit of the third. The first block has no number, so that the second is event 1.
async fn cutting(way: Way) -> (Numbered, Proxy) {
    let cut = Cut {
        way,
        blocks: 2,
        bytes: 5,
    };
    let server = Numbered::start(LAST).await;
    let proxy = Proxy::start(server.addr(), Plan::listed(vec![cut]), Board::default()).await;
    (server, proxy)
}

fn profile() -> Profile {
    Profile::of(Engine::Chromium).with_delay(Duration::ZERO)
}

#[tokio::test]
async fn without_a_cut_a_stream_passes_as_it_is() {
    let server = Numbered::start(LAST).await;
    let proxy = Proxy::start(server.addr(), Plan::none(), Board::default()).await;
    let connection = Connection::open(proxy.addr()).await;
    let mut stream = EventStream::open(connection, &Request::stream("/a")).await;
    let (through, end) = stream.rest().await;
    let connection = Connection::open(server.addr()).await;
    let mut stream = EventStream::open(connection, &Request::stream("/b")).await;
    assert_eq!((through, end), stream.rest().await);
    assert_eq!(proxy.all_cuts(), 0);
}

#[tokio::test]
async fn what_is_no_stream_passes_as_it_is() {
    let server = Numbered::start(LAST).await;
    let proxy = Proxy::start(server.addr(), Plan::none(), Board::default()).await;
    let late = Request::stream("/a").header("Last-Event-ID", LAST.to_string());
    let wrong = Request::stream("/a");
    for (request, status) in [(&late, 204), (&wrong, 401)] {
        let through = Connection::open(proxy.addr()).await.exchange(request).await;
        assert_eq!(through.status, status);
        let direct = Connection::open(server.addr())
            .await
            .exchange(request)
            .await;
        assert_eq!(through, direct);
    }
}

#[tokio::test]
async fn a_stream_is_cut_where_the_plan_says_and_goes_on_from_there() {
    for way in Way::ALL {
        let (server, proxy) = cutting(way).await;
        let fake = Fake::open(&proxy.url("/a"), profile());
        let events = fake.until_closed().await;
        let numbered = events.into_iter().filter(|event| event.name == "message");
        assert!(numbered.eq((1..=LAST).map(Numbered::event)), "{way:?}");
        let asked = server.asked("/a");
        let after_first = Some("1".to_owned());
        assert_eq!(
            asked,
            [None, after_first, Some(LAST.to_string())],
            "{way:?}"
        );
        assert_eq!((proxy.cuts(way), proxy.all_cuts()), (1, 1), "{way:?}");
    }
}

#[tokio::test]
async fn only_an_end_is_a_proper_end_and_it_is_between_two_blocks() {
    for way in [Way::Close, Way::End, Way::Upstream] {
        let (_server, proxy) = cutting(way).await;
        let connection = Connection::open(proxy.addr()).await;
        let mut stream = EventStream::open(connection, &Request::stream("/a")).await;
        let (events, end) = stream.rest().await;
        if way == Way::End {
            assert_eq!((events.len(), end), (2, End::Proper));
        } else {
            assert_eq!(end, End::Broken, "{way:?}: {events:?}");
        }
    }
}

#[tokio::test]
async fn a_reset_is_one() {
    for (way, is_reset) in [(Way::Reset, true), (Way::Close, false)] {
        let (_server, proxy) = cutting(way).await;
        let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
        stream
            .write_all(&Request::stream("/a").bytes())
            .await
            .unwrap();
        let mut bytes = Vec::new();
        let read = in_time("the end", stream.read_to_end(&mut bytes)).await;
        assert_eq!(read.is_err(), is_reset, "{way:?}");
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.ends_with("id: 2"), "{way:?}: {text}");
    }
}

#[tokio::test]
async fn on_command_it_cuts_off_all_that_there_is() {
    for way in Way::ALL {
        // It waits for what nobody tells it.
        let held = || Answer::stream().write("id: 1\ndata: a\n\n").until_events(1);
        let script = |name| Script {
            name,
            at: Origin::Home,
            answers: vec![held()],
        };
        let server = Scripted::start(vec![script("one"), script("two")]).await;
        let proxy = Proxy::start(server.addr(), Plan::none(), Board::default()).await;
        let fakes = ["/one", "/two"].map(|path| Fake::open(&proxy.url(path), profile()));
        for fake in &fakes {
            fake.until_events(1).await;
        }
        proxy.cut_all(way);
        for fake in &fakes {
            fake.until_closed().await;
            assert_eq!(fake.requests(), 2, "{way:?}");
        }
        assert_eq!((proxy.cuts(way), proxy.all_cuts()), (2, 2), "{way:?}");
    }
}

/// A server whose every byte is this test's, in front of it a proxy, and a client of that: the
/// server's end of the connection, which has sent the head of a stream, and the client's.
async fn held(plan: Plan) -> (TcpStream, Proxy, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let proxy = Proxy::start(addr, plan, Board::default()).await;
    let mut client = TcpStream::connect(proxy.addr()).await.unwrap();
    let request = Request::stream("/a").bytes();
    client.write_all(&request).await.unwrap();
    let (server, _) = in_time("a connection", listener.accept()).await.unwrap();
    let mut server = BufReader::new(server);
    Asked::read(&mut server).await.unwrap();
    let mut server = server.into_inner();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
        Transfer-Encoding: chunked\r\n\r\n";
    server.write_all(head.as_bytes()).await.unwrap();
    (server, proxy, client)
}

/// Reads up to these bytes.
async fn until(client: &mut TcpStream, end: &str) {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        let byte = in_time(end, client.read_u8()).await;
        read.push(byte.unwrap_or_else(|_| panic!("no {end:?} in {read:?}")));
    }
}

/// A block that has begun goes on to its end.
#[tokio::test]
async fn a_proper_end_on_command_waits_for_the_end_of_a_block() {
    let (mut server, proxy, mut client) = held(Plan::none()).await;
    server.write_all(b"6\r\nid: 1\n\r\n").await.unwrap();
    until(&mut client, "id: 1\n\r\n").await;
    proxy.cut_all(Way::End);
    // What is passed on now was read after the command, or with it.
    server.write_all(b"8\r\ndata: a\n\r\n").await.unwrap();
    until(&mut client, "data: a\n\r\n").await;
    assert_eq!(proxy.all_cuts(), 0);
    server.write_all(b"9\r\n\nid: 2\n\n\n\r\n").await.unwrap();
    until(&mut client, "1\r\n\n\r\n0\r\n\r\n").await;
    assert_eq!(proxy.cuts(Way::End), 1);
}

/// So a server has the old connection when its client comes again.
#[tokio::test]
async fn a_server_is_not_told_of_a_client_that_is_cut_off() {
    for way in Way::ALL {
        let cut = Cut {
            way,
            blocks: 1,
            bytes: 0,
        };
        let (mut server, proxy, mut client) = held(Plan::listed(vec![cut])).await;
        server.write_all(b"3\r\n:\n\n\r\n").await.unwrap();
        let _ = in_time("the cut", client.read_to_end(&mut Vec::new())).await;
        assert_eq!(proxy.cuts(way), 1);
        if matches!(way, Way::Close | Way::Reset) {
            let read = server.try_read(&mut [0]);
            assert!(read.is_err_and(|it| it.kind() == WouldBlock), "{way:?}");
        } else {
            let read = in_time("the end", server.read(&mut [0])).await;
            assert!(!read.is_ok_and(|read| read > 0), "{way:?}");
        }
    }
}

/// A client that leaves by itself is told of.
#[tokio::test]
async fn a_server_is_told_of_a_client_that_hangs_up() {
    let (mut server, proxy, client) = held(Plan::none()).await;
    drop(client);
    let read = in_time("the end", server.read(&mut [0])).await;
    assert!(!read.is_ok_and(|read| read > 0));
    assert_eq!(proxy.all_cuts(), 0);
}
