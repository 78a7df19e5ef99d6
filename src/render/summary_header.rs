//! The lines above the table of `summary`, and the bars beside it.

use crate::columns::Percent;
use crate::render::Charset;
use crate::render::tone::{Tone, TonedText};
use crate::report::NodeGroup;
use crate::text;

/// The parts of a bar: word and tone.
const STATUS_PARTS: [(&str, Tone); 4] = [
    ("compliant", Tone::Good),
    ("stale", Tone::Warning),
    ("not known", Tone::Dim),
    ("non-compliant", Tone::Bad),
];

/// The sign of each part. They differ, so that bars can be read without colours, and what
/// is to be done is the strongest.
const fn signs(charset: Charset) -> [char; 4] {
    match charset {
        Charset::Unicode => ['░', '▒', '▓', '█'],
        Charset::Ascii => ['.', '-', '?', '#'],
    }
}

/// A bar shorter than this shows nothing.
pub(super) const MIN_BAR_WIDTH: usize = 8;
/// A longer one shows no more.
pub(super) const MAX_BAR_WIDTH: usize = 40;

/// How many cells each part has of a bar of this length. A part that is there
/// has one at least, so that a full bar of one kind means all.
#[must_use]
pub(super) fn bar_cells(parts: [u64; 4], length: usize) -> [usize; 4] {
    let all: u128 = parts.iter().map(|part| u128::from(*part)).sum();
    if all == 0 || length < parts.len() {
        return [0; 4];
    }
    let mut cells = parts.map(|part| {
        let share = u128::from(part) * length as u128 / all;
        usize::try_from(share)
            .unwrap_or(length)
            .max(usize::from(part > 0))
    });
    // What rounding leaves over, or has given away, falls on the longest part.
    let longest = (0..parts.len()).max_by_key(|&at| parts[at]).unwrap_or(0);
    let others: usize = cells.iter().sum::<usize>() - cells[longest];
    cells[longest] = length - others;
    cells
}

/// A bar of these parts; nothing where there are none.
#[must_use]
pub(super) fn bar(parts: [u64; 4], length: usize, charset: Charset) -> Vec<TonedText> {
    let signs = signs(charset).into_iter().zip(STATUS_PARTS);
    let drawn = signs.zip(bar_cells(parts, length));
    drawn
        .filter(|(_, cells)| *cells > 0)
        .map(|((sign, (_, tone)), cells)| (sign.to_string().repeat(cells), tone))
        .collect()
}

/// "56.8% of 44 nodes are compliant", and what the rest is: where bars are drawn,
/// as one of them with what its signs mean.
#[must_use]
pub(super) fn headline(
    total: &NodeGroup,
    room: Option<usize>,
    charset: Charset,
) -> Vec<Vec<TonedText>> {
    let plain = |text: String| (text, Tone::Plain);
    let nodes = if total.nodes == 1 {
        "node is"
    } else {
        "nodes are"
    };
    let by = &total.grouping_name;
    let unread = match total.unread_scopes {
        0 => String::new(),
        n => format!(
            "; {} could not be read",
            text::count(n, "region or account")
        ),
    };
    let first = match total.compliant_tenths() {
        None => format!("no nodes, by {by}{unread}"),
        Some(tenths) => format!(
            "{}% of {} {nodes} compliant, by {by}{unread}",
            Percent { tenths },
            total.nodes
        ),
    };
    let mut lines = vec![vec![plain(first)]];
    if total.nodes == 0 {
        return lines;
    }
    let parts = STATUS_PARTS.into_iter().zip(total.status_counts());
    match room.filter(|room| *room >= MIN_BAR_WIDTH) {
        None => {
            let counts: Vec<String> = parts
                .map(|((word, _), count)| format!("{count} {word}"))
                .collect();
            lines.push(vec![plain(counts.join(", "))]);
        }
        Some(room) => {
            let length = room.min(2 * MAX_BAR_WIDTH);
            lines.push(bar(total.status_counts(), length, charset));
            let mut legend = Vec::new();
            for (sign, ((word, tone), count)) in signs(charset).into_iter().zip(parts) {
                let gap = if legend.is_empty() { "" } else { "  " };
                legend.push(plain(gap.to_owned()));
                legend.push((sign.to_string(), tone));
                legend.push(plain(format!(" {count} {word}")));
            }
            lines.push(legend);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bar_is_as_long_as_it_is_to_be_and_shows_every_part_that_is_there(
            parts in proptest::array::uniform4(prop_oneof![Just(0u64), 0u64..20, 0u64..10_000_000]),
            length in 4usize..100,
        ) {
            let cells = bar_cells(parts, length);
            let is_empty = parts.iter().all(|part| *part == 0);
            prop_assert_eq!(cells.iter().sum::<usize>(), if is_empty { 0 } else { length });
            for (part, cells) in parts.into_iter().zip(cells) {
                prop_assert_eq!(part > 0, cells > 0);
            }
        }
    }

    #[test]
    fn a_single_node_that_is_due_among_millions_is_seen() {
        assert_eq!(bar_cells([9_999_999, 0, 0, 1], 40), [39, 0, 0, 1]);
        assert_eq!(bar_cells([10, 0, 0, 0], 40), [40, 0, 0, 0]);
    }
}
