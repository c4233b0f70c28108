//! The chat keeps its word: it finds what the documents say, quotes it, and makes nothing up.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use demo_service::chat::{Document, Ending, Library, Question, Retrieved, Source, Step};
use proptest::prelude::*;
use serde_json::{Value, json};

fn steps_of(library: &Library, question: &str) -> Vec<Step> {
    let question = Question::new(question).expect("it is a question");
    library.answer(question).collect()
}

fn steps(question: &str) -> Vec<Step> {
    steps_of(&Library::embedded(), question)
}

/// The text that the steps stream.
fn text(steps: &[Step]) -> String {
    let chunks = steps.iter().map(|step| match step {
        Step::MessageChunk { content } => content.as_str(),
        _ => "",
    });
    chunks.collect()
}

fn sources(steps: &[Step]) -> &[Source] {
    match steps.last() {
        Some(Step::Done { sources, .. }) => sources,
        other => panic!("the last step is {other:?}"),
    }
}

/// The best of what was found.
fn retrieved(steps: &[Step]) -> &[Retrieved] {
    match steps.get(1) {
        Some(Step::RetrievalLog { documents, .. }) => documents,
        other => panic!("the second step is {other:?}"),
    }
}

/// Two documents whose words are known.
fn small() -> Library {
    let of = |source, text| Document { source, text };
    Library::new([
        of(
            "fruit.md",
            "# Fruit\n## Apples\nApples are red.\n## Pears\nPears are green.\n",
        ),
        of(
            "birds.md",
            "# Birds\nA wren sings. An owl eats no apples.\n",
        ),
    ])
}

/// Documents change, so a question has to find its document, and not to find it first.
#[test]
fn questions_find_the_documents_that_answer_them() {
    let rows = [
        (
            "Why has a store three operations?",
            "docs/decisions/0002-three-operations.md",
        ),
        (
            "Where do tokens get their randomness?",
            "docs/decisions/0001-generator.md",
        ),
        (
            "Who names the resource?",
            "docs/decisions/0003-resource-from-route.md",
        ),
        (
            "Is there a cookie mode for tokens that are read before their use?",
            "SECURITY.md",
        ),
        (
            "How do I write commits with an imperative?",
            "CONTRIBUTING.md",
        ),
        ("What is the life of a token?", "ARCHITECTURE.md"),
        ("moka", "crates/sse-gate-moka/README.md"),
    ];
    for (question, source) in rows {
        let steps = steps(question);
        let found = retrieved(&steps);
        let sources: Vec<_> = found.iter().map(|it| it.source.source.as_str()).collect();
        assert!(sources.contains(&source), "{question}: {found:?}");
    }
}

#[test]
fn what_is_quoted_stands_in_its_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // Paragraphs are quoted without their line breaks.
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let steps = steps("What does the store see of a token?");
    let text = text(&steps);
    let mut rest = text.as_str();
    assert!(!sources(&steps).is_empty());
    for Source { source, title } in sources(&steps) {
        let place = format!("\n\n[{source}: {title}]\n\n");
        let (_, after) = rest.split_once(&place).expect("its place stands above it");
        let quote = after.split_once("\n\n[").map_or(after, |(quote, _)| quote);
        let document = fs::read_to_string(root.join(source)).unwrap();
        assert!(joined(&document).contains(&joined(quote)), "{quote}");
        rest = after;
    }
}

#[test]
fn the_steps_come_in_their_order_with_their_names_on_the_wire() {
    let steps = steps_of(&small(), "Which pear is green?");
    let wire: Vec<(&str, Value)> = steps
        .iter()
        .map(|step| (step.name(), serde_json::to_value(step).unwrap()))
        .collect();
    let place = json!({ "title": "Fruit › Pears", "source": "fruit.md" });
    let status = |agent, status, message| {
        let data = json!({ "agent": agent, "status": status, "message": message });
        ("agent_status", data)
    };
    let chunk = |content| ("message_chunk", json!({ "content": content }));
    let mut found = wire[1].1["documents"].clone();
    let score = found[0]["score"].take().as_f64().unwrap();
    assert!(score > 0.0 && score.to_string().len() <= 4, "{score}");
    assert_eq!(
        found,
        json!([{ "title": "Fruit › Pears", "source": "fruit.md", "score": null }])
    );
    let searching = "searching 3 passages of 2 documents (words known: 2 of 2)";
    let documents = &wire[1].1["documents"];
    let expected = [
        status("retriever", "working", searching),
        (
            "retrieval_log",
            json!({ "documents": documents, "searched": 3, "found": 1 }),
        ),
        status("retriever", "completed", "found 1 passage"),
        status("writer", "working", "quoting 1 passage"),
        chunk("The repository's documents say:\n\n"),
        chunk("[fruit.md: Fruit › Pears]\n\n"),
        chunk("Pears are green."),
        status("writer", "completed", "quoted 1 passage"),
        (
            "done",
            json!({ "status": "completed", "chunks": 3, "sources": [place] }),
        ),
    ];
    assert_eq!(wire, expected);
}

