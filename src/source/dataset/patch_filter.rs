//! Which rows of a row group of patches may pass the filter: decided once for each distinct
//! value, on the columns that the filter is about. Every patch is filtered again.

mod judged;

use std::sync::Arc;

use anyhow::Result;

use crate::compliance::severity::Severity;
use crate::plan::filter::{Filter, PushDown, SeenWords};
use crate::record::{Cves, Patch, PatchState};
use crate::source::dataset::decode::{Rows, TextColumn};
use crate::source::dataset::patch_filter::judged::{
    Judged, JudgedKb, JudgedOthers, JudgedSeverity, JudgedState, blank_patch,
};
use crate::source::dataset::table_file::{RowGroup, TableFile};

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

    /// May the row group have rows that AWS would send? By its statistics.
    pub(super) fn may_serve(&self, file: &TableFile, group: usize) -> bool {
        file.may_have(group, "State", &self.pushed.states)
            && file.may_have(group, "KBId", &self.pushed.kb_ids)
    }

    /// The columns that tell which rows AWS would send.
    pub(super) fn pushed_columns(&self) -> Vec<&'static str> {
        let kb_ids = (!self.pushed.kb_ids.is_empty()).then_some("KBId");
        std::iter::once("State").chain(kb_ids).collect()
    }

    /// The columns that decide about those rows.
    pub(super) fn columns(&self) -> Vec<&'static str> {
        let filter = &self.filter;
        let has_kbs = !(filter.kb_ids.is_empty() && filter.kb_globs.is_empty());
        let uses = [
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

    /// Those of these rows that AWS would send: of the others, nothing is counted.
    ///
    /// # Errors
    /// When a column is not what it should be.
    pub(super) fn served(&self, group: &RowGroup, rows: &Rows) -> Result<Rows> {
        let states = group.texts("State", rows)?;
        let states = Judged::new(Some(&states), |_, word| {
            let state = PatchState::parse(word.unwrap_or_default());
            is_pushed(&self.pushed.states, state.as_str())
        });
        let served = states.rows(rows);
        if self.pushed.kb_ids.is_empty() || served.is_empty() {
            return Ok(served);
        }
        let kb_ids = group.texts("KBId", &served)?;
        let kb_ids = Judged::new(Some(&kb_ids), |_, word| {
            word.is_some_and(|word| is_pushed(&self.pushed.kb_ids, word))
        });
        Ok(kb_ids.rows(&served))
    }

    /// Judges these rows of a row group, which AWS would send.
    ///
    /// # Errors
    /// When a column is not what it should be.
    pub(super) fn judge(&self, group: &RowGroup, rows: &Rows) -> Result<FilteredRows> {
        let filter = &*self.filter;
        let columns = self.read_columns(group, rows)?;
        let states = self.judge_states(&columns);
        let others = self.judge_others(&columns);
        let mut seen = SeenColumns::new(&columns, filter);
        let mut found = FilteredRows {
            served: rows.len() as u64,
            ..FilteredRows::default()
        };
        for (at, row) in rows.iter().enumerate() {
            let state = states.get(at);
            seen.mark_served(at, state.is_unknown);
            let passes = state.passes
                && others.passes(at)
                && filter.min_severity.is_none_or(|least| {
                    let severity = others.severity(at);
                    found.unrated += u64::from(severity == Severity::Unrated && severity < least);
                    severity >= least
                });
            if passes {
                found.rows.push(row..row + 1);
            } else {
                seen.mark_hidden(at);
            }
        }
        found.seen_words = seen.words(filter);
        Ok(found)
    }

    fn read_columns(&self, group: &RowGroup, rows: &Rows) -> Result<FilterColumns> {
        let filter = &*self.filter;
        let texts = |name: &str, is_used: bool| {
            let read = is_used.then(|| group.texts(name, rows));
            read.transpose()
        };
        let has_kbs = !(filter.kb_ids.is_empty() && filter.kb_globs.is_empty());
        let has_severities = !filter.severities.is_empty() || filter.min_severity.is_some();
        let severities = texts("Severity", has_severities)?;
        let has_priorities = filter.min_severity.is_some()
            && severities
                .iter()
                .flat_map(TextColumn::distinct)
                .any(|word| word == PRIORITY);
        let cves = (!filter.cves.is_empty()).then(|| group.text_lists("CVEIds", rows));
        Ok(FilterColumns {
            states: texts("State", true)?,
            kb_ids: texts("KBId", has_kbs || has_priorities)?,
            classifications: texts("Classification", !filter.classifications.is_empty())?,
            cves: cves.transpose()?,
            severities,
            has_kbs,
            has_priorities,
        })
    }

    fn judge_states<'a>(&self, columns: &'a FilterColumns) -> Judged<'a, JudgedState> {
        let filter = Filter {
            states: self.filter.states.clone(),
            ..Filter::default()
        };
        Judged::new(columns.states.as_ref(), |patch, word| {
            patch.state = PatchState::parse(word.unwrap_or_default());
            JudgedState {
                passes: filter.matches(patch),
                is_unknown: matches!(patch.state, PatchState::Other(_)),
            }
        })
    }

    fn judge_others<'a>(&self, columns: &'a FilterColumns) -> JudgedOthers<'a> {
        let asked = &*self.filter;
        let of_kbs = Filter {
            kb_ids: asked.kb_ids.clone(),
            kb_globs: asked.kb_globs.clone(),
            ..Filter::default()
        };
        let of_severities = Filter {
            severities: asked.severities.clone(),
            ..Filter::default()
        };
        let of_classes = Filter {
            classifications: asked.classifications.clone(),
            ..Filter::default()
        };
        let of_cves = Filter {
            cves: asked.cves.clone(),
            ..Filter::default()
        };
        JudgedOthers {
            kb: Judged::new(columns.kb_ids.as_ref(), |patch, word| {
                patch.kb_id = word.filter(|word| !word.is_empty()).map(Into::into);
                JudgedKb {
                    passes: of_kbs.matches(patch),
                    has_priority: columns.has_priorities
                        && Severity::from_vendor_word(Some(PRIORITY), word) == Severity::Unrated,
                }
            }),
            severity: Judged::new(columns.severities.as_ref(), |patch, word| {
                patch.severity = word.map(Into::into);
                JudgedSeverity {
                    passes: of_severities.matches(patch),
                    severity: Severity::from_vendor_word(word, None),
                    is_priority: columns.has_priorities && word == Some(PRIORITY),
                }
            }),
            class: Judged::new(columns.classifications.as_ref(), |patch, word| {
                patch.classification = word.map(Into::into);
                of_classes.matches(patch)
            }),
            cve: Judged::new(columns.cves.as_ref(), |patch, word| {
                patch.cves = Cves::new(word);
                of_cves.matches(patch)
            }),
        }
    }
}

