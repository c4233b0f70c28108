//! Callers that get no stream: what they are told, and what the observer is.

use sse_gate::core::{
    CredentialReason, Entropy, EntropyError, IssueErrorKind, ManualClock, MintRefusalReason, Signal,
};
use sse_gate::mint::Challenge;
use sse_gate::{Gate, StreamSlots};

use crate::hand::Way;
use crate::scene::{Scene, Told, by, empty};

/// C1, C23: whatever the authenticator and the authorizer say, the caller is answered as at the
/// mint, and the observer is told once.
#[tokio::test]
async fn a_caller_is_refused_as_at_the_mint() {
    use MintRefusalReason as Reason;

    let credential = Reason::Credential;
    let ended = Reason::NotIssued(IssueErrorKind::CredentialExpired);
    let bad = r#"Bearer realm="sse", error="invalid_token""#;
    let rows = [
        (
            "expired",
            401,
            credential(CredentialReason::Expired),
            bad,
            "",
        ),
        (
            "a b",
            400,
            credential(CredentialReason::Malformed),
            r#"Bearer realm="sse", error="invalid_request""#,
            "",
        ),
        (
            "unchecked",
            503,
            credential(CredentialReason::Unavailable),
            "",
            "1",
        ),
        ("ended", 401, ended, bad, ""),
        ("stranger", 403, Reason::Forbidden, "", ""),
        ("lost", 404, Reason::NotFound, "", ""),
        ("odd", 422, Reason::Unprocessable, "", ""),
        ("greedy", 429, Reason::TooMany, "", "3"),
        ("late", 503, Reason::Busy, "", "3"),
        ("unlucky", 503, Reason::Unavailable, "", "1"),
        // A permit for a resource that the path does not stand for.
        ("elsewhere", 404, Reason::NotFound, "", ""),
    ];
    for scene in [Scene::new(), Scene::strict()] {
        for (name, status, reason, challenge, wait) in rows {
            let got = scene.ask(empty(by(name))).await;
            assert_eq!(got.status, status, "{name}: {}", got.text);
            assert_eq!(got.header("content-type"), "application/problem+json");
            assert_eq!(got.header("cache-control"), "no-store");
            assert_eq!(got.header("www-authenticate"), challenge, "{name}");
            assert_eq!(got.header("retry-after"), wait, "{name}");
            let mut told = scene.told.signals();
            told.retain(|signal| !matches!(signal, Signal::IssueRefused(_)));
            assert_eq!(told, [Signal::CallerRefused(reason)], "{name}");
            assert!(!got.text.contains("yesterday") && !got.text.contains("database"));
        }
        assert_eq!(scene.store.asked(), 0, "a session was asked for");
    }
}

/// C23: the errors behind a refusal go to the observer.
#[tokio::test]
async fn the_observer_gets_the_errors() {
    let scene = Scene::new();
    for (name, error) in [
        ("expired", "credential is invalid"),
        ("unlucky", "the database is down"),
        ("ended", "credential"),
    ] {
        scene.ask(empty(by(name))).await;
        let told = scene.told.take();
        let of_caller = |(signal, _): &&(Signal, _)| matches!(signal, Signal::CallerRefused(_));
        let (_, said) = told.iter().find(of_caller).unwrap();
        let said = said.as_deref().unwrap_or_default();
        assert!(said.contains(error), "{name}: {said}");
    }
}

/// The authenticator's scheme is named in every 401, and not the one of bearer tokens.
#[tokio::test]
async fn the_mints_challenge_is_in_every_401() {
    let scene = Scene::strict();
    let mint = scene.mint.clone().with_challenge(Challenge::cookie());
    let layer = scene.layer.clone().with_callers(&mint);
    let scene = Scene { layer, ..scene };
    let mut without = by("alice");
    without.headers_mut().unwrap().remove("authorization");
    for request in [without, by("expired"), by("ended")] {
        let got = scene.ask(empty(request)).await;
        assert_eq!(got.status, 401);
        assert_eq!(got.header("www-authenticate"), r#"Cookie realm="sse""#);
    }
}

#[derive(Debug)]
struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8; 32]) -> Result<(), EntropyError> {
        Err(EntropyError::new("it is dry"))
    }
}

