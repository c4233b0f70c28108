//! Answers from the repository's own documents.
//!
//! ```text
//! Question ──▶ words ──▶ passages by BM25 ──▶ the best of them, quoted
//!        agent_status    retrieval_log        message_chunk …      done
//! ```
//!
//! A [`Library`] has documents, cut into passages at their headings; [`Library::embedded`] has those
//! of this repository, as they were when it was compiled. An [`Answer`] is an iterator over the
//! [`Step`]s of its making, each worked out when it is asked for: whoever drives it sets the pace,
//! and stops the work by asking no more. Nothing here waits, and nothing knows of HTTP.
//!
//! No sentence is made up: the text is quoted, with its source, or says that there is none. The same
//! question gets the same answer, step by step. No step repeats a word of the question.
//!
//! ```
//! use demo_service::chat::{Library, Question, Step};
//!
//! let question = Question::new("What happens to a token that is never used?")?;
//! let (mut text, mut last) = (String::new(), None);
//! for step in Library::embedded().answer(question) {
//!     if let Step::MessageChunk { content } = &step {
//!         text += content;
//!     }
//!     last = Some(step);
//! }
//! assert!(text.contains("token"));
//! assert_eq!(last.map(|step| step.name()), Some("done"));
//! # Ok::<(), demo_service::chat::QuestionError>(())
//! ```

mod answer;
mod chunks;
mod document;
mod library;
mod passage;
mod question;
mod step;
mod words;

pub use self::answer::Answer;
pub use self::document::Document;
pub use self::library::Library;
pub use self::question::{Question, QuestionError};
pub use self::step::{Agent, AgentState, Ending, Retrieved, Source, Step};
