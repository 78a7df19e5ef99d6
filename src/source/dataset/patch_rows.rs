//! Rows of the table of patches as patches.

use anyhow::Result;

use crate::plan::fetch_plan::PatchField;
use crate::record::{Cves, Node, Patch, PatchState};
use crate::source::dataset::decode::{Rows, SharedTexts, TextColumn};
use crate::source::dataset::node_batch::to_moment;
use crate::source::dataset::rows::{ABSENT_BOTH, ABSENT_KB_ID, ABSENT_TITLE};
use crate::source::dataset::table_file::RowGroup;

const RELEASE_TIME: &str = "ReleaseTime";

/// Which fields of patches are read.
#[derive(Debug, Clone, Default)]
pub(super) struct PatchParts {
    pub has_release_dates: bool,
    pub unused: Vec<PatchField>,
}

impl PatchParts {
    /// The columns that they take.
    pub(super) fn columns(&self) -> Vec<&'static str> {
        let mut columns = vec!["KBId", "AbsentFields", "State", "Severity"];
        let fields = PatchField::ALL.into_iter();
        columns.extend(
            fields
                .filter(|field| self.has(*field))
                .map(PatchField::as_str),
        );
        columns.extend(self.has_release_dates.then_some(RELEASE_TIME));
        columns
    }

    fn has(&self, field: PatchField) -> bool {
        !self.unused.contains(&field)
    }
}

/// Some rows of the table.
pub(super) struct PatchRows {
    kb_ids: TextColumn,
    titles: TextColumn,
    /// Is the id, is the title absent?
    absent: Vec<(bool, bool)>,
    states: Vec<PatchState>,
    state_indices: Vec<u32>,
    severities: SharedTexts,
    classifications: SharedTexts,
    installed: Vec<i64>,
    cves: TextColumn,
    released: Option<Vec<i64>>,
}

impl PatchRows {
    /// Decodes these rows.
    ///
    /// # Errors
    /// When a column is not what it should be.
    pub(super) fn decode(group: &RowGroup, rows: &Rows, parts: &PatchParts) -> Result<Self> {
        let required = |name: &str| {
            let texts = group.texts(name, rows)?;
            if texts.has_nulls() {
                return Err(group.wrong(name, "NULL, or no such column"));
            }
            Ok(texts)
        };
        let states = required("State")?;
        let absent = group.texts("AbsentFields", rows)?.map(|word| match word {
            None => Ok((false, false)),
            Some(ABSENT_KB_ID) => Ok((true, false)),
            Some(ABSENT_TITLE) => Ok((false, true)),
            Some(ABSENT_BOTH) => Ok((true, true)),
            Some(other) => Err(group.wrong("AbsentFields", &format!("unknown word {other:.40?}"))),
        })?;
        let released = parts
            .has_release_dates
            .then(|| group.times(RELEASE_TIME, rows))
            .transpose()?;
        Ok(Self {
            kb_ids: required("KBId")?,
            titles: if parts.has(PatchField::Title) {
                required("Title")?
            } else {
                TextColumn::nulls(rows.len())
            },
            absent,
            states: states.distinct().map(PatchState::parse).collect(),
            state_indices: states.indices().to_vec(),
            severities: group.texts("Severity", rows)?.shared(),
            classifications: group.texts("Classification", rows)?.shared(),
            installed: group.times("InstalledTime", rows)?,
            cves: group.text_lists("CVEIds", rows)?,
            released,
        })
    }

    /// The patch of a row.
    ///
    /// # Errors
    /// When a time is out of range.
    pub(super) fn patch(&mut self, row: usize, node: &Node) -> Result<Patch> {
        let (no_id, no_title) = self.absent[row];
        let released = self
            .released
            .as_ref()
            .map(|times| to_moment(times[row]))
            .transpose()?;
        let state = self.states.get(self.state_indices[row] as usize);
        Ok(Patch {
            node: node.clone(),
            title: self.titles.get(row).filter(|_| !no_title).map(Into::into),
            kb_id: self.kb_ids.get(row).filter(|_| !no_id).map(Into::into),
            classification: self.classifications.get(row),
            severity: self.severities.get(row),
            state: state.cloned().unwrap_or(PatchState::Other("".into())),
            installed_time: to_moment(self.installed[row])?,
            cves: Cves::new(self.cves.get(row)),
            release_date: released.flatten(),
        })
    }
}
