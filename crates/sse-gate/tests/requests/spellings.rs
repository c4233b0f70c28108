//! Tokens and other credentials, spelled so that they open nothing: nobody inside sees them.

use std::convert::Infallible;

use http::{Request, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use proptest::prelude::*;
use sse_gate::{SseRoute, StripTokenLayer, TokenIn};
use tower::{Layer, Service};

use crate::support::{Body, Handler, World, get};

/// A live token, a live resume id, and a JWT, as far as they can be told by their looks.
const TOKEN: &str = "sset1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1KUzW9";
const ID: &str = "sser1.k.AAAAAAAAAAAAAAAAAAAAAA.1.BBBBBBBBBBBBBBBBBBBBBB.3f";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";

/// What is secret of each, however the rest is spelled.
const SECRETS: [&str; 3] = ["AAAAAAAAAAA", "BBBBBBBBBBB", "c2lnbmF0dXJl"];

/// Spellings on a stream's route: `{T}`, `{I}` and `{J}` stand for the three, `{t}` for the token
/// with its first character encoded, `{e}` for the token with each character encoded, `{E}` for that
/// twice.
const ON_A_STREAM: [&str; 110] = [
    // Names.
    "?Token={T}",
    "?TOKEN={T}",
    "?tOKEN={T}",
    "?token[]={T}",
    "?token%5B%5D={T}",
    "?token[0]={T}",
    "?token%00={T}",
    "?%00token={T}",
    "?token.={T}",
    "?.token={T}",
    "?token%20={T}",
    "?%20token={T}",
    "?+token={T}",
    "?token+={T}",
    "?tok={T}",
    "?t={T}",
    "?x={T}",
    "?={T}",
    "?{T}",
    "?{T}=",
    "?{T}=1",
    "?%2574oken={T}",
    "?%252574oken={T}",
    "?%7token={T}",
    "?%zztoken={T}",
    "?t%c3%b6ken={T}",
    "?sse_token={T}",
    "?stream_id={T}",
    "?user.token={T}",
    "?filter[token]={T}",
    "?token-={T}",
    "?\u{ff54}oken={T}",
    "?token%0d%0a={T}",
    "?token%3D={T}",
    "?token%253D={T}",
    // Separators.
    "??token={T}",
    "???token={T}",
    "?/token={T}",
    "?;token={T}",
    "?a=1;token={T}",
    "?a=1;b=2;t={T}",
    "?&amp;token={T}",
    "?a=1&amp;token={T}",
    "?a=1&amp;amp;token={T}",
    "?a=1&#38;token={T}",
    "?a=1%26token={T}",
    "?a=1%2526token={T}",
    "?a=1%3Btoken={T}",
    "?a=1%3Ftoken={T}",
    "?a=1,token={T}",
    "?a=1|token={T}",
    "?a=1%0Atoken={T}",
    "?a=token%3D{T}",
    "?a=token:{T}",
    "?a=1?token={T}",
    "?q=https://x.example/?token={T}",
    "?q=https%3A%2F%2Fx%2F%3Ftoken%3D{T}",
    "?q=https%253A%252F%252Fx%252F%253Ftoken%253D{T}",
    "?a[b]=1&a[token]={T}",
    "?{\"token\":\"{T}\"}",
    // Values.
    "?token={t}",
    "?Token={t}",
    "?x={t}",
    "?token={e}",
    "?x={e}",
    "?Token={e}",
    "?x={E}",
    "?token={E}",
    "?x=sset1%5F{S}",
    "?x=sset1%5f{S}",
    "?x=sset1%255F{S}",
    "?x=%53set1_{S}",
    "?x=Sset1_{S}",
    "?x=SSET1_{S}",
    "?x=Bearer%20{T}",
    "?x=bearer+{T}",
    "?x=%22{T}%22",
    "?x='{T}'",
    "?x=%EF%BB%BF{T}",
    "?x=%c0%af{T}",
    "?x={T},{T}",
    "?x={T};token={T}",
    "?token={T};x=1",
    "?token={T}%zz",
    "?x={T}%",
    "?token={T}&Token={T}",
    "?token=x&x={T}",
    "?a=1&b={T}&c=3",
    // Names of credentials, and of resume ids.
    "?access_token={J}",
    "?ACCESS_TOKEN=c2lnbmF0dXJl",
    "?access-token=c2lnbmF0dXJl",
    "?accessToken=c2lnbmF0dXJl",
    "?access%5Ftoken=c2lnbmF0dXJl",
    "?access_token[]=c2lnbmF0dXJl",
    "?id_token=c2lnbmF0dXJl",
    "?refresh_token=c2lnbmF0dXJl",
    "?jwt=c2lnbmF0dXJl",
    "?a=1;jwt=c2lnbmF0dXJl",
    "?&amp;jwt=c2lnbmF0dXJl",
    "?%256Awt=c2lnbmF0dXJl",
    "?authorization=Bearer%20c2lnbmF0dXJl",
    "?Authorization=Basic+c2lnbmF0dXJl",
    "?x={J}",
    "?token={J}&x={J}",
    "?lastEventId={I}",
    "?last_event_id={I}",
    "?Last-Event-ID={I}",
    "?x={I}",
    "?lasteventid[]=BBBBBBBBBBB",
    "?x=%73ser1.k.{I}",
];

/// The same in a path: with the pattern in the middle, at its end, in a matrix parameter.
const IN_A_PATH: [&str; 14] = [
    "/generations/{T}/stream",
    "/generations/{t}/stream",
    "/generations/{e}/stream",
    "/generations/{E}/stream",
    "/generations/{I}/stream",
    "/generations/{J}/stream",
    "/generations/7;token={T}/stream",
    "/generations/7%3Ftoken={T}/stream",
    "/generations/%FF{T}/stream",
    "/generations/%FF/stream?x={T}",
    "/generations/7/stream/?token={T}",
    "//generations//7//stream?token={T}",
    "/chat/{T}/",
    "//chat/{T}?x={T}",
];

/// And where tokens are asked for, at the route's own mint path.
const AT_A_MINT: [&str; 8] = [
    "/generations/7/stream-token?token={T}",
    "/generations/7/stream-token?x={e}",
    "/generations/7/stream-token?access_token={J}",
    "/generations/7/stream-token/?x={T}",
    "/generations/{T}/stream-token",
    "/generations/%FF/stream-token?x={I}",
    "/generations/7/stream-token?jwt=c2lnbmF0dXJl",
    "/generations/7/stream-token?x={J}",
];

fn encoded(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    bytes.concat()
}

fn filled(template: &str) -> String {
    template
        .replace("{T}", TOKEN)
        .replace("{I}", ID)
        .replace("{J}", JWT)
        .replace("{S}", &TOKEN["sset1_".len()..])
        .replace("{t}", &TOKEN.replacen('s', "%73", 1))
        .replace("{e}", &encoded(TOKEN))
        .replace("{E}", &encoded(&encoded(TOKEN)))
}

fn routes() -> [SseRoute; 2] {
    let in_path = TokenIn::Path("token".to_owned());
    [
        SseRoute::new("/generations/{id}/stream").unwrap(),
        SseRoute::new("/chat/{token}")
            .unwrap()
            .with_token_in(in_path)
            .unwrap(),
    ]
}

/// What a logging layer sees, inside of the stripping layer.
fn logged(uri: &str) -> Option<String> {
    let log = tower::service_fn(|request: Request<Body>| {
        let seen = format!("{} {:?}", request.uri(), request);
        std::future::ready(Ok::<_, Infallible>(seen))
    });
    let layer = StripTokenLayer::new(routes());
    let uri: http::Uri = uri.parse().ok()?;
    let request = Request::get(uri).body(Body::new()).unwrap();
    let seen = futures_util::FutureExt::now_or_never(layer.layer(log).call(request));
    Some(seen.unwrap().unwrap())
}

/// A secret in what was seen, in any encoding.
fn leak(seen: &str) -> Option<&'static str> {
    let mut form = seen.to_owned();
    for _ in 0..4 {
        if let Some(secret) = SECRETS.into_iter().find(|secret| form.contains(secret)) {
            return Some(secret);
        }
        form = percent_decode_str(&form).decode_utf8_lossy().into_owned();
    }
    None
}

