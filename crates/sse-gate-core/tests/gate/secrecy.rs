//! What stays secret: no print shows a token, and no refusal shows its cause.

use std::error::Error;
use std::fmt::{Debug, Write};
use std::time::Duration;

use pollster::block_on;
use sse_gate_core::{
    Entry, Epoch, RedeemError, Resource, StoreError, Subject, Timestamp, TokenGate, TokenKey,
    TokenStore,
};

use super::parts::{Scene, chat, grant, stranger};

/// Refuses `redeem` for every cause there is, but the store's failure.
fn refusals() -> Vec<RedeemError> {
    let scene = Scene::new();
    let [used, expired, withdrawn, other] = [(); 4].map(|()| scene.issue("alice"));
    scene.redeem(used.token().expose()).unwrap();
    block_on(scene.gate.withdraw(withdrawn.key())).unwrap();
    let elsewhere = Resource::new(["chat", "43"]).unwrap();
    let elsewhere = block_on(scene.gate.redeem(other.token().expose(), &elsewhere));
    scene.advance_millis(60_000);
    let mut refusals = vec![elsewhere.unwrap_err()];
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";
    for token in [
        "",
        "garbage",
        jwt,
        &"x".repeat(1 << 20),
        stranger().token().expose(),
        used.token().expose(),
        expired.token().expose(),
        withdrawn.token().expose(),
    ] {
        refusals.push(scene.redeem(token).unwrap_err());
    }
    refusals
}

/// D14: whatever the cause, a refusal reads the same.
#[test]
fn refusals_read_the_same_for_every_cause() {
    let refusals = refusals();
    assert!(refusals.len() > 8);
    for refusal in refusals {
        assert_eq!(refusal.to_string(), "token was refused");
        assert_eq!(format!("{refusal:#}"), "token was refused");
        assert!(refusal.source().is_none(), "{:?}", refusal.reason());
        assert!(!refusal.is_unavailable());
    }
}

/// D6, D8: nothing that goes near a token prints eight bytes of it, in any form.
#[test]
fn no_debug_output_shows_a_token() {
    let scene = Scene::new();
    let wish = grant("alice").with_payload("the payload's text").unwrap();
    let issued = block_on(scene.gate.issue(wish)).unwrap();
    let token = issued.token().expose();
    let elsewhere = Resource::new(["chat", "43"]).unwrap();
    let presented = scene.gate.begin(token, &chat()).unwrap();
    let entry = block_on(scene.gate.erased().take(&presented));
    let entry = entry.unwrap().unwrap();
    let mut prints = Prints::default();
    prints.of(&issued);
    prints.of(issued.token());
    prints.of(&issued.key());
    prints.of(&scene.gate);
    prints.of(&presented);
    prints.of(&entry);
    prints.of(&presented.settle(Ok(Some(entry))).unwrap());
    prints.of(&scene.redeem(token).unwrap_err());
    prints.of(&block_on(scene.gate.redeem(token, &elsewhere)).unwrap_err());
    prints.of(&scene.gate.begin(&token[1..], &chat()).unwrap_err());
    prints.of(&scene.gate.begin("sset1_my-secret", &chat()).unwrap_err());

    for secret in windows(&token["sset1_".len()..], 8).chain(["secret", "payload's"]) {
        assert!(!prints.0.contains(secret), "{secret} is in {}", prints.0);
    }
}

#[derive(Default)]
struct Prints(String);

impl Prints {
    fn of(&mut self, value: &dyn Debug) {
        write!(self.0, "{value:?}\n{value:#?}\n").unwrap();
    }
}

fn windows(text: &str, len: usize) -> impl Iterator<Item = &str> {
    (0..=text.len() - len).map(move |at| &text[at..at + len])
}

/// D11, law "the store never sees a token": nothing of it is in what is kept.
#[test]
fn an_entry_holds_nothing_of_its_token() {
    let scene = Scene::new();
    let issued = scene.issue("alice");
    let gate = scene.gate.erased();
    let presented = gate.begin(issued.token().expose(), &chat()).unwrap();
    let entry = block_on(gate.take(&presented)).unwrap().unwrap();
    let kept = String::from_utf8_lossy(entry.as_bytes()).into_owned();
    for part in windows(&issued.token().expose()["sset1_".len()..], 6) {
        assert!(!kept.contains(part));
    }
    assert_eq!(entry.key(), issued.key());
}

/// Gives for every key the one entry it was given.
#[derive(Debug)]
struct Planted(Entry);

impl TokenStore for Planted {
    async fn insert(&self, _: TokenKey, _: Entry, _: Duration) -> Result<(), StoreError> {
        Ok(())
    }

    async fn take(&self, _: TokenKey) -> Result<Option<Entry>, StoreError> {
        Ok(Some(self.0.clone()))
    }

    async fn withdraw(&self, _: Subject) -> Result<usize, StoreError> {
        Ok(0)
    }

    async fn epoch(&self) -> Result<Epoch, StoreError> {
        Ok(Epoch::ZERO)
    }
}

/// D12: a store that returns the entry of another token, or one that has ended, opens no stream.
#[test]
fn an_entry_of_another_key_is_not_accepted() {
    let scene = Scene::new();
    let issued = scene.issue("alice");
    let erased = scene.gate.erased();
    let presented = erased.begin(issued.token().expose(), &chat()).unwrap();
    let entry = block_on(erased.take(&presented)).unwrap().unwrap();
    let gate = TokenGate::builder(Planted(entry))
        .with_clock(scene.clock.clone())
        .build();
    let redeem = |token: &str| block_on(gate.redeem(token, &chat()));
    assert!(redeem(stranger().token().expose()).is_err());
    assert!(redeem(issued.token().expose()).is_ok());
    scene.clock.set_wall(Timestamp::FOREVER);
    assert!(redeem(issued.token().expose()).is_err());
}
