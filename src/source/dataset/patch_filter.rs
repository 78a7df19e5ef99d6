//! Which rows of a row group of patches may pass the filter: decided once for each distinct
//! value, on the columns that the filter is about. Every patch is filtered again.

use std::sync::Arc;

use anyhow::Result;

use crate::compliance::severity::Severity;
use crate::plan::filter::{Filter, PushDown, SeenWords};
use crate::record::{AccountRegion, Cves, Node, Patch, PatchState};
use crate::source::dataset::decode::{Rows, TextColumn};
use crate::source::dataset::table_file::RowGroup;

/// The word of a severity that is none on Debian and Ubuntu, whose ids of patches end with
/// their own names of architectures.
const PRIORITY: &str = "important";

/// The filter of a plan, prepared once.
#[derive(Debug)]
pub(super) struct PatchFilter {
    pub filter: Arc<Filter>,
    /// What AWS applies of it: rows that it leaves out are in no count.
    pushed: PushDown,
}

/// The rows that may pass, and the counts of the others.
#[derive(Debug, Default)]
pub(super) struct FilteredRows {
    pub rows: Rows,
    /// Rows that AWS would have sent.
    pub served: u64,
    /// Those that are left out only because they have no severity rating.
    pub unrated: u64,
    pub seen_words: SeenWords,
}

impl PatchFilter {
    pub(super) fn new(filter: Arc<Filter>) -> Self {
        Self {
            pushed: filter.push_down(),
            filter,
        }
    }

    /// The columns that decide.
    pub(super) fn columns(&self) -> Vec<&'static str> {
        let filter = &self.filter;
        let has_kbs = !(filter.kb_ids.is_empty() && filter.kb_globs.is_empty());
        let uses = [
            ("State", true),
            (
                "Severity",
                !filter.severities.is_empty() || filter.min_severity.is_some(),
            ),
            ("Classification", !filter.classifications.is_empty()),
            ("KBId", has_kbs || filter.min_severity.is_some()),
            ("CVEIds", !filter.cves.is_empty()),
        ];
        uses.into_iter()
            .filter(|(_, is_used)| *is_used)
            .map(|(name, _)| name)
            .collect()
    }

    /// Judges these rows of a row group.
    ///
    /// # Errors
    /// When a column is not what it should be.
    #[expect(clippy::too_many_lines, reason = "a table for each column")]
    pub(super) fn judge(&self, group: &RowGroup, rows: &Rows) -> Result<FilteredRows> {
        let filter = &*self.filter;
        let has_severities = !filter.severities.is_empty() || filter.min_severity.is_some();
        let has_kbs = !(filter.kb_ids.is_empty() && filter.kb_globs.is_empty());
        let states = group.texts("State", rows)?;
        let severities = has_severities
            .then(|| group.texts("Severity", rows))
            .transpose()?;
        let has_priorities = filter.min_severity.is_some()
            && severities
                .iter()
                .flat_map(TextColumn::distinct)
                .any(|word| word == PRIORITY);
        let kb_ids = (has_kbs || has_priorities)
            .then(|| group.texts("KBId", rows))
            .transpose()?;
        let classifications = (!filter.classifications.is_empty())
            .then(|| group.texts("Classification", rows))
            .transpose()?;
        let cves = (!filter.cves.is_empty())
            .then(|| group.text_lists("CVEIds", rows))
            .transpose()?;

        let alone = |only: Filter| move |patch: &Patch| only.matches(patch);
        let of_states = alone(Filter {
            states: filter.states.clone(),
            ..Filter::default()
        });
        let of_severities = alone(Filter {
            severities: filter.severities.clone(),
            ..Filter::default()
        });
        let of_classes = alone(Filter {
            classifications: filter.classifications.clone(),
            ..Filter::default()
        });
        let of_kbs = alone(Filter {
            kb_ids: filter.kb_ids.clone(),
            kb_globs: filter.kb_globs.clone(),
            ..Filter::default()
        });
        let of_cves = alone(Filter {
            cves: filter.cves.clone(),
            ..Filter::default()
        });

        let state = Column::new(Some(&states), |patch, word| {
            patch.state = PatchState::parse(word.unwrap_or_default());
            of_states(patch)
        });
        let served_state = Column::new(Some(&states), |patch, word| {
            patch.state = PatchState::parse(word.unwrap_or_default());
            let state = patch.state.as_str();
            self.pushed.states.is_empty() || self.pushed.states.iter().any(|pushed| pushed == state)
        });
        let served_kb = Column::new(kb_ids.as_ref(), |_, word| {
            let pushed = &self.pushed.kb_ids;
            pushed.is_empty() || word.is_some_and(|word| pushed.iter().any(|pushed| pushed == word))
        });
        let kb = Column::new(kb_ids.as_ref(), |patch, word| {
            patch.kb_id = word.filter(|word| !word.is_empty()).map(Into::into);
            of_kbs(patch)
        });
        let class = Column::new(classifications.as_ref(), |patch, word| {
            patch.classification = word.map(Into::into);
            of_classes(patch)
        });
        let cve = Column::new(cves.as_ref(), |patch, word| {
            patch.cves = Cves::new(word);
            of_cves(patch)
        });
        let severity_word = Column::new(severities.as_ref(), |patch, word| {
            patch.severity = word.map(Into::into);
            of_severities(patch)
        });
        let severity = Column::new(severities.as_ref(), |_, word| {
            Severity::from_vendor_word(word, None)
        });
        let is_priority = Column::new(severities.as_ref(), |_, word| {
            has_priorities && word == Some(PRIORITY)
        });
        let is_priority_kb = Column::new(kb_ids.as_ref(), |_, word| {
            Severity::from_vendor_word(Some(PRIORITY), word) == Severity::Unrated
        });

        let mut found = FilteredRows::default();
        let mut seen = SeenColumns {
            states: Seen::new(Some(&states)),
            severities: Seen::new(
                severities
                    .as_ref()
                    .filter(|_| !filter.severities.is_empty()),
            ),
            classifications: Seen::new(classifications.as_ref()),
            kb_ids: Seen::new(kb_ids.as_ref().filter(|_| has_kbs)),
            cves: Seen::new(cves.as_ref()),
        };
        for (at, row) in rows.iter().enumerate() {
            if !(served_state.get(at) && served_kb.get(at)) {
                continue;
            }
            found.served += 1;
            seen.states.mark(at);
            seen.severities.mark(at);
            seen.classifications.mark(at);
            let others = state.get(at)
                && severity_word.get(at)
                && class.get(at)
                && kb.get(at)
                && cve.get(at);
            let passes = others
                && filter.min_severity.is_none_or(|least| {
                    let severity = if is_priority.get(at) && is_priority_kb.get(at) {
                        Severity::Unrated
                    } else {
                        severity.get(at)
                    };
                    found.unrated += u64::from(severity == Severity::Unrated && severity < least);
                    severity >= least
                });
            if passes {
                found.rows.push(row..row + 1);
            } else {
                seen.kb_ids.mark(at);
                seen.cves.mark(at);
            }
        }
        found.seen_words = seen.words(filter);
        Ok(found)
    }
}

