//! Streams that are cut off again and again, at random points: no event is lost, and none comes
//! twice.

use std::time::Duration;

use sse_gate_tests::engines::{
    Board, Cut, Dispatched, Engine, Fake, Job, Numbered, Plan, Profile, Proxy, Way,
};

/// How many streams there are at once: as many as a browser has connections for.
const STREAMS: usize = 5;

/// How often each is cut off.
const CUTS: usize = 20;

/// How many events each has: more than come over as many connections.
const EVENTS: usize = 80;

/// Cuts after up to three blocks, and up to 60 bytes more.
fn plan(seed: u64) -> Plan {
    Plan::random(seed, CUTS, 3, 60)
}

fn name(stream: usize) -> String {
    format!("stream-{stream}")
}

/// What the page of a stream has got, but for what opens a connection.
fn numbered(board: &Board, stream: usize) -> Vec<Dispatched> {
    let mut events = board.events(&name(stream));
    events.retain(|event| event.name == "message");
    events
}

/// That every stream has every event once and in order, after all cuts.
async fn all_is_there(proxy: &Proxy, server: &Numbered) {
    let expected: Vec<_> = (1..=EVENTS).map(Numbered::event).collect();
    for stream in 0..STREAMS {
        proxy.board().until_closed(&name(stream)).await;
        assert_eq!(numbered(proxy.board(), stream), expected, "stream {stream}");
        let asked = server.asked(&format!("/{}", name(stream)));
        let opened = asked.iter().filter(|id| id.is_none()).count();
        assert_eq!(opened, 1, "stream {stream}: {asked:?}");
    }
    for way in Way::ALL {
        assert_eq!(proxy.cuts(way), STREAMS * CUTS / Way::ALL.len(), "{way:?}");
    }
}

/// 100 disconnects of a real browser.
async fn loses_nothing(engine: Engine) {
    let job = |stream| Job {
        name: name(stream),
        url: format!("/{}", name(stream)),
        events: vec!["sse.open".to_owned()],
    };
    let jobs: Vec<_> = (0..STREAMS).map(job).collect();
    let server = Numbered::start(EVENTS).await;
    let board = Board::new(&jobs, STREAMS);
    let proxy = Proxy::start(server.addr(), plan(1), board).await;
    let _browser = engine.open(&proxy.page());
    all_is_there(&proxy, &server).await;
}

#[tokio::test]
async fn chromium_loses_nothing_over_100_disconnects() {
    loses_nothing(Engine::Chromium).await;
}

#[tokio::test]
async fn firefox_loses_nothing_over_100_disconnects() {
    loses_nothing(Engine::Firefox).await;
}

#[tokio::test]
async fn webkit_loses_nothing_over_100_disconnects() {
    loses_nothing(Engine::WebKit).await;
}

/// The models of all engines, each over 1,000 disconnects.
#[tokio::test]
async fn the_models_lose_nothing() {
    for seed in 0..10 {
        for engine in Engine::ALL {
            let server = Numbered::start(EVENTS).await;
            let proxy = Proxy::start(server.addr(), plan(seed), Board::default()).await;
            let profile = Profile::of(engine).with_delay(Duration::ZERO);
            let open = |stream| {
                let name = name(stream);
                let url = proxy.url(&format!("/{name}"));
                Fake::reporting(&url, profile, proxy.board(), &name)
            };
            let _fakes: Vec<_> = (0..STREAMS).map(open).collect();
            all_is_there(&proxy, &server).await;
        }
    }
}

/// The client's end breaks, wherever it is.
#[tokio::test]
async fn a_model_that_cuts_itself_off_loses_nothing() {
    let server = Numbered::start(EVENTS).await;
    for engine in Engine::ALL {
        let profile = Profile::of(engine).with_delay(Duration::ZERO);
        let url = format!("http://{}/{engine:?}", server.addr());
        let fake = Fake::open(&url, profile);
        for count in [1, 2, 30, 31] {
            fake.until_events(count).await;
            fake.cut();
        }
        let mut events = fake.until_closed().await;
        events.retain(|event| event.name == "message");
        let expected: Vec<_> = (1..=EVENTS).map(Numbered::event).collect();
        assert_eq!(events, expected, "{engine:?}");
    }
}

/// What the other tests would see of a server that doesn't go on where it was.
#[tokio::test]
async fn a_server_that_forgets_is_noticed() {
    let cut = Cut {
        way: Way::End,
        blocks: 2,
        bytes: 0,
    };
    let server = Numbered::start_forgetful(3).await;
    let proxy = Proxy::start(server.addr(), Plan::listed(vec![cut]), Board::default()).await;
    let profile = Profile::of(Engine::Chromium).with_delay(Duration::ZERO);
    let fake = Fake::open(&proxy.url("/a"), profile);
    let mut events = fake.until_closed().await;
    events.retain(|event| event.name == "message");
    assert_eq!(events, [1, 1, 2, 3].map(Numbered::event));
}