/// The columns that a filter is about.
struct FilterColumns {
    states: Option<TextColumn>,
    severities: Option<TextColumn>,
    classifications: Option<TextColumn>,
    kb_ids: Option<TextColumn>,
    cves: Option<TextColumn>,
    has_kbs: bool,
    /// Has a patch a severity that may be a priority?
    has_priorities: bool,
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

impl<'a> SeenColumns<'a> {
    fn new(columns: &'a FilterColumns, filter: &Filter) -> Self {
        let severities = columns.severities.as_ref();
        let kb_ids = columns.kb_ids.as_ref();
        Self {
            states: Seen::new(columns.states.as_ref()),
            severities: Seen::new(severities.filter(|_| !filter.severities.is_empty())),
            classifications: Seen::new(columns.classifications.as_ref()),
            kb_ids: Seen::new(kb_ids.filter(|_| columns.has_kbs)),
            cves: Seen::new(columns.cves.as_ref()),
        }
    }

    fn mark_served(&mut self, row: usize, has_unknown_state: bool) {
        if has_unknown_state {
            self.states.mark(row);
        }
        self.severities.mark(row);
        self.classifications.mark(row);
    }

    fn mark_hidden(&mut self, row: usize) {
        self.kb_ids.mark(row);
        self.cves.mark(row);
    }
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

/// No words push nothing down.
fn is_pushed(words: &[String], word: &str) -> bool {
    words.is_empty() || words.iter().any(|pushed| pushed == word)
}
