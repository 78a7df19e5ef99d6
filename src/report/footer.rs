//! What stands below the rows: what all footers have in common, and those of `states` and
//! `summary`. Each makes its notes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compliance::baseline_conflict::BaselineConflict;
use crate::compliance::verdict::Verdict;
use crate::exit::Exit;
use crate::record::{AccountRegion, CallerReport, DiscoveryReport, Node, Scope, Subject, Unread};
use crate::report::notes;
use crate::report::{CounterSum, NodeGroup, Note, NoteKind, NoteLevel};
use crate::text::{count, first_n};

/// The end of an answer, whatever its rows are.
pub trait Footer {
    /// Was everything read that was asked for?
    fn is_complete(&self) -> bool;

    /// Was nothing read at all, so that an older file is better than this output?
    fn is_nothing_read(&self) -> bool;

    /// What there is to say beside the rows, in the order in which it is printed.
    fn notes(&self) -> Vec<Note>;

    /// Is it the verdict of a gate? Its exit code counts even if the output cannot be
    /// written.
    fn is_gate(&self) -> bool {
        false
    }

    /// How the run ends, if its output can be written.
    fn exit_code(&self, is_interrupted: bool) -> Exit {
        if is_interrupted {
            Exit::Partial
        } else if self.is_complete() {
            Exit::Success
        } else if self.is_nothing_read() {
            Exit::Error
        } else {
            Exit::Partial
        }
    }
}

/// Which nodes the answer covers, and what kept it from more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    pub totals: Totals,
    /// How nodes were found; empty where all were named.
    pub discovery: Vec<DiscoveryReport>,
    /// `None` where no condition on rows was given.
    pub row_filter: Option<RowFilterCounts>,
    pub no_data: Vec<Node>,
    pub unread: Vec<Unread>,
    /// Who asked, where that was to be read.
    pub callers: Vec<CallerReport>,
    /// Regions and accounts that are left out on purpose.
    pub skipped: Vec<Scope>,
    /// Listed nodes that the filters exclude.
    pub unmatched_ids: Vec<Arc<str>>,
    /// Columns that a failed call leaves empty: the reason, and in how many locations.
    pub missing_columns: BTreeMap<Box<str>, (String, usize)>,
    /// Where release dates are not known, and why.
    pub missing_release_dates: Vec<(String, String)>,
}

/// More values of a column are counted in a suggestion.
const MAX_SEEN_SHOWN: usize = 8;

/// What `--where` and its short forms did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowFilterCounts {
    /// The conditions, as they can be typed.
    pub conditions: Vec<String>,
    pub shown: u64,
    pub hidden: u64,
    /// Those hidden that are about nodes without data.
    pub hidden_no_data: u64,
    /// The others that are hidden because a value is not known, by column.
    pub hidden_unknown: BTreeMap<&'static str, u64>,
    /// Conditions on text that no row meets.
    pub unmet: Vec<UnmetCondition>,
}

/// A condition on text that no row meets, with the values that rows have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetCondition {
    pub condition: String,
    pub nearest: Option<String>,
    pub seen: Vec<String>,
}

impl RowFilterCounts {
    /// How many rows are shown, and which could not be compared; `noun` is what a row is.
    fn notes(&self, noun: &str) -> Vec<Note> {
        let all = count(self.shown + self.hidden, noun);
        let shown = format!("{} of {all} shown", self.shown);
        let mut notes = vec![Note::info(shown).with_ids(&self.conditions)];
        if self.hidden_no_data > 0 {
            let hidden = count(self.hidden_no_data, noun);
            let text = format!("{hidden} without data hidden; --no-data shows them");
            notes.push(Note::warning(text).into_detail());
        }
        let unknown = self.hidden_unknown.iter();
        notes.extend(unknown.map(|(column, hidden)| {
            let hidden = count(*hidden, noun);
            let text = format!(
                "{hidden} hidden because {column} is unknown; --where '{column} is unknown' shows them"
            );
            Note::warning(text).into_detail()
        }));
        notes.extend(self.unmet.iter().map(|unmet| {
            let nearest = unmet.nearest.as_ref();
            let nearest = nearest.map_or(String::new(), |value| format!("; did you mean {value}?"));
            let seen = first_n(&unmet.seen, MAX_SEEN_SHOWN);
            let text = format!("no {noun} has {}{nearest} (seen: {seen})", unmet.condition);
            Note::info(text).into_detail()
        }));
        notes
    }
}

