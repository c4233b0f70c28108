//! Counts what was added to a file: [`added_lines`].

/// The lines of `after` that are not in `before`, in order. Blank lines don't count. A line that was
/// changed counts, as it does in a diff.
pub fn added_lines<'a>(before: &str, after: &'a str) -> Vec<&'a str> {
    let old: Vec<&str> = before.lines().collect();
    let new: Vec<&str> = after.lines().collect();
    // `common[i][j]` is the length of the longest common subsequence of `old[i..]` and `new[j..]`.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut added) = (0, Vec::new());
    for (j, line) in new.iter().enumerate() {
        while i < old.len() && old[i] != *line && common[i + 1][j] == common[i][j] {
            i += 1;
        }
        if i < old.len() && old[i] == *line {
            i += 1;
        } else if !line.trim().is_empty() {
            added.push(*line);
        }
    }
    added
}

#[cfg(test)]
mod tests {
    use super::added_lines;

    #[test]
    fn a_new_line_and_a_changed_one_count() {
        let added = added_lines("a\nb\nc\n", "a\n\nnew\nB\nc\n");
        assert_eq!(added, ["new", "B"]);
    }

    #[test]
    fn a_line_that_went_does_not_count() {
        assert!(added_lines("a\nb\nc\n", "a\nc\n").is_empty());
    }

    #[test]
    fn a_line_that_comes_twice_counts_once() {
        assert_eq!(added_lines("a\n", "a\na\n").len(), 1);
    }
}
