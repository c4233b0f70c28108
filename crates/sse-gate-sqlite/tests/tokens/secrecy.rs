//! What someone learns who reads the files.

use std::fs;

use pollster::block_on;
use sse_gate_core::{GrantRequest, Resource, Subject, TokenGate};
use sse_gate_sqlite::DatabaseOptions;

use crate::parts::{Scene, tokens};

/// All bytes of all files of the database.
fn bytes(scene: &Scene) -> Vec<u8> {
    let files = fs::read_dir(scene.folder.path()).unwrap();
    let files = files.map(|file| fs::read(file.unwrap().path()).unwrap());
    files.flatten().collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|it| it == text.as_bytes())
}

/// Issues and redeems tokens and signs a subject out, and looks into the files while they are open, and
/// when they are closed. Returns the texts that stand there in clear.
fn found(options: DatabaseOptions) -> Vec<&'static str> {
    const SUBJECT: &str = "alice.the.subject@example.com";
    const RESOURCE: &str = "a-resource-of-that-name";
    const PAYLOAD: &str = "What is in the payload of this?";
    let scene = Scene::new();
    let database = scene.open_with(options).unwrap();
    let gate = TokenGate::new(tokens(&database));
    let resource = Resource::new([RESOURCE]).unwrap();
    let issue = || {
        let request = GrantRequest::new(Subject::new(SUBJECT).unwrap(), resource.clone());
        block_on(gate.issue(request.with_payload(PAYLOAD).unwrap())).unwrap()
    };
    block_on(gate.withdraw_all(&Subject::new(SUBJECT).unwrap())).unwrap();
    let issued: Vec<_> = (0..10).map(|_| issue()).collect();
    for issued in &issued[..5] {
        block_on(gate.redeem(issued.token().expose(), &resource)).unwrap();
    }
    let mut seen = bytes(&scene);
    database.close().unwrap();
    seen.extend(bytes(&scene));

    // D11: tokens are never there.
    for issued in &issued {
        let token = issued.token().expose();
        assert!(!contains(&seen, &token[6..40]), "a token is in the file");
    }
    let texts = [SUBJECT, RESOURCE, PAYLOAD].into_iter();
    texts.filter(|text| contains(&seen, text)).collect()
}

/// D11: a sealed file shows no token, no subject, no resource and no payload. One that is not sealed
/// shows that the search finds what is there.
#[test]
fn a_sealed_file_shows_nothing() {
    assert_eq!(found(Scene::new().sealed()), [""; 0]);
    assert_eq!(found(DatabaseOptions::unsealed()).len(), 3);
}

/// D11: no secret prints.
#[test]
fn a_database_prints_no_key() {
    let scene = Scene::new();
    let options = scene.sealed();
    // The key is 32 times this number.
    let secret = "1, 1, 1";
    assert!(!format!("{options:?}").contains(secret));
    let database = scene.open_with(options).unwrap();
    for shown in [format!("{database:?}"), format!("{:?}", tokens(&database))] {
        assert!(shown.contains("Sealer"), "{shown}");
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// D11: only the user of the process can read the files.
#[cfg(unix)]
#[test]
fn the_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    let database = scene.open();
    block_on(tokens(&database).count()).unwrap();
    let files = fs::read_dir(scene.folder.path()).unwrap();
    let mut names = Vec::new();
    for file in files {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    let expected = [
        "tokens.db",
        "tokens.db-lock",
        "tokens.db-shm",
        "tokens.db-wal",
    ];
    assert_eq!(names, expected);
}