/// The counts below an answer. `asked` is always `answered + no_data + unread`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Nodes asked for, each once.
    pub asked: u64,
    /// Nodes with data that could be judged, or whose patches were read to the end.
    pub answered: u64,
    /// Nodes of which the service has no data to judge by.
    pub no_data: u64,
    /// Nodes that could not be read, in whole or in part.
    pub unread: u64,
    /// Regions, accounts and profiles whose nodes are not known. They are not nodes,
    /// and not in the sum above.
    pub unread_scopes: u64,
    /// Rows of the answer: nodes for `states`, patches for `patches`.
    pub rows: u64,
    /// Rows that were read and did not pass the filter.
    pub hidden: u64,
}

/// Nodes by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerdictCounts {
    pub compliant: u64,
    pub non_compliant: u64,
    /// Compliant when last scanned, which is too long ago.
    pub stale: u64,
}

impl VerdictCounts {
    /// One more node.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Compliant => self.compliant += 1,
            Verdict::NonCompliant => self.non_compliant += 1,
            Verdict::Stale => self.stale += 1,
            Verdict::NoData | Verdict::Unread => {}
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.compliant += other.compliant;
        self.non_compliant += other.non_compliant;
        self.stale += other.stale;
    }
}

impl Coverage {
    /// Was no node read? A location that was searched and has no node is an answer.
    #[must_use]
    pub fn is_nothing_read(&self) -> bool {
        self.totals.answered + self.totals.no_data == 0 && self.discovery.is_empty()
    }

    /// "40 nodes asked, 37 answered, 3 without data; 12 non-compliant"
    #[must_use]
    pub fn describe_counts(&self, found: &str) -> String {
        let totals = &self.totals;
        let verb = if self.discovery.is_empty() {
            "asked"
        } else {
            "found"
        };
        let mut parts = vec![
            format!("{} {verb}", count(totals.asked, "node")),
            format!("{} answered", totals.answered),
        ];
        for (n, word) in [(totals.no_data, "without data"), (totals.unread, "unread")] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        if totals.unread_scopes > 0 {
            parts.push(format!(
                "{} unread",
                notes::count_scopes(totals.unread_scopes)
            ));
        }
        format!("{}; {found}", parts.join(", "))
    }

    /// Running EC2 instances that Systems Manager does not manage; `None` where EC2 did not
    /// list them everywhere.
    #[must_use]
    pub fn unmanaged(&self) -> Option<u64> {
        // Of a region that was not read, it is not known.
        let is_known = !self.discovery.is_empty() && self.totals.unread_scopes == 0;
        let reports = self.discovery.iter();
        let counts = reports.map(|report| Some(report.unmanaged.as_ref()?.len() as u64));
        counts.sum::<Option<u64>>().filter(|_| is_known)
    }

    /// The account of a location: that of the only caller where the location names none.
    #[must_use]
    pub fn account_of<'a>(&'a self, location: &'a AccountRegion) -> Option<&'a str> {
        let of_caller = || match &self.callers[..] {
            [only] => only.identity.as_ref().ok().map(|caller| &*caller.account),
            _ => None,
        };
        location.account.as_deref().or_else(of_caller)
    }

    /// The locations in which nodes may be missing because a call was refused, and why;
    /// without those that were not read to the end, which are unread already.
    #[must_use]
    pub fn incomplete_scopes(&self) -> Vec<(Scope, String)> {
        let is_unread = |scope: &Scope| {
            let is_scope = |subject: &Subject| matches!(subject, Subject::Scope(of) if of == scope);
            self.unread.iter().any(|unread| is_scope(&unread.subject))
        };
        let mut incomplete = Vec::new();
        for report in self.discovery.iter().filter(|one| one.may_be_incomplete()) {
            let cause = format!("nodes may be missing: {}", report.limitations.join("; "));
            let scopes = report.scopes.iter().filter(|scope| !is_unread(scope));
            incomplete.extend(scopes.map(|scope| (scope.clone(), cause.clone())));
        }
        incomplete
    }

    /// Takes the counts of the conditions on rows: what they hide is hidden.
    pub fn count_filtered(&mut self, counts: Option<RowFilterCounts>) {
        self.totals.hidden += counts.as_ref().map_or(0, |counts| counts.hidden);
        self.row_filter = counts;
    }