#[test]
fn who_asks_for_something_else_is_told_so() {
    for question in [
        "¿?",
        "What is it?",
        "Wie wird das Wetter?",
        "xyzzy",
        "\0\u{feff}",
    ] {
        let steps = steps(question);
        assert!(text(&steps).starts_with("I don't know"), "{question}");
        assert_eq!(sources(&steps), [], "{question}");
        let names: Vec<_> = steps.iter().map(Step::name).collect();
        assert!(names.contains(&"retrieval_log"), "{names:?}");
    }
}

#[test]
fn a_better_fit_comes_first_and_a_weak_one_is_not_quoted() {
    let steps = steps_of(&small(), "red apples");
    let documents = retrieved(&steps);
    let found: Vec<_> = documents
        .iter()
        .map(|it| it.source.title.as_str())
        .collect();
    assert_eq!(found, ["Fruit › Apples", "Birds"]);
    assert!(documents[0].score > documents[1].score);
    assert_eq!(sources(&steps).len(), 1);
}

#[test]
fn a_stopped_answer_says_how_far_it_came() {
    let mut answer = small().answer(Question::new("apples").unwrap());
    let begun: Vec<_> = answer.by_ref().take(5).collect();
    assert_eq!(begun[4].name(), "message_chunk");
    let Step::Done {
        status,
        chunks,
        sources,
    } = answer.stop()
    else {
        panic!("it ends with another step");
    };
    assert_eq!((status, chunks, sources.len()), (Ending::Stopped, 1, 1));
    let unread = small().answer(Question::new("apples").unwrap()).stop();
    let data = json!({ "status": "stopped", "chunks": 0, "sources": [] });
    assert_eq!(serde_json::to_value(unread).unwrap(), data);
}

/// One word, many that are none, many that no document has, all that the documents have.
#[test]
fn the_longest_questions_are_answered_in_time() {
    let unknown: Vec<_> = (1_000_000..1_008_000).map(|n| n.to_string()).collect();
    let questions = [
        "x".repeat(Question::MAX_BYTES),
        "a ".repeat(Question::MAX_BYTES / 2),
        unknown.join(" "),
        all_words(),
    ];
    for question in questions {
        let bytes = question.len();
        assert!(bytes >= Question::MAX_BYTES / 4, "{bytes}");
        let begun = Instant::now();
        let steps = steps(&question);
        // For a debug build on a busy machine.
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(5), "{took:?}");
        assert_eq!(steps.last().map(Step::name), Some("done"));
    }
}

/// The words of the longest documents, as many as fit into a question for sure.
fn all_words() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = [
        "SECURITY.md",
        "ARCHITECTURE.md",
        "README.md",
        "benches/README.md",
    ];
    let texts = files.map(|file| fs::read_to_string(root.join(file)).expect(file));
    let characters = Question::MAX_BYTES / 4;
    texts.concat().chars().take(characters).collect()
}

#[test]
fn an_empty_library_knows_nothing() {
    let steps = steps_of(&Library::new([]), "anything");
    assert!(text(&steps).starts_with("I don't know: none of the 0 passages"));
}

#[test]
fn all_documents_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let decisions = fs::read_dir(root.join("docs/decisions")).unwrap().count();
    let library = Library::embedded();
    assert!(library.documents() > decisions + 10, "{library:?}");
    assert!(library.passages() > 3 * library.documents(), "{library:?}");
}

/// A question of words that the documents have, and of some that they have not.
fn any_question() -> impl Strategy<Value = String> {
    let words = vec![
        "token", "store", "redeemed", "SSE", "axum", "why", "<b>", "plinth", "\n",
    ];
    let known = prop::collection::vec(prop::sample::select(words), 1..12);
    prop_oneof![
        3 => known.prop_map(|words| words.join(" ") + "?"),
        1 => any::<String>().prop_map(|text| text + "?"),
    ]
}

proptest! {
    #[test]
    fn any_question_gets_one_answer_with_one_end(question in any_question()) {
        let steps = steps(&question);
        prop_assert_eq!(&steps, &self::steps(&question));
        let ends = steps.iter().filter(|step| step.name() == "done").count();
        let chunks = steps.iter().filter(|step| step.name() == "message_chunk").count();
        prop_assert_eq!(ends, 1);
        match steps.last() {
            Some(Step::Done { status: Ending::Completed, chunks: said, .. }) => {
                prop_assert_eq!(*said, chunks);
            }
            other => prop_assert!(false, "{:?}", other),
        }
        prop_assert!(steps.len() < 600);
    }
}

/// The message stays between its sender and the service.
#[test]
fn no_step_repeats_the_question() {
    let secret = "hunter2plinth";
    for question in [secret.to_owned(), format!("Is {secret} the token's store?")] {
        let steps = serde_json::to_string(&steps(&question)).unwrap();
        assert!(!steps.contains(secret), "{steps}");
    }
}
