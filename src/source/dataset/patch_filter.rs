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
    pub(super) fn judge(&self, group: &RowGroup, rows: &Rows) -> Result<FilteredRows> {
        let filter = &*self.filter;
        let columns = self.read_columns(group, rows)?;
        let states = self.judge_states(&columns);
        let others = self.judge_others(&columns);
        let mut seen = SeenColumns::new(&columns, filter);
        let mut found = FilteredRows::default();
        for (at, row) in rows.iter().enumerate() {
            // Almost every row is decided by its state.
            let state = states.get(at);
            if !state.is_served || !others.kb.get(at).is_served {
                continue;
            }
            found.served += 1;
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
            let state = patch.state.as_str();
            let mut pushed = self.pushed.states.iter();
            JudgedState {
                is_served: self.pushed.states.is_empty() || pushed.any(|pushed| pushed == state),
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
                let pushed = &self.pushed.kb_ids;
                JudgedKb {
                    is_served: pushed.is_empty()
                        || word.is_some_and(|word| pushed.iter().any(|pushed| pushed == word)),
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

#[derive(Clone, Copy)]
struct JudgedState {
    is_served: bool,
    passes: bool,
    is_unknown: bool,
}

#[derive(Clone, Copy)]
struct JudgedKb {
    is_served: bool,
    passes: bool,
    /// Is the severity of the patch a priority?
    has_priority: bool,
}

#[derive(Clone, Copy)]
struct JudgedSeverity {
    passes: bool,
    severity: Severity,
    is_priority: bool,
}

/// What the columns beside the state say.
struct JudgedOthers<'a> {
    kb: Judged<'a, JudgedKb>,
    severity: Judged<'a, JudgedSeverity>,
    class: Judged<'a, bool>,
    cve: Judged<'a, bool>,
}

impl JudgedOthers<'_> {
    fn passes(&self, row: usize) -> bool {
        self.severity.get(row).passes
            && self.kb.get(row).passes
            && self.class.get(row)
            && self.cve.get(row)
    }

    fn severity(&self, row: usize) -> Severity {
        let judged = self.severity.get(row);
        if judged.is_priority && self.kb.get(row).has_priority {
            Severity::Unrated
        } else {
            judged.severity
        }
    }
}

/// A value for each distinct text of a column, then that of NULL.
struct Judged<'a, T> {
    indices: &'a [u32],
    values: Vec<T>,
}

impl<'a, T: Copy> Judged<'a, T> {
    /// Without a column, every row has the value of NULL.
    fn new(column: Option<&'a TextColumn>, value: impl Fn(&mut Patch, Option<&str>) -> T) -> Self {
        let mut patch = blank_patch();
        let distinct = column.iter().flat_map(|column| column.distinct());
        let mut values: Vec<T> = distinct.map(|word| value(&mut patch, Some(word))).collect();
        values.push(value(&mut patch, None));
        Self {
            values,
            indices: column.map_or(&[], TextColumn::indices),
        }
    }

    fn get(&self, row: usize) -> T {
        let null = self.values.len() - 1;
        let index = self.indices.get(row).map_or(null, |index| *index as usize);
        self.values[index.min(null)]
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
