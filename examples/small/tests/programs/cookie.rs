//! `cookie`: a stream by cookie, from the sign-in to the sign-out.

use std::process::Command;

use crate::exchange::data;
use crate::program::Program;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cookie");

/// Signs in; the header with the cookie.
async fn sign_in(program: &Program) -> String {
    let answer = program.send("POST", "/sign-in", "").await.whole().await;
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.expect(&answer).split(';').next().unwrap();
    format!("Cookie: {cookie}\r\n")
}

#[tokio::test]
async fn a_signed_in_user_has_a_stream_until_the_sign_out() {
    let program = Program::launch(PROGRAM, &[]).await;
    let own = format!("{}Sec-Fetch-Site: same-origin\r\n", sign_in(&program).await);
    let answer = program
        .send("POST", "/ticks-token", &own)
        .await
        .whole()
        .await;
    let (_, rest) = answer.split_once(r#""sse_token":""#).expect(&answer);
    let token = rest.split('"').next().unwrap();

    let mut stream = program.open(&format!("/ticks?token={token}"), None).await;
    stream
        .until("event", |text| data(text).contains(&"hello, alice"))
        .await;
    assert_eq!(
        program.send("POST", "/sign-out", &own).await.status().await,
        200
    );
    assert!(stream.whole().await.ends_with("\n\n"));
    assert_eq!(
        program
            .send("POST", "/ticks-token", &own)
            .await
            .status()
            .await,
        401
    );
}

#[tokio::test]
async fn a_foreign_page_gets_no_token_with_the_cookie() {
    let program = Program::launch(PROGRAM, &[]).await;
    let foreign = format!("{}Sec-Fetch-Site: cross-site\r\n", sign_in(&program).await);
    assert_eq!(
        program
            .send("POST", "/ticks-token", &foreign)
            .await
            .status()
            .await,
        403
    );
}

#[tokio::test]
async fn the_script_of_the_page_parses() {
    let program = Program::launch(PROGRAM, &[]).await;
    let page = program.send("GET", "/", "").await.whole().await;
    let (_, script) = page.split_once("<script type=\"module\">").unwrap();
    let (script, _) = script.split_once("</script>").unwrap();
    let file = format!("{}/cookie.mjs", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, script).unwrap();
    let checked = Command::new("node").args(["--check", &file]).status();
    assert!(checked.expect("node is installed").success());
}
