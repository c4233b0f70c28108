//! The programs under `examples`, run as at a shell.

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

/// What a program has written, and whether it succeeded.
struct Run {
    out: String,
    err: String,
    success: bool,
}

/// Runs an example with this standard input.
fn run(name: &str, args: &[&str], input: &[u8]) -> Run {
    // Tests are built into `deps`, and examples beside it. `cargo test` builds both, unless you ask for
    // this test alone.
    let mut path = env::current_exe().expect("a test has a path");
    path.pop();
    path.set_file_name("examples");
    path.push(name);
    let program = Command::new(&path)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut program = program.unwrap_or_else(|error| {
        panic!(
            "{}: {error}: build it with `cargo build --examples`",
            path.display()
        );
    });
    let mut stdin = program.stdin.take().expect("it is piped");
    let output = thread::scope(|scope| {
        // A program that refuses its arguments reads nothing.
        scope.spawn(move || drop(stdin.write_all(input)));
        program.wait_with_output().expect("it ends")
    });
    Run {
        out: String::from_utf8(output.stdout).expect("its output is text"),
        err: String::from_utf8(output.stderr).expect("its output is text"),
        success: output.status.success(),
    }
}

#[test]
fn decode_prints_a_line_for_each_event_and_each_retry() {
    let stream =
        b"\xEF\xBB\xBF: hi\nid: 7\nevent: e\ndata: \"\xFF\"\ndata\nretry: 10\n\ndata:\n\ndata: x";
    let expected = "{\"retry\":10}\n\
        {\"type\":\"e\",\"data\":\"\\\"\u{fffd}\\\"\\n\",\"id\":\"7\"}\n\
        {\"type\":\"message\",\"data\":\"\",\"id\":\"7\"}\n";
    for args in [
        &[][..],
        &["--chunk", "1"],
        &["--chunk", "5"],
        &["--chunk", "999"],
    ] {
        let run = run("decode", args, stream);
        assert_eq!(run.out, expected, "{args:?}");
        assert_eq!(run.err, "decode: stream ended in the middle of a line\n");
        assert!(run.success);
    }
}

#[test]
fn decode_says_whether_the_stream_ended_in_the_middle_of_an_event() {
    let in_event = "decode: stream ended before the empty line that ends an event\n";
    let in_line = "decode: stream ended in the middle of a line\n";
    for (stream, expected) in [
        (&b""[..], ""),
        (b"data\n\n", ""),
        (b"data\n\n:\n", ""),
        (b"data\n\ndata\n", in_event),
        (b"data\n\nda", in_line),
        (b"data\n\n\xC3", in_line),
    ] {
        let run = run("decode", &["--chunk", "2"], stream);
        assert_eq!(run.err, expected, "{stream:?}");
        assert!(run.success);
    }
}

#[test]
fn decode_begins_with_the_id_that_it_is_given() {
    let run = run("decode", &["--last-event-id", "a b"], b"data\n\n");
    assert_eq!(
        run.out,
        "{\"type\":\"message\",\"data\":\"\",\"id\":\"a b\"}\n"
    );
}

/// H5, H6
#[test]
fn decode_says_what_is_too_large_and_goes_on() {
    let stream = b"data: far too large\n\nretry: 99999999999999999999999\n\ndata: 2\n\n";
    let run = run("decode", &["--limit", "30", "--chunk", "2"], stream);
    assert_eq!(run.out.lines().count(), 3);
    assert!(run.success, "{}", run.err);
    let run = self::run("decode", &["--limit", "10"], stream);
    assert_eq!(run.err, "decode: event is larger than 10 bytes\n".repeat(2));
    assert_eq!(
        run.out,
        "{\"type\":\"message\",\"data\":\"2\",\"id\":\"\"}\n"
    );
    assert!(!run.success);
}

#[test]
fn decode_refuses_what_it_does_not_know() {
    for args in [
        &["--chunk"][..],
        &["--chunk", "0"],
        &["--chunk", "x"],
        &["--last-event-id", "1\n"],
        &["--other", "x"],
    ] {
        let run = run("decode", args, b"data\n\n");
        assert!(!run.success, "{args:?}");
        assert!(!run.err.is_empty());
        assert_eq!(run.out, "");
    }
}

/// H1, H6
#[test]
fn encode_writes_the_stream_that_its_lines_describe() {
    let lines = "{\"event\":\"e\",\"data\":\" a\\r\\nb\",\"id\":\"1\",\"retry\":10,\"comment\":\"c\"}\n\
        \n{\"data\":\"\"}\r\n{\"retry\":18446744073709551615}\n{\"data\":null}\n{\"data\":\"end\"}";
    let run = run("encode", &[], lines.as_bytes());
    let expected = ":c\nid: 1\nevent: e\nretry: 10\ndata:  a\ndata: b\n\n\
        data: \n\nretry: 2147483647\n\n\ndata: end\n\n";
    assert_eq!(run.out, expected);
    assert_eq!(run.err, "");
    assert!(run.success);
}

/// H2, H4
#[test]
fn encode_names_each_line_that_it_refuses_and_writes_the_others() {
    let refused: [(&[u8], &str); 8] = [
        (br#"{"id":"1\n"}"#, "line feed at byte 1 of an event id"),
        (
            br#"{"event":"\r"}"#,
            "carriage return at byte 0 of an event name",
        ),
        (
            br#"{"comment":"\u0000"}"#,
            "null character at byte 0 of a comment",
        ),
        (br#"{"dta":"x"}"#, "unknown field"),
        (br#"{"retry":-1}"#, "invalid value"),
        (br#"{"data":"\ud800"}"#, "hex escape at column"),
        (b"{\"data\":\"\xFF\"}", "invalid unicode"),
        (b"data", "expected"),
    ];
    for (line, why) in refused {
        let lines = [b"{\"data\":\"1\"}\n", line, b"\n{\"data\":\"2\"}\n"].concat();
        let run = run("encode", &[], &lines);
        assert_eq!(run.out, "data: 1\n\ndata: 2\n\n");
        assert!(run.err.starts_with("encode: line 2: "), "{}", run.err);
        assert!(run.err.contains(why), "{} for {why}", run.err);
        assert!(!run.success);
    }
}

#[test]
fn what_is_encoded_is_decoded_to_the_same() {
    let lines = "{\"event\":\"e\",\"data\":\"a\\nb\",\"id\":\"1\"}\n{\"data\":\" \u{2028}\"}\n";
    let encoded = run("encode", &[], lines.as_bytes()).out;
    let decoded = run("decode", &["--chunk", "3"], encoded.as_bytes()).out;
    let expected = "{\"type\":\"e\",\"data\":\"a\\nb\",\"id\":\"1\"}\n\
        {\"type\":\"message\",\"data\":\" \u{2028}\",\"id\":\"1\"}\n";
    assert_eq!(decoded, expected);
}
