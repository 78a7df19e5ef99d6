//! What changed since the first answer of `--watch`: which cells of a table are marked,
//! and the counts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::columns::{Column, ColumnKind, Row};
use crate::text::count;

/// The columns that tell which row is which.
const KEY_COLUMNS: [&str; 5] = ["InstanceId", "Region", "AccountId", "Group", "GroupKind"];

/// The values of a row by column, in the order of the columns.
type Values = Vec<(&'static str, String)>;

/// Compares answers with the first one. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChangeTracker(Rc<RefCell<Answers>>);

#[derive(Debug, Default)]
struct Answers {
    first: Option<HashMap<String, Values>>,
    /// The rows so far of the answer that is being printed.
    rows: HashMap<String, Values>,
    changed: u64,
    new: u64,
}

/// What is marked in a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RowChange {
    /// The row was not in the first answer.
    New,
    /// Whether each of its columns has another value than in the first answer.
    Cells(Vec<bool>),
}

impl ChangeTracker {
    /// Compares a row with that of the first answer.
    pub(super) fn compare<R: Row>(&self, row: &R, columns: &[&'static Column<R>]) -> RowChange {
        let key: Vec<String> = KEY_COLUMNS
            .into_iter()
            .filter_map(|name| R::columns().iter().find(|column| column.name == name))
            .map(|column| format!("{:?}", column.cell(row).plain()))
            .collect();
        // An age changes by itself.
        let value = |column: &&Column<R>| match column.kind {
            ColumnKind::Age => (column.name, String::new()),
            _ => (column.name, format!("{:?}", column.cell(row).plain())),
        };
        self.compare_values(key.join(" "), columns.iter().map(value).collect())
    }

    fn compare_values(&self, key: String, values: Values) -> RowChange {
        let answers = &mut *self.0.borrow_mut();
        let change = match &answers.first {
            None => RowChange::Cells(vec![false; values.len()]),
            Some(first) => match first.get(&key) {
                None => RowChange::New,
                Some(before) => {
                    // A column that the first answer did not have is no change.
                    let differs = |(name, value): &(&str, String)| {
                        let before = before.iter().find(|(known, _)| known == name);
                        before.is_some_and(|(_, before)| before != value)
                    };
                    RowChange::Cells(values.iter().map(differs).collect())
                }
            },
        };
        match &change {
            RowChange::New => answers.new += 1,
            RowChange::Cells(cells) => answers.changed += u64::from(cells.contains(&true)),
        }
        answers.rows.insert(key, values);
        change
    }

    /// Ends an answer; says what changed, in a line without its subject.
    pub(crate) fn end_answer(&self) -> String {
        let answers = &mut *self.0.borrow_mut();
        let rows = std::mem::take(&mut answers.rows);
        let (changed, new) = (
            std::mem::take(&mut answers.changed),
            std::mem::take(&mut answers.new),
        );
        let Some(first) = &answers.first else {
            answers.first = Some(rows);
            return "no change".to_owned();
        };
        let gone = first.keys().filter(|key| !rows.contains_key(*key)).count();
        if changed + new == 0 && gone == 0 {
            return "no change".to_owned();
        }
        format!(
            "{} changed (*), {new} new, {gone} gone",
            count(changed, "row")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(missing: &str, verdict: &str) -> Values {
        vec![
            ("MissingCount", missing.into()),
            ("Verdict", verdict.into()),
        ]
    }

    #[test]
    fn every_answer_is_compared_with_the_first_one() {
        let tracker = ChangeTracker::default();
        let compare = |id: &str, values| tracker.compare_values(id.to_owned(), values);
        let unchanged = RowChange::Cells(vec![false, false]);
        assert_eq!(compare("a", values("1", "NON_COMPLIANT")), unchanged);
        assert_eq!(compare("b", values("0", "COMPLIANT")), unchanged);
        assert_eq!(tracker.end_answer(), "no change");

        let changed = RowChange::Cells(vec![true, true]);
        assert_eq!(compare("a", values("0", "COMPLIANT")), changed);
        assert_eq!(compare("b", values("0", "COMPLIANT")), unchanged);
        assert_eq!(tracker.end_answer(), "1 row changed (*), 0 new, 0 gone");

        let changed = RowChange::Cells(vec![true, false]);
        assert_eq!(compare("a", values("2", "NON_COMPLIANT")), changed);
        assert_eq!(compare("c", values("0", "COMPLIANT")), RowChange::New);
        assert_eq!(tracker.end_answer(), "1 row changed (*), 1 new, 1 gone");

        assert_eq!(compare("a", values("1", "NON_COMPLIANT")), unchanged);
        let more = [values("0", "COMPLIANT"), vec![("Unread", "1".to_owned())]].concat();
        let unchanged = RowChange::Cells(vec![false; 3]);
        assert_eq!(compare("b", more), unchanged, "a column that came later");
        assert_eq!(tracker.end_answer(), "no change");
    }
}
