//! What counts as a word, for questions and documents alike.

use std::fmt;

use bm25::Tokenizer;
use rust_stemmers::{Algorithm, Stemmer};

/// A longer word is none that anybody asks for. It bounds the work on one.
const MAX_BYTES: usize = 48;

/// Words that say nothing about what a text is about.
const STOP_WORDS: [&str; 139] = [
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "aren", "as", "at", "be",
    "because", "been", "being", "but", "by", "can", "come", "comes", "could", "couldn", "did",
    "didn", "do", "does", "doesn", "don", "done", "each", "else", "ever", "every", "explain",
    "for", "from", "get", "give", "go", "goes", "going", "gone", "had", "happen", "happens", "has",
    "have", "he", "her", "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "isn",
    "it", "its", "just", "let", "like", "ll", "many", "may", "me", "might", "mine", "more", "much",
    "must", "my", "need", "needs", "no", "not", "of", "on", "one", "only", "or", "other", "our",
    "out", "please", "re", "s", "same", "say", "she", "should", "so", "some", "such", "t", "tell",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
    "to", "too", "us", "using", "ve", "very", "was", "wasn", "we", "went", "were", "what", "when",
    "where", "which", "while", "who", "whom", "whose", "why", "will", "with", "won", "would",
    "wouldn", "you", "your", "yours",
];

/// Cuts a text into words: runs of letters and digits, in lower case, without their English
/// endings, and without words that every text has.
pub(super) struct Words(Stemmer);

impl Default for Words {
    fn default() -> Self {
        Self(Stemmer::create(Algorithm::English))
    }
}

impl Words {
    /// The words of a text, in its order.
    pub(super) fn of<'a>(&'a self, text: &'a str) -> impl Iterator<Item = String> + 'a {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| (1..=MAX_BYTES).contains(&word.len()))
            .map(str::to_lowercase)
            .filter(|word| STOP_WORDS.binary_search(&word.as_str()).is_err())
            .map(|word| self.0.stem(&word).into_owned())
    }
}

impl Tokenizer for Words {
    fn tokenize(&self, text: &str) -> Vec<String> {
        self.of(text).collect()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_in_order() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn a_word_is_found_whatever_its_form() {
        let long = "x".repeat(MAX_BYTES + 1);
        let rows = [
            ("Tokens, a token's TOKEN", vec!["token"; 3]),
            (
                "redeem redeemed redeeming redeems",
                vec!["redeem", "redeem", "redeem", "redeem"],
            ),
            ("`withdraw_all`", vec!["withdraw"]),
            ("sse-gate-core", vec!["sse", "gate", "core"]),
            ("What is it that you can't do?", vec![]),
            ("Ünïcödé 101", vec!["ünïcödé", "101"]),
            (&long, vec![]),
            (" .,;\0\u{202e}", vec![]),
        ];
        for (text, words) in rows {
            assert_eq!(Words::default().tokenize(text), words, "{text}");
        }
    }
}
