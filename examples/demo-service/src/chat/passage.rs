//! Documents, cut into passages that can be found and quoted on their own.

use super::Document;

/// A longer section is cut between its paragraphs, so that no quotation goes on for ever.
const MAX_BYTES: usize = 1200;

/// A piece of a document: a section, or a part of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    /// Its document's path.
    pub(super) source: String,
    /// The headings above it, the outermost first, with ` › ` between.
    pub(super) title: String,
    /// What it says, in Markdown. The lines of a paragraph are joined.
    pub(super) text: String,
}

/// The passages of a document, in its order.
pub(super) fn passages(document: Document<'_>) -> Vec<Passage> {
    let mut cutter = Cutter::default();
    for line in document.text.lines() {
        cutter.line(line);
    }
    cutter.end_passage();
    let passages = cutter.done.into_iter().map(|(title, text)| Passage {
        source: document.source.to_owned(),
        title,
        text,
    });
    passages.collect()
}

/// Reads a document line by line.
#[derive(Default)]
struct Cutter {
    /// The headings above the line, each with its level.
    headings: Vec<(usize, String)>,
    /// Paragraphs, lists and code blocks of the passage so far.
    text: String,
    /// The one that is being read.
    block: String,
    in_code: bool,
    done: Vec<(String, String)>,
}

impl Cutter {
    fn line(&mut self, line: &str) {
        let fence = line.trim_start().starts_with("```");
        if self.in_code || fence {
            self.in_code ^= fence;
            self.append("\n", line);
        } else if line.trim().is_empty() {
            self.end_block();
        } else if let Some((level, title)) = heading(line) {
            self.end_passage();
            self.headings.retain(|(above, _)| *above < level);
            self.headings.push((level, title.to_owned()));
        } else if starts_its_own_line(line) {
            self.append("\n", line.trim_end());
        } else {
            self.append(" ", line.trim());
        }
    }

    /// Adds a line to the block, after a separator unless it is the first.
    fn append(&mut self, separator: &str, line: &str) {
        if !self.block.is_empty() {
            self.block += separator;
        }
        self.block += line;
    }

    fn end_block(&mut self) {
        if self.text.len() + self.block.len() > MAX_BYTES {
            self.end_text();
        }
        if !self.text.is_empty() && !self.block.is_empty() {
            self.text += "\n\n";
        }
        self.text += &std::mem::take(&mut self.block);
    }

    fn end_passage(&mut self) {
        self.end_block();
        self.end_text();
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            let titles: Vec<_> = self.headings.iter().map(|(_, it)| it.as_str()).collect();
            let text = std::mem::take(&mut self.text);
            self.done.push((titles.join(" › "), text));
        }
    }
}

/// The level and the text of a heading (`CommonMark` 4.2).
fn heading(line: &str) -> Option<(usize, &str)> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    let is_heading = (1..=6).contains(&level) && title.starts_with(' ');
    is_heading.then(|| (level, title.trim()))
}

/// Whether a line may not be joined to the one before: an entry of a list or a row of a table.
fn starts_its_own_line(line: &str) -> bool {
    let line = line.trim_start();
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = after_number.len() < line.len() && after_number.starts_with(". ");
    numbered || ["- ", "* ", "|"].iter().any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, String)> {
        let source = "a.md";
        let passages = passages(Document { source, text }).into_iter();
        passages.map(|it| (it.title, it.text)).collect()
    }

    fn owned(rows: &[(&str, &str)]) -> Vec<(String, String)> {
        let rows = rows.iter();
        rows.map(|(title, text)| ((*title).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_document_is_cut_at_its_headings() {
        let text = "lead\n# A\none\n\ntwo\n## B\n### C\nthree\n## D\nfour\n# E\n#not\n";
        let rows = [
            ("", "lead"),
            ("A", "one\n\ntwo"),
            ("A › B › C", "three"),
            ("A › D", "four"),
            ("E", "#not"),
        ];
        assert_eq!(cut(text), owned(&rows));
    }

    #[test]
    fn the_lines_of_a_paragraph_are_joined_and_others_are_not() {
        let text = "a\nb\n- c\n  d\n- e\n1. f\n| g | h |\n| i | j |\n";
        let joined = "a b\n- c d\n- e\n1. f\n| g | h |\n| i | j |";
        assert_eq!(cut(text), owned(&[("", joined)]));
    }

    #[test]
    fn code_stays_as_it_is() {
        let text = "# A\n```sh\n# no heading\n\n  x\n```\n";
        let code = "```sh\n# no heading\n\n  x\n```";
        assert_eq!(cut(text), owned(&[("A", code)]));
    }

    #[test]
    fn a_long_section_is_cut_between_its_paragraphs() {
        let paragraph = "x".repeat(MAX_BYTES / 2 - 1);
        let text = format!("# A\n{paragraph}\n\n{paragraph}\n\n{paragraph}\n");
        let [first, second] = cut(&text).try_into().unwrap();
        assert_eq!(first.1, format!("{paragraph}\n\n{paragraph}"));
        assert_eq!(second, ("A".to_owned(), paragraph));
    }

    #[test]
    fn what_is_empty_has_no_passages() {
        for text in ["", "\n\n", "# A\n", "# A\n\n## B\n"] {
            assert_eq!(cut(text), [], "{text:?}");
        }
    }
}