/// A value for each distinct text of a column, and for NULL.
struct Column<'a, T> {
    indices: &'a [u32],
    values: Vec<T>,
    null: T,
}

impl<'a, T: Copy> Column<'a, T> {
    /// Without a column, every row has the value of NULL.
    fn new(column: Option<&'a TextColumn>, value: impl Fn(&mut Patch, Option<&str>) -> T) -> Self {
        let mut patch = blank_patch();
        let distinct = column.iter().flat_map(|column| column.distinct());
        Self {
            values: distinct.map(|word| value(&mut patch, Some(word))).collect(),
            indices: column.map_or(&[], TextColumn::indices),
            null: value(&mut patch, None),
        }
    }

    fn get(&self, row: usize) -> T {
        let value = self
            .indices
            .get(row)
            .and_then(|index| self.values.get(*index as usize));
        value.copied().unwrap_or(self.null)
    }
}

/// Which of the distinct texts of a column rows have.
struct Seen<'a> {
    column: Option<&'a TextColumn>,
    is_seen: Vec<bool>,
}

impl<'a> Seen<'a> {
    fn new(column: Option<&'a TextColumn>) -> Self {
        Self {
            is_seen: vec![false; column.map_or(0, |column| column.distinct().len())],
            column,
        }
    }

    fn mark(&mut self, row: usize) {
        if let Some(column) = self.column
            && let Some(is_seen) = self.is_seen.get_mut(column.indices()[row] as usize)
        {
            *is_seen = true;
        }
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        let words = self.column.iter().flat_map(|column| column.distinct());
        words
            .zip(&self.is_seen)
            .filter(|(_, is_seen)| **is_seen)
            .map(|(word, _)| word)
    }
}

struct SeenColumns<'a> {
    states: Seen<'a>,
    severities: Seen<'a>,
    classifications: Seen<'a>,
    kb_ids: Seen<'a>,
    cves: Seen<'a>,
}

impl SeenColumns<'_> {
    /// The words, as the filter itself reports those of patches.
    fn words(&self, filter: &Filter) -> SeenWords {
        let states = self.states.words().map(PatchState::parse);
        let unknown = states.filter_map(|state| match state {
            PatchState::Other(word) => Some(word),
            _ => None,
        });
        let mut words = SeenWords {
            severities: self.severities.words().map(Into::into).collect(),
            classifications: self.classifications.words().map(Into::into).collect(),
            unknown_states: unknown.collect(),
            ..SeenWords::default()
        };
        let near_kbs = self.kb_ids.words().map(|word| Patch {
            kb_id: Some(word.into()),
            ..blank_patch()
        });
        let near_cves = self.cves.words().map(|word| Patch {
            cves: Cves::new(Some(word)),
            ..blank_patch()
        });
        let near = filter.apply(near_kbs.chain(near_cves).collect()).seen_words;
        words.kb_ids = near.kb_ids;
        words.cves = near.cves;
        words
    }
}

fn blank_patch() -> Patch {
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
