//! How cells of one column compare, and `--sort-by`: equal rows keep their order, and
//! unknown values come last either way.

use std::cmp::Ordering;

use crate::columns::{Cell, Column};

/// Sorts rows by the columns, the first one first; `true` is descending.
pub(crate) fn sort_rows<R>(rows: &mut [R], keys: &[(&'static Column<R>, bool)]) {
    rows.sort_by(|left, right| {
        keys.iter()
            .map(|(column, descending)| {
                compare_cells(&column.cell(left), &column.cell(right), *descending)
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

fn compare_cells(left: &Cell<'_>, right: &Cell<'_>, descending: bool) -> Ordering {
    match (left, right) {
        (Cell::Unknown, Cell::Unknown) => Ordering::Equal,
        (Cell::Unknown, _) => Ordering::Greater,
        (_, Cell::Unknown) => Ordering::Less,
        _ if descending => compare_known(left, right).reverse(),
        _ => compare_known(left, right),
    }
}

/// How two known cells of one column compare.
pub(crate) fn compare_known(left: &Cell<'_>, right: &Cell<'_>) -> Ordering {
    match (left, right) {
        (Cell::Text(left), Cell::Text(right)) => left.cmp(right),
        (Cell::Rating(left, _), Cell::Rating(right, _)) => left.cmp(right),
        (Cell::Count(left), Cell::Count(right)) | (Cell::Age(left), Cell::Age(right)) => {
            left.cmp(right)
        }
        (Cell::Time(left), Cell::Time(right)) => left.cmp(right),
        (Cell::Verdict(left), Cell::Verdict(right)) => left.cmp(right),
        (Cell::State(left), Cell::State(right)) => left.as_str().cmp(right.as_str()),
        (Cell::Check(left), Cell::Check(right)) => left.as_str().cmp(right.as_str()),
        (Cell::CveList(left), Cell::CveList(right)) => left.iter().cmp(right.iter()),
        (Cell::Percent(left), Cell::Percent(right)) => left.cmp(right),
        (Cell::Flag(left), Cell::Flag(right)) => left.cmp(right),
        (Cell::Severity(left), Cell::Severity(right)) => left.cmp(right),
        (Cell::Names(left), Cell::Names(right)) => left.cmp(right),
        (Cell::Ratio(left, _), Cell::Ratio(right, _)) => left.cmp(right),
        // One column has cells of one kind.
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::ColumnKind;
    use proptest::prelude::*;

    static NUMBER: Column<(Option<u64>, usize)> = Column {
        name: "Number",
        heading: "Number",
        help: "",
        kind: ColumnKind::Count,
        is_aws_field: false,
        rank: None,
        info_level: None,
        cost: None,
        cell: |row, _| row.0.map_or(Cell::Unknown, Cell::Count),
    };

    proptest! {
        #[test]
        fn sorting_is_stable_loses_nothing_and_leaves_the_unknown_last(
            numbers in proptest::collection::vec(proptest::option::of(0u64..5), 0..30), descending: bool,
        ) {
            let rows: Vec<_> = numbers.into_iter().enumerate().map(|(at, n)| (n, at)).collect();
            let mut sorted = rows.clone();
            sort_rows(&mut sorted, &[(&NUMBER, descending)]);
            let mut back = sorted.clone();
            back.sort_by_key(|row| row.1);
            prop_assert_eq!(back, rows);
            for pair in sorted.windows(2) {
                match (pair[0].0, pair[1].0) {
                    (None, known) => prop_assert!(known.is_none()),
                    (Some(left), Some(right)) if left == right => prop_assert!(pair[0].1 < pair[1].1),
                    (Some(left), Some(right)) => prop_assert_eq!(left > right, descending),
                    (Some(_), None) => {}
                }
            }
        }
    }
}