    /// What the conditions on rows did; `noun` is what a row is.
    #[must_use]
    pub fn row_filter_notes(&self, noun: &str) -> Vec<Note> {
        let counts = self.row_filter.as_ref();
        counts.map_or_else(Vec::new, |counts| counts.notes(noun))
    }

    /// What was left out on purpose, and how nodes were found, for every kind of answer.
    #[must_use]
    pub fn discovery_notes(&self) -> Vec<Note> {
        let skipped = notes::skipped(&self.skipped).into_iter();
        skipped.chain(notes::discovery(&self.discovery)).collect()
    }

    /// What stands on stderr whatever the rows are.
    #[must_use]
    pub fn run_notes(&self) -> Vec<Note> {
        let mut all = notes::unread_causes(&self.unread);
        let columns = self.missing_columns.iter();
        all.extend(columns.map(|(columns, (reason, locations))| {
            notes::missing_columns(columns, reason, *locations)
        }));
        all.extend(notes::unknown_callers(&self.callers));
        all.extend(notes::missing_release_dates(&self.missing_release_dates));
        all.extend(notes::unmatched(&self.unmatched_ids));
        if self.totals.asked == 0 && self.unmatched_ids.is_empty() && self.unread.is_empty() {
            all.push(Note::new(
                NoteKind::Run,
                NoteLevel::Warning,
                "no managed node was found; see --region, --all-regions and the filters",
            ));
        }
        all
    }
}

/// The footer of `states`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateFooter {
    pub coverage: Coverage,
    pub verdicts: VerdictCounts,
    /// Patch groups whose nodes were scanned with different baselines.
    pub conflicts: Vec<BaselineConflict>,
}

impl StateFooter {
    fn counts(&self) -> Note {
        let stale = match self.verdicts.stale {
            0 => String::new(),
            stale => format!(", {stale} stale"),
        };
        let verdicts = format!("{} non-compliant{stale}", self.verdicts.non_compliant);
        Note::counts(self.coverage.describe_counts(&verdicts))
    }

    fn answer_notes(&self) -> Vec<Note> {
        let mut all = notes::conflicts(&self.conflicts);
        all.extend(self.coverage.discovery_notes());
        all
    }
}

impl Footer for StateFooter {
    fn is_complete(&self) -> bool {
        self.coverage.unread.is_empty()
    }

    fn is_nothing_read(&self) -> bool {
        self.coverage.is_nothing_read()
    }

    // Nodes without data and unread ones have rows.
    fn notes(&self) -> Vec<Note> {
        let mut all = vec![self.counts()];
        all.extend(self.coverage.row_filter_notes("node"));
        all.extend(self.answer_notes());
        all.extend(self.coverage.run_notes());
        all
    }
}

/// The footer of `summary`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFooter {
    pub states: StateFooter,
    /// All groups as one.
    pub total: NodeGroup,
    /// Does the last row stand for several groups?
    pub has_merged_groups: bool,
}

impl GroupFooter {
    /// The sums that leave out nodes, as their records lack the counter.
    fn unreported(&self) -> Option<Note> {
        let sums: [(CounterSum, &str); 4] = [
            (self.total.missing, "missing"),
            (self.total.failed, "failed"),
            (self.total.rejected, "rejected"),
            (self.total.pending_reboot, "pending reboot"),
        ];
        let lacking = sums.iter().filter(|(sum, _)| sum.unreported > 0);
        let lacking: Vec<String> = lacking
            .map(|(sum, word)| format!("{word} of {}", sum.unreported))
            .collect();
        let text = "not reported, and so not in the sums";
        (!lacking.is_empty()).then(|| Note::counts(text).with_ids(lacking))
    }
}

impl Footer for GroupFooter {
    fn is_complete(&self) -> bool {
        self.states.is_complete()
    }

    fn is_nothing_read(&self) -> bool {
        self.states.is_nothing_read()
    }

    fn notes(&self) -> Vec<Note> {
        let coverage = &self.states.coverage;
        let mut all = vec![self.states.counts()];
        all.extend(self.unreported());
        // The groups count them.
        all.extend(notes::no_data(&coverage.no_data).map(|note| note.of_kind(NoteKind::Counts)));
        all.extend(notes::unread_subjects(&coverage.unread));
        all.extend(self.states.answer_notes());
        all.extend(coverage.run_notes());
        if self.has_merged_groups {
            all.push(Note::new(
                NoteKind::Run,
                NoteLevel::Info,
                "the last row is several groups added up; -o wide shows each",
            ));
        }
        all
    }
}
