//! The footers of `patches` and `patches --by`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::aggregate::exposure::Exposure;
use crate::aggregate::pivot::{PatchGrouping, Pivot};
use crate::glob::Glob;
use crate::plan::filter::{Filter, SeenWords};
use crate::record::{PatchState, is_same_word};
use crate::report::notes;
use crate::report::{Coverage, Footer, Note, NoteKind, NoteLevel, RowFilterCounts};
use crate::suggest::nearest;
use crate::text::count;

/// What was counted while patches were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatchStats {
    /// The patches that passed the filter.
    pub patches: u64,
    pub seen_words: SeenWords,
    /// Patches that `--min-severity` dropped as they have no known severity.
    pub unrated: u64,
}

/// The footer of `patches`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatchFooter {
    pub coverage: Coverage,
    /// What is known of each CVE of `--cve`.
    pub exposures: Vec<Exposure>,
    pub stats: PatchStats,
    pub filter: Arc<Filter>,
    /// Are the states of the filter those of `--by`, rather than typed ones?
    pub has_default_states: bool,
}

impl PatchFooter {
    /// Takes the counts of the conditions on rows: a patch that they hide did not pass.
    pub fn count_filtered(&mut self, counts: Option<RowFilterCounts>) {
        self.stats.patches -= counts.as_ref().map_or(0, |counts| counts.hidden);
        self.coverage.count_filtered(counts);
    }

    fn counts(&self, rows: &str) -> Vec<Note> {
        let coverage = &self.coverage;
        let hidden = match coverage.totals.hidden {
            0 => String::new(),
            hidden => format!(", {hidden} read and hidden by the filter"),
        };
        let counts = Note::counts(coverage.describe_counts(&format!("{rows}{hidden}")));
        let mut all = vec![counts];
        all.extend(notes::no_data(&coverage.no_data));
        all.extend(notes::unread_subjects(&coverage.unread));
        all
    }

    /// `noun` is what a row is.
    fn answer_notes(&self, noun: &str, is_about_cves: bool) -> Vec<Note> {
        let mut all = self.coverage.row_filter_notes(noun);
        all.extend(notes::exposures(&self.exposures));
        if is_about_cves {
            all.push(notes::not_seen_caveat());
        }
        all.extend(self.coverage.discovery_notes());
        all.extend(self.filter_notes());
        all.extend(self.coverage.run_notes());
        all
    }

    /// What the filter did that the rows do not show.
    fn filter_notes(&self) -> Vec<Note> {
        let info = |text: String| Note::new(NoteKind::Run, NoteLevel::Info, text);
        let (filter, seen) = (&*self.filter, &self.stats.seen_words);
        let mut all = Vec::new();
        if self.has_default_states {
            all.push(info(
                "counted: Missing, Failed, InstalledRejected, InstalledPendingReboot and AvailableSecurityUpdate; --state selects others".to_owned(),
            ));
        }
        if !seen.unknown_states.is_empty() {
            all.push(info(format!(
                "some rows have a state that this version does not know, which counts neither as compliant nor as non-compliant: {}",
                join_words(&seen.unknown_states, "(none)")
            )));
        }
        let has_answers = self.coverage.totals.answered > 0;
        for (flag, typed, met) in [
            ("--severity", &filter.severities, &seen.severities),
            (
                "--classification",
                &filter.classifications,
                &seen.classifications,
            ),
        ] {
            let is_met = |word: &&String| met.iter().any(|known| is_same_word(known, word));
            for word in typed.iter().filter(|word| has_answers && !is_met(word)) {
                let known: Vec<&str> = met.iter().map(|word| &**word).collect();
                let guess = did_you_mean(word, &known);
                all.push(info(format!(
                    "no patch read has {flag} {word:?}{guess}; seen: {}",
                    join_words(met, "(empty)")
                )));
            }
        }
        let shown = self.coverage.row_filter.as_ref();
        let matches = self.stats.patches + shown.map_or(0, |counts| counts.hidden);
        if matches == 0 && has_answers {
            all.push(info(no_match(filter).to_owned()));
            let globs = filter.kb_globs.iter().map(Glob::as_str);
            let kb_ids: Vec<&str> = filter.kb_ids.iter().map(|id| &**id).chain(globs).collect();
            let cves: Vec<&str> = filter.cves.iter().map(|id| &**id).collect();
            all.extend(near_ids("--kb", &kb_ids, &seen.kb_ids));
            all.extend(near_ids("--cve", &cves, &seen.cves));
        }
        if self.stats.unrated > 0 {
            all.push(notes::unrated(self.stats.unrated, None));
        }
        all
    }
}

