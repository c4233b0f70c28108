//! The example servers' streams, cut off again and again on their way to an `EventSource` that
//! nobody helps.

use std::time::Duration;

use sse_gate_tests::Server;
use sse_gate_tests::engines::{Dispatched, Engine, Fake, Plan, Profile, Report, Way};

use crate::scene::{Original, Said, Scene, Size, Stream, server};

const AXUM: &str = env!("CARGO_BIN_EXE_server-axum");
const HYPER: &str = env!("CARGO_BIN_EXE_server-hyper");
const WARP: &str = env!("CARGO_BIN_EXE_server-warp");

/// How often the proxy cuts each stream off, at most: the server does, too, and may be faster.
const CUTS: usize = 24;

/// One connection in so many is left to the server.
const SPARED: usize = 5;

/// Why a resume id may be refused.
const REFUSED: [&str; 7] = [
    "malformed",
    "unknown",
    "forged",
    "other_token",
    "before_base",
    "reuse",
    "rollback",
];

/// Cuts after up to three blocks, and up to 60 bytes more.
fn plan(seed: u64) -> Plan {
    Plan::random(seed, CUTS, 3, 60).sparing(SPARED)
}

/// That everybody got everything once and in order, over at least so many disconnects, and that
/// nothing was done twice for it.
async fn all_is_there(server: &Server, scene: &Scene<'_>, original: &Original, least: usize) {
    for (streams, said) in [
        (scene.chats(), &original.answer),
        (scene.feeds(), &original.feed),
    ] {
        for stream in streams {
            let heard = scene.heard(stream);
            assert_eq!(&texts(&heard), said, "{}", stream.name);
            ids_count_on(&stream.name, &heard);
            opens_say_nothing_is_missing(scene, stream);
        }
    }
    for stream in scene.chats() {
        assert_eq!(original.answer.last().unwrap().0, "done");
        let reports = scene.board().reports(&stream.name);
        assert_eq!(reports.last(), Some(&Report::CLOSED), "{}", stream.name);
    }
    nothing_is_done_twice(server, scene, least).await;
}

/// One token, one session, and one answer for each stream; and for the undisturbed one.
async fn nothing_is_done_twice(server: &Server, scene: &Scene<'_>, least: usize) {
    let (chats, feeds) = (scene.chats().len(), scene.feeds().len());
    let streams = (chats + feeds + 1) as u64;
    let metrics = server.metrics().await;
    assert_eq!(metrics.validations("redeemed"), streams);
    assert_eq!(metrics.sessions("opened"), streams);
    // Each answer's `EventSource` was sent away once.
    assert_eq!(metrics.sessions("complete"), chats as u64);
    for reason in REFUSED {
        assert_eq!(metrics.refused_ids(reason), 0, "{reason}");
    }
    // A reader of the feed may not be back yet.
    let resumed = metrics.sessions("resumed") + metrics.sessions("resumed_again");
    let forced = scene.forced_breaks();
    let all_came = resumed + feeds as u64 >= forced as u64;
    assert!(all_came, "{resumed} for {forced}");
    assert!(forced >= least, "{forced}");
    let cuts = Way::ALL.map(|way| scene.proxy.cuts(way));
    assert!(cuts.iter().all(|it| *it >= least / 6), "{cuts:?}");
    let dropped = forced.saturating_sub(scene.proxy.all_cuts());
    assert!(dropped >= least / 10, "the server dropped {dropped}");
}

fn texts(events: &[Dispatched]) -> Vec<Said> {
    let texts = events.iter().map(|it| (it.name.clone(), it.data.clone()));
    texts.collect()
}

/// The ids are of one session, its generations only go up, and its events are numbered from 1.
fn ids_count_on(name: &str, events: &[Dispatched]) {
    let parse = |part: &str| u64::from_str_radix(part, 36).unwrap();
    let mut before = None;
    for (event, number) in events.iter().zip(1..) {
        let parts: Vec<_> = event.last_event_id.split('.').collect();
        let [_, _, session, generation, _, seq] = parts[..] else {
            panic!("{name}: no resume id: {event:?}");
        };
        let id = (session, parse(generation));
        let goes_on = before.is_none_or(|(same, newest)| same == session && newest <= id.1);
        assert!(goes_on, "{name}: {id:?} after {before:?}");
        assert_eq!(parse(seq), number, "{name}");
        before = Some(id);
    }
}

/// Of the data only the last line counts: see
/// `a_first_block_with_name_and_id_takes_up_what_webkit_goes_on_with`.
fn opens_say_nothing_is_missing(scene: &Scene<'_>, stream: &Stream) {
    let mut events = scene.board().events(&stream.name);
    events.retain(|event| event.name == "sse.open");
    for open in events {
        let data = open.data.lines().last();
        assert_eq!(data, Some(r#"{"v":1,"gap":null}"#), "{}", stream.name);
    }
}

/// 100 disconnects of a real browser: two answers, and three readers of a feed.
async fn loses_nothing(engine: Engine, program: &'static str) {
    let size = Size {
        chats: 2,
        feeds: 3,
        breaks: 30,
        // Firefox waits for half a second each time.
        pace: if engine == Engine::Firefox { 150 } else { 40 },
    };
    let server = server(program, size);
    let scene = Scene::set(&server, size, plan(1)).await;
    let _browser = engine.open(&scene.proxy.page());
    let original = scene.play().await;
    all_is_there(&server, &scene, &original, 100).await;
}

/// I5, I17, A12: the axum example's.
#[tokio::test]
async fn chromium_loses_nothing_of_an_answer_or_a_feed() {
    loses_nothing(Engine::Chromium, AXUM).await;
}

/// I5, I17, A12: the hyper example's.
#[tokio::test]
async fn firefox_loses_nothing_of_an_answer_or_a_feed() {
    loses_nothing(Engine::Firefox, HYPER).await;
}

/// I5, I17, A12: the warp example's.
#[tokio::test]
async fn webkit_loses_nothing_of_an_answer_or_a_feed() {
    loses_nothing(Engine::WebKit, WARP).await;
}

/// The models of all engines, over 1,000 disconnects of each server's streams.
async fn models_lose_nothing(program: &'static str) {
    let size = Size {
        chats: 12,
        feeds: 36,
        breaks: 30,
        pace: 10,
    };
    let server = server(program, size);
    let scene = Scene::set(&server, size, plan(2)).await;
    let open = |(stream, engine): (&Stream, &Engine)| {
        let profile = Profile::of(*engine).with_delay(Duration::ZERO);
        let url = scene.proxy.url(&stream.ticket.target);
        Fake::reporting(&url, profile, scene.board(), &stream.name)
    };
    let engines = Engine::ALL.iter().cycle();
    let _fakes: Vec<_> = scene.streams().zip(engines).map(open).collect();
    let original = scene.play().await;
    all_is_there(&server, &scene, &original, 1_000).await;
}

/// I5, I17, A12
#[tokio::test]
async fn the_models_lose_nothing_of_the_axum_example() {
    models_lose_nothing(AXUM).await;
}

/// I5, I17, A12
#[tokio::test]
async fn the_models_lose_nothing_of_the_hyper_example() {
    models_lose_nothing(HYPER).await;
}

/// I5, I17, A12
#[tokio::test]
async fn the_models_lose_nothing_of_the_warp_example() {
    models_lose_nothing(WARP).await;
}
