//! A text in small pieces, as they are streamed.

/// So many words make a piece.
const WORDS: usize = 4;

/// Cuts the next few words off a text, with the white space around them. Put together again, the
/// pieces are the text.
pub(super) fn take_chunk(text: &mut String) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let rest = text.split_off(end(text));
    Some(std::mem::replace(text, rest))
}

/// Where the next word starts after the first few.
fn end(text: &str) -> usize {
    let mut starts = text.char_indices().scan(true, |after_space, (at, c)| {
        let starts = *after_space && !c.is_whitespace();
        *after_space = c.is_whitespace();
        Some(starts.then_some(at))
    });
    let start = starts.by_ref().flatten().nth(WORDS);
    start.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chunks(text: &str) -> Vec<String> {
        let mut text = text.to_owned();
        std::iter::from_fn(|| take_chunk(&mut text)).collect()
    }

    #[test]
    fn a_chunk_is_a_few_words() {
        assert_eq!(chunks("a bc d\ne  f g"), ["a bc d\ne  ", "f g"]);
        assert_eq!(chunks(" a "), [" a "]);
        assert!(chunks("").is_empty());
    }

    proptest! {
        #[test]
        fn chunks_are_the_text(text in "[a-zé \n]{0,60}") {
            let chunks = chunks(&text);
            prop_assert_eq!(chunks.concat(), text);
            let most = chunks.iter().map(|it| it.split_whitespace().count()).max();
            prop_assert!(most.unwrap_or(0) <= WORDS, "{:?}", chunks);
            prop_assert!(chunks.iter().all(|it| !it.is_empty()));
        }
    }
}
