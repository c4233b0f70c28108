//! The passages, and the search for those that a question is about: [`Library`].

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use bm25::{Embedder, EmbedderBuilder, Embedding, Scorer, TokenEmbedder, TokenEmbedding};

use super::passage::{Passage, passages};
use super::words::Words;
use super::{Answer, Document, Question, document};

/// A question is searched for by so many of its words, the rarest. It bounds the work on a long one.
const MAX_TERMS: usize = 64;

/// Documents that questions are answered from. Clones are the same library.
#[derive(Clone)]
pub struct Library(Arc<Index>);

struct Index {
    documents: usize,
    passages: Vec<Passage>,
    words: Words,
    /// Each word of the documents, with how many passages have it.
    vocabulary: HashMap<String, usize>,
    scorer: Scorer<usize>,
}

/// What to search for.
#[derive(Debug)]
pub(super) struct Query {
    /// How many words the question has, each counted once.
    pub(super) asked: usize,
    /// Those that the documents have, the rarest first.
    pub(super) terms: Vec<String>,
}

/// A passage that was found: its number, and how well it fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) passage: usize,
    pub(super) score: f32,
}

impl Library {
    /// The repository's own documents. They are read once, at the first call.
    pub fn embedded() -> Self {
        static EMBEDDED: LazyLock<Library> = LazyLock::new(|| Library::new(document::embedded()));
        EMBEDDED.clone()
    }

    /// These documents.
    pub fn new<'a>(documents: impl IntoIterator<Item = Document<'a>>) -> Self {
        let mut count = 0;
        let documents = documents.into_iter().inspect(|_| count += 1);
        let passages: Vec<_> = documents.flat_map(passages).collect();
        Self(Arc::new(Index::new(count, passages)))
    }

    /// Answers a question. Nothing is done until the answer is asked for its steps.
    pub fn answer(&self, question: Question) -> Answer {
        Answer::new(self.clone(), question)
    }

    /// The number of documents.
    pub fn documents(&self) -> usize {
        self.0.documents
    }

    /// The number of passages.
    pub fn passages(&self) -> usize {
        self.0.passages.len()
    }

    pub(super) fn passage(&self, number: usize) -> &Passage {
        &self.0.passages[number]
    }

    /// Finds the words to search for.
    pub(super) fn query(&self, question: &Question) -> Query {
        let Index {
            words, vocabulary, ..
        } = &*self.0;
        let mut seen = HashSet::new();
        let mut known: Vec<(usize, String)> = Vec::new();
        for word in words.of(question.as_str()) {
            if seen.insert(word.clone()) {
                known.extend(vocabulary.get(&word).map(|&passages| (passages, word)));
            }
        }
        // Stable: of two that are equally rare the first stays the first.
        known.sort_by_key(|(passages, _)| *passages);
        known.truncate(MAX_TERMS);
        Query {
            asked: seen.len(),
            terms: known.into_iter().map(|(_, word)| word).collect(),
        }
    }

    /// Finds the passages that have a word of the query, the best first.
    pub(super) fn search(&self, query: &Query) -> Vec<Found> {
        // Of a query's embedding only the indices count; each word counts once.
        let terms = query.terms.iter().map(|term| TokenEmbedding {
            index: u32::embed(term),
            value: 1.0,
        });
        let matches = self.0.scorer.matches(&Embedding(terms.collect()));
        let mut found: Vec<_> = matches
            .into_iter()
            .map(|it| Found {
                passage: it.id,
                score: it.score,
            })
            .collect();
        // The scorer leaves ties in the order of a hash table, which is another in each process.
        found.sort_by(Found::best_first);
        found
    }
}

impl Found {
    fn best_first(&self, other: &Self) -> Ordering {
        let by_score = other.score.total_cmp(&self.score);
        by_score.then(self.passage.cmp(&other.passage))
    }
}

impl Index {
    fn new(documents: usize, passages: Vec<Passage>) -> Self {
        let texts: Vec<_> = passages.iter().map(Passage::searched).collect();
        let corpus: Vec<_> = texts.iter().map(String::as_str).collect();
        let embedder: Embedder<u32, Words> =
            EmbedderBuilder::with_tokenizer_and_fit_to_corpus(Words::default(), &corpus).build();
        let (words, mut scorer) = (Words::default(), Scorer::new());
        let mut vocabulary = HashMap::new();
        for (number, text) in corpus.into_iter().enumerate() {
            scorer.upsert(&number, embedder.embed(text));
            for word in words.of(text).collect::<HashSet<_>>() {
                *vocabulary.entry(word).or_default() += 1;
            }
        }
        Self {
            documents,
            passages,
            words,
            vocabulary,
            scorer,
        }
    }
}

impl Passage {
    /// What is searched of it: its headings count like its text.
    fn searched(&self) -> String {
        format!("{} {}", self.title, self.text)
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (documents, passages) = (self.documents(), self.passages());
        write!(f, "Library({documents} documents, {passages} passages)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many sections, each with its own word and one that all have.
    fn sections(count: usize) -> Library {
        let sections: Vec<_> = (0..count)
            .map(|n| format!("# W{n}\n\ncommon\n\n"))
            .collect();
        let source = "all.md";
        Library::new([Document {
            source,
            text: &sections.concat(),
        }])
    }

    #[test]
    fn a_question_is_searched_for_by_its_rarest_words_each_once() {
        let library = sections(100);
        let words: Vec<_> = (0..100).map(|n| format!("w{n}")).collect();
        let twice: Vec<_> = words.iter().map(|word| format!("{word} {word}")).collect();
        let question = format!("common unknown {}", twice.join(" "));
        let query = library.query(&Question::new(question).unwrap());
        assert_eq!(query.asked, 102);
        assert_eq!(query.terms, words[..MAX_TERMS]);
    }

    #[test]
    fn of_passages_that_fit_equally_the_first_comes_first() {
        let library = sections(50);
        let query = library.query(&Question::new("common").unwrap());
        let found = library.search(&query);
        let numbers: Vec<_> = found.iter().map(|it| it.passage).collect();
        assert_eq!(numbers, (0..50).collect::<Vec<_>>());
    }
}