/// B16, D5: in no spelling does a token, a resume id or a JWT reach a log behind the layer.
#[test]
fn no_spelling_of_a_credential_is_logged() {
    let on_a_stream = ON_A_STREAM.map(|query| format!("/generations/7/stream{query}"));
    let rest = IN_A_PATH.into_iter().chain(AT_A_MINT).map(str::to_owned);
    let mut read = 0;
    for template in on_a_stream.into_iter().chain(rest) {
        let Some(seen) = logged(&filled(&template)) else {
            continue;
        };
        read += 1;
        assert_eq!(leak(&seen), None, "{template}: {seen}");
    }
    assert!(read >= 96 + 20, "only {read} are URIs");
}

/// B16: the gate alone blanks the same for its handler, and what is misspelled opens nothing.
#[tokio::test]
async fn a_misspelled_token_opens_nothing_and_stays_good() {
    let world = World::new();
    let token = world.token().await;
    for query in [
        "Token={T}",
        "token[]={T}",
        "a=1;token={T}",
        "%2574oken={T}",
        "&amp;token={T}",
    ] {
        let uri = format!("/generations/7/stream?{}", query.replace("{T}", &token));
        let status = world.service().ask(get(&uri)).await.status();
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{query}");
    }
    let other = world.token().await;
    let uri = format!("/generations/7/stream?a=1&Token={other}&token={token}&jwt=x&b=2");
    let response = world.service().ask(get(&uri)).await;
    assert_eq!(response.body(), "alice at /generations/7/stream?a=1&b=2");
    assert!(world.is_fresh(&other).await);
}

