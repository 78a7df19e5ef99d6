//! Which rows are shown, by the conditions of `--where` and its short forms, and what is
//! counted of the others. Pure.

use std::collections::BTreeSet;

use crate::columns::condition::Condition;
use crate::columns::{Column, ColumnKind, Row};
use crate::report::{RowFilterCounts, UnmetCondition};
use crate::suggest::nearest;

/// More different values of a column are not kept for a suggestion.
const MAX_SEEN_VALUES: usize = 1_000;

/// Lets those rows pass that meet all conditions.
pub(crate) struct RowFilter<R: 'static> {
    conditions: Vec<Condition<R>>,
    /// For each condition that a typing error would keep from ever being met, until it is:
    /// the values that rows have.
    seen_values: Vec<Option<BTreeSet<String>>>,
    counts: RowFilterCounts,
}

impl<R: Row> RowFilter<R> {
    /// `None` where there are no conditions.
    pub(crate) fn new(conditions: &[Condition<R>]) -> Option<Self> {
        let wants_text = |condition: &Condition<R>| condition.wanted_text().is_some();
        (!conditions.is_empty()).then(|| Self {
            conditions: conditions.to_vec(),
            seen_values: conditions
                .iter()
                .map(|condition| wants_text(condition).then(BTreeSet::new))
                .collect(),
            counts: RowFilterCounts {
                conditions: conditions.iter().map(ToString::to_string).collect(),
                ..RowFilterCounts::default()
            },
        })
    }

    /// Is the row to be shown? What could not be read always is.
    pub(crate) fn keeps(&mut self, row: &R) -> bool {
        if row.is_always_shown() {
            self.counts.shown += u64::from(row.is_in_json());
            return true;
        }
        let is_without_data = row.is_without_data();
        let (mut unknown, mut is_unmet) = (None, false);
        for (condition, seen) in self.conditions.iter().zip(&mut self.seen_values) {
            let column = condition.column;
            match condition.holds(row) {
                Some(true) => *seen = None,
                None => unknown = unknown.or(Some(column.name)),
                Some(false) => {
                    if let Some(seen) = seen {
                        see(seen, column, row);
                    }
                    // Without data there is no verdict on the node.
                    if is_without_data && column.kind == ColumnKind::Verdict {
                        unknown = unknown.or(Some(column.name));
                    } else {
                        is_unmet = true;
                    }
                }
            }
        }
        match unknown {
            None if !is_unmet => {
                self.counts.shown += 1;
                return true;
            }
            Some(_) if !is_unmet && is_without_data => self.counts.hidden_no_data += 1,
            Some(column) if !is_unmet => {
                *self.counts.hidden_unknown.entry(column).or_default() += 1;
            }
            _ => {}
        }
        self.counts.hidden += 1;
        false
    }

    /// What was counted, after the last row.
    pub(crate) fn counts(&self) -> RowFilterCounts {
        let unmet = self.conditions.iter().zip(&self.seen_values);
        let unmet = unmet.filter_map(|(condition, seen)| {
            let seen: Vec<&str> = seen.as_ref()?.iter().map(String::as_str).collect();
            let wanted = condition.wanted_text()?.replace(['*', '?'], "");
            Some(UnmetCondition {
                condition: condition.to_string(),
                nearest: nearest(&wanted, &seen).map(ToOwned::to_owned),
                seen: seen.into_iter().map(ToOwned::to_owned).collect(),
            })
        });
        RowFilterCounts {
            unmet: unmet.filter(|unmet| !unmet.seen.is_empty()).collect(),
            ..self.counts.clone()
        }
    }
}

fn see<R>(seen: &mut BTreeSet<String>, column: &Column<R>, row: &R) {
    if seen.len() >= MAX_SEEN_VALUES {
        return;
    }
    column.cell(row).for_each_text(|text| {
        if !seen.contains(text) {
            seen.insert(text.to_owned());
        }
    });
}