/// C23: without randomness a session has no name, so none is opened. A strict stream needs none.
#[tokio::test]
async fn without_randomness_no_session_is_opened() {
    let (told, clock) = (Told::default(), ManualClock::default());
    let gate = Gate::builder().with_entropy(Dry).with_clock(clock.clone());
    let gate = gate.with_observer(told.clone()).in_memory();
    let strict = Scene::of(gate, told, clock);
    assert_eq!(strict.ask(empty(by("alice"))).await.status, 200);
    assert_eq!(strict.told.signals(), [Signal::CallerAdmitted]);
    let layer = strict.layer.clone().resumable(&strict.sessions);
    let scene = Scene { layer, ..strict };
    let got = scene.ask(empty(by("alice"))).await;
    assert_eq!((got.status, got.header("retry-after")), (503, "1"));
    let reason = MintRefusalReason::NotIssued(IssueErrorKind::NoEntropy);
    assert_eq!(scene.told.signals(), [Signal::CallerRefused(reason)]);
}

/// E1, I14: when the sessions can't be asked, a caller with an id is asked to wait, as an error would
/// stop it for good; any other is refused for the moment. The observer is told.
#[tokio::test(start_paused = true)]
async fn a_caller_with_an_id_is_kept_when_the_sessions_are_down() {
    let scene = Scene::new();
    let first = scene.ask(empty(by("alice"))).await;
    let id = first.id().to_owned();
    scene.store.is_to(Way::HangsAtArriving);
    scene.told.take();
    let got = scene.ask(empty(by("alice"))).await;
    assert_eq!((got.status, got.header("retry-after")), (503, "1"));
    let refused = [Signal::CallerRefused(MintRefusalReason::Unavailable)];
    assert_eq!(scene.told.signals(), refused);
    let got = scene
        .ask(empty(by("alice").header("last-event-id", &id)))
        .await;
    assert_eq!((got.status, got.id()), (200, &*id), "{}", got.text);
    assert!(got.text.contains("event: sse.wait\n"), "{}", got.text);
    assert_eq!(scene.told.signals(), refused);
}

/// B2: a token in the URL and a bearer are two credentials. Neither counts, and the token stays good.
#[tokio::test]
async fn a_token_beside_the_credential_is_one_too_many() {
    let scene = Scene::strict();
    let token = scene.token("alice", "7").await;
    let uri = format!("/rooms/7/events?token={token}");
    let got = scene.ask(empty(by("alice").uri(&uri))).await;
    assert_eq!(got.status, 400, "{}", got.text);
    let mut alone = by("alice").uri(&uri);
    alone.headers_mut().unwrap().remove("authorization");
    assert_eq!(scene.ask(empty(alone)).await.status, 200);
}