/// B16: everything else stays as it is, to the byte.
#[test]
fn what_is_no_credential_stays() {
    for uri in [
        "/generations/7/stream?a=1&b=%20&c",
        "/generations/7/stream?Token=x",
        "/generations/7/stream?a=1;b=2&&;c",
        "/generations/7/stream?",
        "/generations/7/stream?q=eyJ&x=eyJhbGci&y=a.b.c",
        "/generations/7/stream?tokens=1&author=x&jwts=2&keyboard=3",
        "/generations/sset/stream?a=sset1&b=sser1",
        "/generations/7/stream-token?token=x",
    ] {
        let seen = logged(uri).unwrap();
        assert!(seen.starts_with(&format!("{uri} ")), "{uri}: {seen}");
    }
    // Another route is another's business.
    for template in ["/files?token={T}", "/generations/7?x={J}", "/{T}"] {
        let uri = filled(template);
        assert!(logged(&uri).unwrap().starts_with(&uri), "{template}");
    }
    for (uri, left) in [
        ("a=1&x={T}&b=2", "?a=1&b=2"),
        ("x={T}&b=2;c", "?b=2;c"),
        ("a=1;x={T}", "?a=1"),
        ("x={T}", ""),
        ("a=1&amp;x={T}&b", "?a=1&amp;b"),
    ] {
        let seen = logged(&filled(&format!("/generations/7/stream?{uri}"))).unwrap();
        let expected = format!("/generations/7/stream{left} ");
        assert!(seen.starts_with(&expected), "{uri}: {seen}");
    }
}

/// Encodes some of the bytes of a text, once.
fn some_encoded(text: &str, which: &[bool]) -> String {
    let mut which = which.iter().cycle();
    let encode = |byte: u8| -> String {
        match which.next() {
            Some(true) => format!("%{byte:02X}"),
            _ if byte == b'%' => "%25".to_owned(),
            _ => char::from(byte).to_string(),
        }
    };
    text.bytes().map(encode).collect()
}

proptest! {
    /// B16: no URI that leaves holds a token that came in, in any encoding up to three deep, under
    /// any name, among any others.
    #[test]
    fn no_encoding_hides_a_token(
        before in "[a-zA-Z0-9%&;=?./+_-]{0,12}",
        name in "[a-zA-Z0-9%.\\[\\]_-]{0,8}",
        behind in "[a-zA-Z0-9%&;=?./+_-]{0,12}",
        masks in prop::collection::vec(prop::collection::vec(any::<bool>(), 1..60), 0..4),
        in_path in any::<bool>(),
    ) {
        let mut token = TOKEN.to_owned();
        for mask in &masks {
            token = some_encoded(&token, mask);
        }
        let uri = if in_path {
            let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            format!("/generations/{}{token}{}/stream", encode(&before), encode(&behind))
        } else {
            format!("/generations/7/stream?{before}&{name}={token}{behind}")
        };
        if let Some(seen) = logged(&uri) {
            prop_assert_eq!(leak(&seen), None, "{} {}", uri, seen);
        }
    }
}
