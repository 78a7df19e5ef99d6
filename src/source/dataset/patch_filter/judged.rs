//! What is decided about each distinct text of a column of patches.

use std::sync::Arc;

use crate::compliance::severity::Severity;
use crate::record::{AccountRegion, Cves, Node, Patch, PatchState};
use crate::source::dataset::decode::{Rows, TextColumn};

#[derive(Clone, Copy)]
pub(super) struct JudgedState {
    pub passes: bool,
    pub is_unknown: bool,
}

#[derive(Clone, Copy)]
pub(super) struct JudgedKb {
    pub passes: bool,
    /// Is the severity of the patch a priority?
    pub has_priority: bool,
}

#[derive(Clone, Copy)]
pub(super) struct JudgedSeverity {
    pub passes: bool,
    pub severity: Severity,
    pub is_priority: bool,
}

/// What the columns beside the state say.
pub(super) struct JudgedOthers<'a> {
    pub kb: Judged<'a, JudgedKb>,
    pub severity: Judged<'a, JudgedSeverity>,
    pub class: Judged<'a, bool>,
    pub cve: Judged<'a, bool>,
}

impl JudgedOthers<'_> {
    pub(super) fn passes(&self, row: usize) -> bool {
        self.severity.get(row).passes
            && self.kb.get(row).passes
            && self.class.get(row)
            && self.cve.get(row)
    }

    pub(super) fn severity(&self, row: usize) -> Severity {
        let judged = self.severity.get(row);
        if judged.is_priority && self.kb.get(row).has_priority {
            Severity::Unrated
        } else {
            judged.severity
        }
    }
}

/// A value for each distinct text of a column, then that of NULL.
pub(super) struct Judged<'a, T> {
    indices: &'a [u32],
    values: Vec<T>,
}

impl<'a, T: Copy> Judged<'a, T> {
    /// Without a column, every row has the value of NULL.
    pub(super) fn new(
        column: Option<&'a TextColumn>,
        value: impl Fn(&mut Patch, Option<&str>) -> T,
    ) -> Self {
        let mut patch = blank_patch();
        let distinct = column.iter().flat_map(|column| column.distinct());
        let mut values: Vec<T> = distinct.map(|word| value(&mut patch, Some(word))).collect();
        values.push(value(&mut patch, None));
        Self {
            values,
            indices: column.map_or(&[], TextColumn::indices),
        }
    }

    pub(super) fn get(&self, row: usize) -> T {
        let null = self.values.len() - 1;
        let index = self.indices.get(row).map_or(null, |index| *index as usize);
        self.values[index.min(null)]
    }
}

impl Judged<'_, bool> {
    /// Those of the rows that the column was decoded for whose value is true.
    pub(super) fn rows(&self, rows: &Rows) -> Rows {
        let mut found = Rows::default();
        let mut indices = self.indices;
        let null = self.values.len() - 1;
        for range in rows.ranges() {
            let (of_range, rest) = indices.split_at(range.len());
            indices = rest;
            for (row, index) in range.zip(of_range) {
                if self.values[(*index as usize).min(null)] {
                    found.push(row..row + 1);
                }
            }
        }
        found
    }
}

/// A patch that tells nothing, for filters on one of its fields.
pub(super) fn blank_patch() -> Patch {
    let nowhere = AccountRegion {
        region: "".into(),
        account: None,
        account_name: None,
    };
    Patch {
        node: Node::requested("", &Arc::new(nowhere)),
        title: None,
        kb_id: None,
        classification: None,
        severity: None,
        state: PatchState::Other("".into()),
        installed_time: None,
        cves: Cves::default(),
        release_date: None,
    }
}
