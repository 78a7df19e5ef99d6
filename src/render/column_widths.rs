//! How a table fits a terminal: which columns stay, how wide each is, and how a text is
//! shortened. Widths are terminal cells.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::render::Charset;

/// Blank cells between two columns.
pub(super) const GAP: usize = 2;

/// What one column needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ColumnWidth {
    /// The width of its widest cell.
    pub natural_width: usize,
    /// The width below which it says nothing; equal to `natural` where it must
    /// not be shortened.
    pub min_width: usize,
    /// The greatest rank is given up first.
    pub rank: usize,
    /// Is it left whole until only it could be given up?
    pub is_kept_whole: bool,
}

/// The width of each column, or `None` where it is given up. The column of the
/// least rank always stays.
#[must_use]
pub(super) fn fit_columns(needs: &[ColumnWidth], room: usize) -> Vec<Option<usize>> {
    let mut kept: Vec<usize> = (0..needs.len()).collect();
    let mut is_whole = true;
    loop {
        let gaps = GAP * kept.len().saturating_sub(1);
        let least_of = |&at: &usize| match needs[at] {
            ColumnWidth {
                natural_width: natural,
                is_kept_whole: eager,
                ..
            } if eager && is_whole => natural,
            ColumnWidth {
                min_width: least, ..
            } => least,
        };
        let least: usize = kept.iter().map(least_of).sum();
        if least + gaps <= room || kept.len() <= 1 {
            return distribute_width(needs, &kept, room.saturating_sub(gaps));
        }
        let given_up = kept
            .iter()
            .enumerate()
            .max_by_key(|&(_, &at)| needs[at].rank)
            .map_or(0, |(position, _)| position);
        if is_whole && needs[kept[given_up]].is_kept_whole {
            is_whole = false;
        } else {
            kept.remove(given_up);
        }
    }
}

/// Shares out `room` among the columns that stay: the least to each, then cell
/// by cell to the column that lacks most, the eager ones first.
fn distribute_width(needs: &[ColumnWidth], kept: &[usize], room: usize) -> Vec<Option<usize>> {
    let mut widths = vec![None; needs.len()];
    for &at in kept {
        widths[at] = Some(needs[at].min_width);
    }
    let used: usize = kept.iter().map(|&at| needs[at].min_width).sum();
    for _ in used..room {
        let lacking = kept
            .iter()
            .map(|&at| (needs[at].natural_width - widths[at].unwrap_or(0), at))
            .filter(|&(missing, _)| missing > 0)
            .max_by_key(|&(missing, at)| (needs[at].is_kept_whole, missing, std::cmp::Reverse(at)));
        let Some((_, at)) = lacking else { break };
        widths[at] = widths[at].map(|width| width + 1);
    }
    widths
}

/// The text in at most `width` cells, with a sign where something was left out.
#[must_use]
pub(super) fn shorten(text: &str, width: usize, charset: Charset) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 0;
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        short.push(letter);
    }
    while short.ends_with(' ') {
        short.pop();
    }
    if width > 0 {
        short.push(charset.ellipsis());
    }
    short
}

/// The text in lines of at most `width` cells, broken between words; a word
/// that is wider than that is cut. Nothing is left out but blanks.
#[must_use]
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            if line.width() + 1 + word.width() <= width {
                line.push(' ');
            } else {
                lines.push(std::mem::take(&mut line));
            }
        }
        for letter in word.chars() {
            if line.width() + letter.width().unwrap_or(0) > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn need(natural: usize, least: usize, rank: usize) -> ColumnWidth {
        ColumnWidth {
            natural_width: natural,
            min_width: least.min(natural),
            rank,
            is_kept_whole: false,
        }
    }

    #[test]
    fn an_eager_column_is_shortened_only_before_it_would_go_itself() {
        let needs = [
            ColumnWidth {
                is_kept_whole: true,
                ..need(40, 20, 2)
            },
            need(6, 6, 1),
            need(90, 30, 3),
        ];
        assert_eq!(fit_columns(&needs, 100), [Some(40), Some(6), Some(50)]);
        assert_eq!(fit_columns(&needs, 70), [Some(40), Some(6), None]);
        assert_eq!(fit_columns(&needs, 40), [Some(32), Some(6), None]);
        assert_eq!(fit_columns(&needs, 20), [None, Some(6), None]);
    }

    #[test]
    fn everything_stays_as_it_is_where_there_is_room() {
        let needs = [need(19, 19, 1), need(40, 16, 2)];
        assert_eq!(fit_columns(&needs, 61), [Some(19), Some(40)]);
    }

    #[test]
    fn text_is_shortened_before_a_column_is_given_up() {
        let needs = [need(19, 19, 1), need(40, 16, 2), need(7, 7, 3)];
        assert_eq!(fit_columns(&needs, 60), [Some(19), Some(30), Some(7)]);
        assert_eq!(fit_columns(&needs, 40), [Some(19), Some(19), None]);
    }

    fn short(text: &str, width: usize) -> String {
        shorten(text, width, Charset::Unicode)
    }

    #[test]
    fn shortening_counts_cells_not_letters() {
        assert_eq!(short("更新プログラム", 7), "更新プ…");
        assert_eq!(short("update for x", 8), "update…");
        assert_eq!(short("same", 4), "same");
        assert_eq!(shorten("update for x", 8, Charset::Ascii), "update~");
    }

    #[test]
    fn wrapped_lines_break_between_words_and_cut_only_what_never_fits() {
        assert_eq!(
            wrap("two missing, one failed", 12),
            ["two missing,", "one failed"]
        );
        assert_eq!(wrap("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_letter_and_never_exceeds_the_width(text in "[a-z更 ]{0,80}", width in 2usize..40) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| line.width() <= width));
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }

        #[test]
        fn what_stays_never_exceeds_the_room_unless_one_column_is_left(
            columns in proptest::collection::vec((1usize..60, 1usize..30), 1..9), room in 20usize..220,
        ) {
            let needs: Vec<ColumnWidth> = columns.iter().enumerate().map(|(at, &(n, l))| need(n, l, at)).collect();
            let widths = fit_columns(&needs, room);
            let kept: Vec<usize> = widths.iter().flatten().copied().collect();
            let total = kept.iter().sum::<usize>() + GAP * (kept.len() - 1);
            prop_assert!(total <= room || kept.len() == 1);
            prop_assert!(widths[0].is_some(), "the first rank stays");
            for (width, need) in widths.iter().zip(&needs) {
                if let Some(width) = width {
                    prop_assert!((need.min_width..=need.natural_width).contains(width));
                }
            }
        }

        #[test]
        fn a_shortened_text_fits(text in "\\PC{0,40}", width in 1usize..30) {
            prop_assert!(short(&text, width).width() <= width.max(text.width().min(width)));
        }
    }
}
