//! The steps of an answer, as they go over the wire.

use serde::Serialize;

/// One step of an answer: the data of one event, whose name is [`Step::name`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// What is being done: `agent_status`.
    AgentStatus {
        /// Who does it.
        agent: Agent,
        /// Whether it is still being done.
        status: AgentState,
        /// What it is, for people. It has no word of the question.
        message: String,
    },
    /// What was found: `retrieval_log`.
    RetrievalLog {
        /// The best passages, the best one first; at most [`Step::MAX_DOCUMENTS`].
        documents: Vec<Retrieved>,
        /// How many passages were searched.
        searched: usize,
        /// How many of them have a word of the question.
        found: usize,
    },
    /// A few words more of the text: `message_chunk`.
    MessageChunk {
        /// The words, white space included. The text is all of them, put together.
        content: String,
    },
    /// The end, and the last step: `done`.
    Done {
        /// How it ended.
        status: Ending,
        /// How many pieces of text there were.
        chunks: usize,
        /// What was quoted, in that order.
        sources: Vec<Source>,
    },
}

/// Who works on an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agent {
    /// Finds passages.
    Retriever,
    /// Quotes them.
    Writer,
}

/// What an agent is up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// It works.
    Working,
    /// It has done its part.
    Completed,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All of it is there.
    Completed,
    /// Somebody stopped it.
    Stopped,
}

/// Where a passage stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The headings above it, with ` › ` between.
    pub title: String,
    /// Its document: a path from the repository's root on.
    pub source: String,
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retrieved {
    /// Where it stands.
    #[serde(flatten)]
    pub source: Source,
    /// How well it fits, by BM25, to two digits: of two in one answer the higher fits better.
    pub score: f64,
}

impl Step {
    /// The most passages that a retrieval log shows.
    pub const MAX_DOCUMENTS: usize = 5;

    /// The name of its event.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AgentStatus { .. } => "agent_status",
            Self::RetrievalLog { .. } => "retrieval_log",
            Self::MessageChunk { .. } => "message_chunk",
            Self::Done { .. } => "done",
        }
    }
}
