//! The scripts that all engines, and the model, are put through.

use sse_gate_tests::engines::{Answer, Origin, Script};

/// An id of 140 bytes, longer than any of ours.
pub(crate) fn long_id() -> String {
    "long.id_~-".repeat(14)
}

/// All of them. Each ends with a 204, which closes its `EventSource` for good.
pub(crate) fn all() -> Vec<Script> {
    let mut all = Vec::from(slow());
    all.extend(closing());
    all.extend(ids());
    all.extend(requests());
    all.extend(breaks());
    all
}

/// A script at the page's own origin.
fn home<const N: usize>(name: &'static str, answers: [Answer; N]) -> Script {
    Script {
        name,
        at: Origin::Home,
        answers: answers.into(),
    }
}

/// The same script at another origin.
fn at(at: Origin, script: Script) -> Script {
    Script { at, ..script }
}

/// A stream of these bytes in one piece, to its proper end, whose reader is to come back at once.
fn stream(text: &str) -> Answer {
    soon().write(text).end()
}

/// The start of a stream whose reader is to come back at once.
fn soon() -> Answer {
    Answer::stream().write("retry: 1\n\n")
}

/// What takes seconds; the first, so that the rest runs beside it.
fn slow() -> [Script; 2] {
    let default = Answer::stream().write("data: a\n\n").end();
    let retry = Answer::stream().write("retry: 1200\ndata: a\n\n").end();
    [
        home("default_delay", [default]),
        // The time that was said holds on, over a stream that says none.
        home(
            "delay",
            [retry, Answer::stream().write("data: b\n\n").end()],
        ),
    ]
}

/// What ends it for good.
fn closing() -> [Script; 10] {
    let first = || stream("id: one\ndata: a\n\n");
    let again = |name, status| home(name, [first(), Answer::status(status), first()]);
    [
        again("no_content", 204),
        again("bad_request", 400),
        again("unauthorized", 401),
        again("not_found", 404),
        again("failed", 500),
        again("bad_gateway", 502),
        again("unavailable", 503),
        home("unauthorized_at_first", [Answer::status(401), first()]),
        home("no_content_at_first", [Answer::status(204), first()]),
        home(
            "not_a_stream",
            [
                Answer::typed("text/plain").write("data: a\n\n").end(),
                first(),
            ],
        ),
    ]
}

/// Which id is kept.
fn ids() -> [Script; 15] {
    let then = || stream("data: then\n\n");
    let one = |rest: &str| stream(&format!("id: one\ndata: a\n\n{rest}"));
    [
        home("new_ids", [one(""), stream("id: two\ndata: b\n\n")]),
        home("no_id", [stream("data: a\n\n")]),
        home("id_without_data", [one("id: two\n\n"), then()]),
        home(
            "id_without_data_before_data",
            [one("id: two\n\ndata: b\n\n"), then()],
        ),
        home(
            "named_id_without_data",
            [one("event: sse.open\nid: two\n\n"), then()],
        ),
        home("id_with_empty_data", [one("id: two\ndata:\n\n"), then()]),
        home(
            "reserved_name",
            [stream("event: sse.open\nid: one\ndata: {}\n\n"), then()],
        ),
        home("block_without_id", [one("data: b\n\n"), then()]),
        home("half_a_block", [one("id: two\ndata: b\n"), then()]),
        home("half_a_line", [one("id: two\ndata: b"), then()]),
        home("half_a_block_of_an_id", [one("id: two\n"), then()]),
        home("half_a_line_of_an_id", [one("id: two"), then()]),
        home("empty_id", [one("id:\ndata: b\n\n"), then()]),
        home(
            "id_with_nul",
            [one("id: two\0\ndata: b\ndata: c\n\n"), then()],
        ),
        home("comments", [one(": two\n\n:\n\n"), then()]),
    ]
}

/// What its requests say.
fn requests() -> [Script; 5] {
    let long = || stream(&format!("id: {}\ndata: a\n\n", long_id()));
    let to = |status| Answer::redirect(status, Origin::Away);
    [
        at(Origin::Away, home("away", [long(), long()])),
        home("redirected", [long(), to(307), long()]),
        home("redirected_for_good", [long(), to(308), long()]),
        home("moved_for_good", [long(), to(301), long()]),
        home("redirected_at_first", [to(307), long(), long()]),
    ]
}

/// How a connection breaks.
fn breaks() -> Vec<Script> {
    let one = || stream("id: one\ndata: a\n\n");
    let two = || soon().write("id: two\ndata: b\n\n");
    // A reset may overtake, within a browser, what came before it.
    let seen = || two().until_events(1);
    let part = |rest: &str| two().write_part(rest, 9);
    let open = || {
        let open = "retry: 1\nevent: sse.open\nid: four\ndata: {}\n\n";
        Answer::stream()
            .write(open)
            .write("id: one\ndata: a\n\n")
            .end()
    };
    let same = |name, first: Answer| home(name, [first, one()]);
    let away = |name, first: Answer| at(Origin::Away, same(name, first));
    vec![
        same("reset_between_blocks", seen().reset()),
        same("reset_in_a_block", seen().write("id: three\nda").reset()),
        same("closed_between_chunks", two()),
        same("closed_in_a_chunk", part("id: three\nda")),
        same(
            "half_a_block_and_a_blank_line",
            part("id: three\ndata: c\n"),
        ),
        home(
            "half_a_block_and_a_block",
            [part("id: three\ndata: c\n"), open()],
        ),
        home(
            "half_a_line_and_a_block",
            [part("id: three\ndata: c"), open()],
        ),
        home("half_an_id_and_a_block", [part("event: x\nid: th"), open()]),
        away("away_reset", seen().reset()),
        away("away_closed", two()),
        same("empty_stream", Answer::stream().end()),
        same("closed_after_the_head", Answer::stream()),
        same("unanswered_by_reset", Answer::nothing().reset()),
        same("unanswered_by_close", Answer::nothing()),
        away("away_unanswered_by_reset", Answer::nothing().reset()),
        away("away_unanswered_by_close", Answer::nothing()),
        unanswered(home("unanswered_ten_times", []), Answer::nothing),
        unanswered(home("reset_ten_times", []), || Answer::nothing().reset()),
        unanswered(
            at(Origin::Away, home("away_unanswered_ten_times", [])),
            Answer::nothing,
        ),
        kept("kept_and_reset", Answer::nothing().reset()),
    ]
}

/// A stream, no answer ten times, and a stream.
fn unanswered(mut script: Script, nothing: fn() -> Answer) -> Script {
    let stream = || stream("id: one\ndata: a\n\n");
    script.answers.push(stream());
    script
        .answers
        .extend(std::iter::repeat_with(nothing).take(10));
    script.answers.push(stream());
    script
}

/// A stream whose connection takes the next request, and is gone then.
fn kept(name: &'static str, gone: Answer) -> Script {
    let first = Answer::kept_stream()
        .write("retry: 1\nid: one\ndata: a\n\n")
        .end();
    at(
        Origin::Kept,
        home(name, [first, gone, stream("data: then\n\n")]),
    )
}

/// What is run apart, since nothing else can be asked for meanwhile: a server is down for a while.
pub(crate) fn refused() -> Vec<Script> {
    let down = || stream("id: one\ndata: a\n\n").refuse_until_reports(4);
    let up = || stream("id: two\ndata: b\n\n");
    vec![
        home("refused", [down(), up()]),
        at(Origin::Away, home("refused_away", [down(), up()])),
    ]
}
