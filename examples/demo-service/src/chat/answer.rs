//! An answer, made step by step: [`Answer`].

use std::{mem, vec};

use super::chunks::take_chunk;
use super::library::{Found, Query};
use super::passage::Passage;
use super::step::{Agent, AgentState, Ending, Retrieved, Source};
use super::{Library, Question, Step};

/// At most so many passages are quoted,
const MAX_QUOTES: usize = 3;

/// and only those that score at least this share of what the best one does.
const MIN_SHARE: f32 = 0.6;

/// The steps of an answer. Each is worked out when it is asked for, so whoever stops asking stops
/// the work. The last is [`Step::Done`].
#[derive(Debug)]
#[must_use = "an answer does nothing unless it is asked for its steps"]
pub struct Answer {
    library: Library,
    stage: Stage,
    chunks: usize,
    sources: Vec<Source>,
}

/// What is to be done next.
#[derive(Debug)]
enum Stage {
    Read(Question),
    Search(Query),
    Choose(Vec<Found>),
    Write(vec::IntoIter<Found>),
    /// The text of which the rest is to be sent, and what is to be quoted after it.
    Send(String, vec::IntoIter<Found>),
    Finish,
    Over,
}

impl Answer {
    pub(super) fn new(library: Library, question: Question) -> Self {
        Self {
            library,
            stage: Stage::Read(question),
            chunks: 0,
            sources: Vec::new(),
        }
    }

    /// Ends it where it is: the [`Step::Done`] that says so, with what was sent so far.
    pub fn stop(self) -> Step {
        self.done(Ending::Stopped)
    }

    fn read(&mut self, question: &Question) -> Step {
        let query = self.library.query(question);
        let message = format!(
            "searching {} passages of {} documents (words known: {} of {})",
            self.library.passages(),
            self.library.documents(),
            query.terms.len(),
            query.asked,
        );
        self.stage = Stage::Search(query);
        status(Agent::Retriever, AgentState::Working, message)
    }

    fn search(&mut self, query: &Query) -> Step {
        let found = self.library.search(query);
        let best = found.iter().take(Step::MAX_DOCUMENTS);
        let step = Step::RetrievalLog {
            documents: best.map(|found| self.retrieved(*found)).collect(),
            searched: self.library.passages(),
            found: found.len(),
        };
        self.stage = Stage::Choose(found);
        step
    }

    fn choose(&mut self, mut found: Vec<Found>) -> Step {
        let message = format!("found {}", passages(found.len()));
        let least = found.first().map_or(0.0, |best| best.score * MIN_SHARE);
        found.truncate(MAX_QUOTES);
        found.retain(|it| it.score >= least);
        self.stage = Stage::Write(found.into_iter());
        status(Agent::Retriever, AgentState::Completed, message)
    }

    fn write(&mut self, mut quotes: vec::IntoIter<Found>) -> Step {
        let (text, message) = match quotes.next() {
            Some(best) => {
                let message = format!("quoting {}", passages(quotes.len() + 1));
                let opening = "The repository's documents say:".to_owned();
                (opening + &self.quote(best), message)
            }
            None => (self.nothing(), "nothing to quote".to_owned()),
        };
        self.stage = Stage::Send(text, quotes);
        status(Agent::Writer, AgentState::Working, message)
    }

    fn send(&mut self, mut text: String, mut quotes: vec::IntoIter<Found>) -> Step {
        if text.is_empty()
            && let Some(next) = quotes.next()
        {
            text = self.quote(next);
        }
        let Some(content) = take_chunk(&mut text) else {
            self.stage = Stage::Finish;
            let message = format!("quoted {}", passages(self.sources.len()));
            return status(Agent::Writer, AgentState::Completed, message);
        };
        self.chunks += 1;
        self.stage = Stage::Send(text, quotes);
        Step::MessageChunk { content }
    }

    /// A passage's text, with its place above it.
    fn quote(&mut self, found: Found) -> String {
        let passage = self.library.passage(found.passage);
        let Passage {
            source,
            title,
            text,
        } = passage;
        let quote = format!("\n\n[{source}: {title}]\n\n{text}");
        self.sources.push(passage.place());
        quote
    }

    /// What there is to say if no passage was found.
    fn nothing(&self) -> String {
        format!(
            "I don't know: none of the {} passages in the repository's documents has a word of \
             your question. They are about sse-gate. Ask about its tokens, its layers, its stores \
             or its threat model, in English.",
            self.library.passages(),
        )
    }

    fn retrieved(&self, found: Found) -> Retrieved {
        Retrieved {
            source: self.library.passage(found.passage).place(),
            score: (f64::from(found.score) * 100.0).round() / 100.0,
        }
    }

    fn done(self, status: Ending) -> Step {
        let (chunks, sources) = (self.chunks, self.sources);
        Step::Done {
            status,
            chunks,
            sources,
        }
    }
}

impl Iterator for Answer {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Read(question) => Some(self.read(&question)),
            Stage::Search(query) => Some(self.search(&query)),
            Stage::Choose(found) => Some(self.choose(found)),
            Stage::Write(quotes) => Some(self.write(quotes)),
            Stage::Send(text, quotes) => Some(self.send(text, quotes)),
            Stage::Finish => Some(Step::Done {
                status: Ending::Completed,
                chunks: self.chunks,
                sources: mem::take(&mut self.sources),
            }),
            Stage::Over => None,
        }
    }
}

impl Passage {
    fn place(&self) -> Source {
        let (title, source) = (self.title.clone(), self.source.clone());
        Source { title, source }
    }
}

/// So many passages, in words.
fn passages(count: usize) -> String {
    match count {
        1 => "1 passage".to_owned(),
        _ => format!("{count} passages"),
    }
}

fn status(agent: Agent, status: AgentState, message: String) -> Step {
    Step::AgentStatus {
        agent,
        status,
        message,
    }
}
