//! The proxy cuts streams off where and how it is told to, and leaves all else alone.

use std::time::Duration;

use sse_gate_tests::engines::{
    Answer, Board, Cut, Engine, Fake, Numbered, Origin, Plan, Profile, Proxy, Script, Scripted, Way,
};
use sse_gate_tests::{Connection, End, EventStream, Request, in_time};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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