/// D13: who shows nothing is asked for a token, and a bearer is one only where callers are let in.
#[tokio::test]
async fn without_callers_a_bearer_opens_nothing() {
    let scene = Scene::strict();
    let mut nothing = by("alice");
    nothing.headers_mut().unwrap().remove("authorization");
    let got = scene.ask(empty(nothing)).await;
    assert_eq!(got.status, 401);
    assert_eq!(got.header("www-authenticate"), r#"Bearer realm="sse""#);
    assert!(
        scene
            .told
            .signals()
            .contains(&Signal::TurnedAway { check: "no_token" })
    );

    let layer = sse_gate::GateLayer::new(&scene.gate, &scene.route);
    let scene = Scene { layer, ..scene };
    let got = scene.ask(empty(by("alice"))).await;
    assert_eq!(got.status, 401);
    let told = scene.told.signals();
    assert_eq!(told, [Signal::TurnedAway { check: "no_token" }]);
}

/// G8: callers are counted as all others are. At the cap of all streams nobody is asked who they are.
#[tokio::test]
async fn callers_are_capped() {
    let scene = Scene::strict();
    let slots = StreamSlots::new(2, 1);
    let layer = scene.layer.clone().with_slots(slots.clone());
    let scene = Scene { layer, ..scene };
    let alice = scene.ask(empty(by("alice"))).await;
    assert_eq!(alice.status, 200);
    let second = scene.ask(empty(by("alice"))).await;
    assert_eq!((second.status, second.header("retry-after")), (429, "5"));
    let bob = scene.ask(empty(by("bob"))).await;
    assert_eq!((bob.status, slots.open()), (200, 2));
    scene.told.take();
    let carol = scene.ask(empty(by("expired"))).await;
    assert_eq!((carol.status, carol.header("retry-after")), (503, "1"));
    assert_eq!(
        scene.told.signals(),
        [Signal::TurnedAway { check: "capacity" }]
    );
    drop((alice, bob));
    assert_eq!(slots.open(), 0);
}

/// G7: a caller that is signed out between the check of its credential and the opening of its stream
/// gets none.
#[tokio::test]
async fn a_caller_that_signs_out_meanwhile_gets_no_stream() {
    use sse_gate::mint::{Denied, Identity, MintRequest, MintService};

    for scene in [Scene::new(), Scene::strict()] {
        let gate = scene.gate.clone();
        let who = async |_: http::request::Parts| Ok(Identity::named("alice")?);
        let whether = move |request: MintRequest| {
            let gate = gate.clone();
            async move {
                gate.revoke(request.identity.subject()).await.unwrap();
                Ok::<_, Denied>(request.permit())
            }
        };
        let mint = MintService::new(&scene.gate, &scene.route, who, whether);
        let layer = scene.layer.clone().with_callers(&mint);
        let scene = Scene { layer, ..scene };
        let got = scene.ask(empty(by("alice"))).await;
        assert_eq!(got.status, 401, "{}", got.text);
        assert_eq!(scene.store.asked(), 0);
    }
}

/// C20: an epoch that the authorizer gives, older than the request, is heeded as at the mint.
#[tokio::test]
async fn an_older_epoch_of_the_authorizer_counts() {
    use sse_gate::Subject;
    use sse_gate::mint::{Denied, MintRequest, MintService, Permit};

    for scene in [Scene::new(), Scene::strict()] {
        let before = scene.gate.epoch().await.unwrap();
        let whether = move |request: MintRequest| async move {
            let request = request.grant_request().with_epoch(before);
            Ok::<_, Denied>(Permit::new(request))
        };
        let mint = MintService::new(&scene.gate, &scene.route, crate::scene::who, whether);
        let layer = scene.layer.clone().with_callers(&mint);
        let scene = Scene { layer, ..scene };
        let ask = async |name| scene.ask(empty(by(name))).await;
        assert_eq!(ask("alice").await.status, 200, "no one has signed out yet");
        let alice = Subject::new("alice").unwrap();
        scene.gate.revoke(&alice).await.unwrap();
        scene.told.take();
        let got = ask("alice").await;
        assert_eq!(got.status, 401, "{}", got.text);
        let reason = MintRefusalReason::NotIssued(IssueErrorKind::Withdrawn);
        assert_eq!(scene.told.signals(), [Signal::CallerRefused(reason)]);
        for _ in 0..40 {
            assert_eq!(ask("bob").await.status, 200, "bob has not signed out");
        }
    }
}

/// G8, G16: while it is not known who asks, a request keeps no slot from the clients with a token.
#[tokio::test]
async fn callers_that_are_not_known_yet_keep_no_slots() {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use sse_gate::mint::{AuthError, Identity, MintService};
    use tokio::sync::Semaphore;

    for scene in [Scene::new(), Scene::strict()] {
        let known = Arc::new(Semaphore::new(0));
        let waits_for = Arc::clone(&known);
        let who = move |_: http::request::Parts| {
            let known = Arc::clone(&waits_for);
            async move {
                known.acquire().await.unwrap().forget();
                Err::<Identity, _>(AuthError::invalid())
            }
        };
        let whether = async |request: sse_gate::mint::MintRequest| Ok(request.permit());
        let mint = MintService::new(&scene.gate, &scene.route, who, whether);
        let layer = scene.layer.clone().with_callers(&mint);
        let layer = layer.with_slots(StreamSlots::new(2, 2));
        let scene = Scene { layer, ..scene };
        let mut strangers = Vec::new();
        for _ in 0..10 {
            let mut asking = Box::pin(scene.call(empty(by("stranger"))));
            assert!((&mut asking).now_or_never().is_none(), "it waits");
            strangers.push(asking);
        }
        let uri = format!("/rooms/7/events?token={}", scene.token("alice", "7").await);
        let mut request = by("").uri(uri);
        request.headers_mut().unwrap().remove("authorization");
        let alice = scene.ask(empty(request)).await;
        assert_eq!(alice.status, 200, "{}", alice.text);
        known.add_permits(10);
        for stranger in strangers {
            assert_eq!(stranger.await.status(), 401);
        }
    }
}