impl Footer for PatchFooter {
    fn is_complete(&self) -> bool {
        self.coverage.unread.is_empty()
    }

    fn is_nothing_read(&self) -> bool {
        self.stats.patches + self.coverage.totals.hidden == 0 && self.coverage.is_nothing_read()
    }

    fn notes(&self) -> Vec<Note> {
        let mut all = self.counts(&count(self.stats.patches, "patch"));
        all.extend(self.answer_notes("patch", !self.exposures.is_empty()));
        all
    }
}

/// The footer of `patches --by`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchAggregateFooter {
    pub patches: PatchFooter,
    pub grouping: PatchGrouping,
    /// The patches that were counted.
    pub patch_count: u64,
}

impl PatchAggregateFooter {
    /// The footer of these counts.
    #[must_use]
    pub fn new(mut patches: PatchFooter, pivot: &Pivot) -> Self {
        patches.coverage.totals.rows = pivot.group_count();
        Self {
            patches,
            grouping: pivot.grouping(),
            patch_count: pivot.patch_count(),
        }
    }
}

impl Footer for PatchAggregateFooter {
    fn is_complete(&self) -> bool {
        self.patches.is_complete()
    }

    fn is_nothing_read(&self) -> bool {
        self.patches.is_nothing_read()
    }

    fn notes(&self) -> Vec<Note> {
        let is_about_cves =
            !self.patches.exposures.is_empty() || self.grouping == PatchGrouping::Cve;
        let mut all = self.patches.counts(&format!(
            "{} counted in {} by {}",
            count(self.patch_count, "patch"),
            count(self.patches.coverage.totals.rows, "group"),
            self.grouping
        ));
        all.extend(self.patches.answer_notes("group", is_about_cves));
        all
    }
}

/// What it means that no patch passed this filter.
fn no_match(filter: &Filter) -> &'static str {
    if !filter.cves.is_empty() {
        "no patch matches; AWS lists CVE ids of missing and failed patches only, and never on Debian, Ubuntu or macOS"
    } else if filter.states == PatchState::NON_COMPLIANT {
        "no patch matches; --state AvailableSecurityUpdate selects security updates that are available but not approved"
    } else if filter.is_empty() {
        "the nodes have no patches"
    } else {
        "no patch matches"
    }
}

fn did_you_mean(word: &str, known: &[&str]) -> String {
    nearest(word, known).map_or_else(String::new, |known| format!("; did you mean {known}?"))
}

/// The ids that patches have instead of those that are asked for.
fn near_ids(flag: &str, asked: &[&str], seen: &BTreeSet<Box<str>>) -> Option<Note> {
    let known: Vec<&str> = seen.iter().map(|id| &**id).collect();
    let guess = did_you_mean(asked.first()?, &known);
    let text = format!("no patch read has {flag} {}{guess}; seen", asked.join(","));
    let note = Note::new(NoteKind::Run, NoteLevel::Info, text);
    (!known.is_empty()).then(|| note.with_ids(known))
}

/// The words, with `blank` for the empty one.
fn join_words<T: AsRef<str>>(words: &BTreeSet<T>, blank: &str) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    let shown = words.iter().map(|word| match word.as_ref() {
        "" => blank,
        word => word,
    });
    shown.collect::<Vec<&str>>().join(", ")
}
