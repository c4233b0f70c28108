//! Bodies that come slowly, in great numbers, or not at all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use sse_gate_tests::{Connection, Request, SAMPLE, Server, Setup, User, eventually, h2};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Endpoints that read a body after they know whose it is.
const FOR_USERS: [&str; 3] = ["/generations", "/topics/news/publish", "/demo/drop"];

/// Mints, which are the library's.
const MINTS: [&str; 3] = [
    "/generations/generate/none/stream-token",
    "/api/chat/stream/initiate",
    "/topics/news/stream-token",
];

/// Sends a head that announces a body, and not the body.
async fn announce(server: &Server, path: &str, jwt: Option<&str>) -> (Connection, Request) {
    let request = Request::new("POST", path).header("Content-Length", "1000");
    let request = match jwt {
        Some(jwt) => request.bearer(jwt),
        None => request,
    };
    let mut connection = server.connect().await;
    connection.send(&request.bytes()).await;
    (connection, request)
}

/// C22: who is not known gets the answer at once, and no byte of the body is waited for.
pub(crate) async fn a_stranger_is_refused_before_the_body_comes(setup: Setup) {
    let server = setup.arg("body-timeout", 600_000).start();
    for path in FOR_USERS.into_iter().chain(MINTS) {
        for jwt in [None, Some("garbage")] {
            let (mut connection, request) = announce(&server, path, jwt).await;
            let response = connection.response(&request).await;
            assert_eq!(response.status, 401, "{path}: {response:?}");
        }
    }
}

/// C22: 408 at the limit, for all who may send a body. A byte now and then does not put it off.
pub(crate) async fn a_body_has_one_time_limit_for_all_of_it(setup: Setup) {
    let server = setup.arg("body-timeout", 1_000).start();
    let alice = server.user("alice");
    let all = FOR_USERS.into_iter().chain(MINTS).chain(["/demo/login"]);
    let all = all.flat_map(|path| [(path, &b""[..]), (path, b" ")]);
    let all = all.map(|(path, drip)| times_out(&server, path, &alice.jwt, drip));
    join_all(all).await;
}

async fn times_out(server: &Server, path: &str, jwt: &str, drip: &[u8]) {
    let start = Instant::now();
    let (mut connection, request) = announce(server, path, Some(jwt)).await;
    let response = loop {
        let response = connection.response(&request);
        match timeout(Duration::from_millis(100), response).await {
            Ok(response) => break response,
            Err(_) => connection.send(drip).await,
        }
        let limit = Duration::from_secs(10);
        assert!(start.elapsed() < limit, "{path}: no limit");
    };
    assert_eq!(response.status, 408, "{path}: {response:?}");
    let least = Duration::from_millis(900);
    assert!(start.elapsed() > least, "{path}: too soon");
}

/// Bodies that never end: so many on each of some connections of HTTP/2, and so much of each. What
/// they are answered is counted by status.
struct Held {
    _requests: JoinSet<()>,
    answers: Arc<Mutex<BTreeMap<u16, usize>>>,
}

impl Held {
    async fn begin(server: &Server, user: &User<'_>, path: &'static str, bytes: usize) -> Self {
        let mut requests = JoinSet::new();
        let answers = Arc::<Mutex<BTreeMap<u16, usize>>>::default();
        for _ in 0..4 {
            let connection = h2::Connection::open(server.addr()).await;
            for _ in 0..150 {
                let (connection, answers) = (connection.clone(), Arc::clone(&answers));
                let bearer = format!("Bearer {}", user.jwt);
                requests.spawn(async move {
                    let headers = [("authorization", &*bearer)];
                    let answer = connection.request_without_end("POST", path, &headers, bytes);
                    let status = answer.await.map_or(0, |answer| answer.status().as_u16());
                    let mut answers = answers.lock().unwrap();
                    *answers.entry(status).or_insert(0) += 1;
                });
            }
        }
        Self {
            _requests: requests,
            answers,
        }
    }

    /// Waits until as many have been answered, and all with this status.
    async fn refused(&self, count: usize, status: u16) {
        eventually("they are refused", async || {
            let answers = self.answers.lock().unwrap().clone();
            assert!(answers.keys().all(|it| *it == status), "{answers:?}");
            answers.get(&status).is_some_and(|it| *it >= count)
        })
        .await;
    }
}

/// C22: bodies that alice never ends are refused at her share, whose size bounds the memory. Bob
/// is served meanwhile, and alice when they are gone.
pub(crate) async fn bodies_of_one_user_are_bounded_and_cost_no_other(setup: Setup) {
    let server = setup.arg("body-timeout", 600_000).start();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    bob.start().await;
    #[cfg(target_os = "linux")]
    let before = server.memory();
    // 600 MiB, if they were taken.
    let held = Held::begin(&server, &alice, "/generations", 1 << 20).await;
    held.refused(600 - 64, 429).await;
    let messages = Held::begin(&server, &alice, User::INITIATE, 300_000).await;
    messages.refused(600 - 16, 429).await;
    #[cfg(target_os = "linux")]
    {
        let more = server.memory().saturating_sub(before) >> 20;
        assert!(more < 40, "{more} MiB more");
    }
    bob.start().await;
    bob.publish("news", &json!(1)).await;
    bob.ask_chat("what is a gate?").await;
    drop((held, messages));
    eventually("alice has her share back", async || {
        let response = alice
            .post("/generations", &json!({ "source": SAMPLE }))
            .await;
        response.status == 201
    })
    .await;
}

/// C22: the login's bodies are anybody's. There are so many at a time, and none is large.
pub(crate) async fn bodies_of_strangers_are_few_and_small(setup: Setup) {
    let server = setup.arg("body-timeout", 600_000).start();
    let large = Request::post("/demo/login", vec![b' '; 1 << 20]);
    assert_eq!(server.send(&large).await.status, 413);
    let alice = server.user("alice");
    let held = Held::begin(&server, &alice, "/demo/login", 0).await;
    held.refused(600 - 512, 503).await;
    // Who has logged in already is not concerned.
    alice.publish("news", &json!(1)).await;
    drop(held);
    eventually("there is room again", async || {
        let body = json!({ "username": "alice", "password": "demo" });
        let login = Request::new("POST", "/demo/login").json(&body);
        server.send(&login).await.status == 200
    })
    .await;
}
