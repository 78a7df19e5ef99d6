//! The fold over runs, oldest first, into the evidence for a sample. Pure.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::aggregate::closure::node_runs::{NodeRuns, Run, is_uncollected};
use crate::aggregate::closure::{ClosureEvidence, NodeSnapshot, SampleRow, SampleStatus};
use crate::aggregate::history::{
    ExposureStatus, HistoryBuilder, HistorySubject, PatchHistory, RunTime,
};
use crate::aggregate::sample::{Sample, SampleItem, SampledPatch};
use crate::compliance::due_date::Sla;
use crate::compliance::verdict::Verdict;
use crate::record::{AccountRegion, Cause, Outcome, Patch, Scope, Subject};
use crate::report::StateRow;
use crate::text::count;

/// The last run that lists the patch of a line.
#[derive(Debug)]
struct Listed {
    run: usize,
    patch: Patch,
}

/// The fold.
#[derive(Debug)]
pub struct ClosureBuilder {
    sample: Arc<Sample>,
    history: HistoryBuilder,
    runs: Vec<Run>,
    nodes: HashMap<Arc<str>, NodeRuns>,
    listed: HashMap<usize, Listed>,
}

impl ClosureBuilder {
    #[must_use]
    pub fn new(sample: Arc<Sample>) -> Self {
        Self {
            history: HistoryBuilder::new(HistorySubject::Sample(sample.clone())),
            sample,
            runs: Vec::new(),
            nodes: HashMap::new(),
            listed: HashMap::new(),
        }
    }

    /// Begins the next run, which has these locations.
    pub fn begin_run(
        &mut self,
        time: RunTime,
        is_complete: bool,
        locations: Vec<Arc<AccountRegion>>,
    ) {
        self.runs.push(Run {
            time,
            is_complete,
            locations,
            unread: Vec::new(),
        });
    }

    /// A region, account or profile that the run could not read.
    pub fn add_unread(&mut self, scope: Scope, cause: Cause) {
        if let Some(run) = self.runs.last_mut().filter(|_| !is_uncollected(&cause)) {
            run.unread.push((scope, cause));
        }
    }

    /// A node of the run, with its patches and how reading them ended.
    pub fn add_node(&mut self, row: &StateRow, patches: &[Patch], end: &Outcome<()>) {
        let (Subject::Node(node), Some(at)) = (&row.subject, self.runs.len().checked_sub(1)) else {
            return;
        };
        let cause = match (&row.outcome, end) {
            (_, Outcome::Unread(cause)) | (Outcome::Unread(cause), _) => Some(cause),
            _ => None,
        };
        // The run may have read the state of the node, and no patches of any.
        let lacks_patches = cause.is_some_and(is_uncollected);
        if lacks_patches && row.state().is_none() {
            return;
        }
        let node_runs = self
            .nodes
            .entry(node.id.clone())
            .or_insert_with(|| NodeRuns::new(node));
        if self.sample.names_node_alone(&node.id) {
            let (verdict, why) = match cause.filter(|_| !lacks_patches) {
                Some(cause) => (Verdict::Unread, cause.text.to_string()),
                None => (row.judgement.verdict, row.judgement.reasons.clone()),
            };
            node_runs.snapshots.push((at, verdict, why));
        }
        let (Some(state), None) = (row.state(), cause) else {
            let uncollected = cause.filter(|_| lacks_patches).map(|cause| Cause {
                code: cause.code.clone(),
                text: "its patches were not collected".into(),
            });
            node_runs.fail(
                at,
                node,
                uncollected.as_ref().or(cause),
                &row.judgement.reasons,
            );
            return;
        };
        node_runs.node = node.clone();
        node_runs.answered = Some(at);
        node_runs.answers += 1;
        self.history
            .add_node(node, patches, &self.runs[at].time, state);
        for patch in patches {
            for line in self.sample.lines_of(patch) {
                let patch = patch.clone();
                self.listed.insert(line, Listed { run: at, patch });
            }
        }
    }

    /// The evidence as of `now`.
    #[must_use]
    pub fn finish(mut self, sla: &Sla, now: Timestamp) -> ClosureEvidence {
        let sample = self.sample.clone();
        let history = HistoryBuilder::new(HistorySubject::Nodes);
        let histories = std::mem::replace(&mut self.history, history).finish();
        let histories: Vec<PatchHistory> = histories.iter().collect();
        let mut by_line: BTreeMap<usize, Vec<&PatchHistory>> = BTreeMap::new();
        let mut by_node: HashMap<&str, Vec<&PatchHistory>> = HashMap::new();
        for history in &histories {
            let node = &history.patch.node.id;
            if sample.names_node_alone(node) {
                by_node.entry(node).or_default().push(history);
            }
            for line in sample.lines_of(&history.patch) {
                by_line.entry(line).or_default().push(history);
            }
        }
        let mut evidence = ClosureEvidence::default();
        for (at, item) in sample.items.iter().enumerate() {
            let of_line = by_line.remove(&at).unwrap_or_default();
            match (&item.node, &item.patch) {
                (Some(node), None) => {
                    let histories = by_node.get(&**node).map_or(&[][..], |all| all);
                    evidence.rows.push(self.node_row(item, node, histories));
                    self.add_snapshots(node, &mut evidence.snapshots);
                }
                _ if of_line.is_empty() => evidence.rows.push(self.row_without_history(at, item)),
                _ => {
                    let rows = of_line.into_iter();
                    let rows = rows.map(|history| self.history_row(item, history, sla, now));
                    evidence.rows.extend(rows);
                }
            }
        }
        evidence
    }

    fn history_row(
        &self,
        item: &SampleItem,
        history: &PatchHistory,
        sla: &Sla,
        now: Timestamp,
    ) -> SampleRow {
        let of_node = &history.patch.node;
        let doubt = self.nodes.get(&of_node.id).and_then(|of| self.doubt(of));
        let is_unknown = history.status == ExposureStatus::Open && doubt.is_some();
        let note = match doubt {
            None => String::new(),
            Some(doubt) if is_unknown => {
                format!("open when it was last read; not known since: {doubt}")
            }
            Some(doubt) => format!("not read since: {doubt}"),
        };
        SampleRow {
            node: Some(of_node.clone()),
            status: if is_unknown {
                SampleStatus::Unknown
            } else {
                SampleStatus::Exposure(history.status)
            },
            due: sla.due(&history.patch, Some(history.first_seen), now),
            // What is overdue stays so, even where it is not known whether it is fixed since.
            is_within: history.is_within(sla, if is_unknown { history.last_seen } else { now }),
            exposed_seconds: Some(history.exposed_seconds(if is_unknown {
                history.last_seen
            } else {
                now
            })),
            history: Some(history.clone()),
            ..SampleRow::new(item, note)
        }
    }

    /// The row of a line of which no run saw a node lack a patch.
    fn row_without_history(&self, at: usize, item: &SampleItem) -> SampleRow {
        let node_runs = item.node.as_ref().and_then(|node| self.nodes.get(node));
        let known = node_runs.map(|node_runs| node_runs.node.clone());
        let doubt = node_runs.and_then(|node_runs| self.doubt(node_runs));
        let since = |doubt: Option<String>| {
            doubt.map_or(String::new(), |doubt| format!("; not read since: {doubt}"))
        };
        if let Some(Listed { run, patch }) = self.listed.get(&at) {
            let at = self.runs[*run].time.at;
            let which = match item.node {
                Some(_) => String::new(),
                None => format!(" on {}", patch.node.id),
            };
            let note = format!(
                "{}{which} in the run of {at:.0}{}",
                patch.state,
                since(doubt)
            );
            return SampleRow {
                node: known.or_else(|| Some(patch.node.clone())),
                status: SampleStatus::NeverMissing,
                ..SampleRow::new(item, note)
            };
        }
        let caveat = match item.patch {
            Some(SampledPatch::Cve(_)) => {
                "; AWS lists CVE ids of missing and failed patches only, so this is no proof"
            }
            _ => "",
        };
        match (&item.node, node_runs) {
            (Some(_), Some(node_runs)) if node_runs.answered.is_some() => {
                let runs = count(node_runs.answers, "run");
                let note = format!(
                    "{runs} read the node, and none lists it{caveat}{}",
                    since(doubt)
                );
                SampleRow {
                    node: known,
                    ..SampleRow::new(item, note)
                }
            }
            (Some(_), node_runs) => self.row_of_absent_node(item, node_runs),
            (None, _) => {
                let unread = self.runs.iter().filter(|run| !run.unread.is_empty());
                let unread = match unread.count() {
                    0 => String::new(),
                    n => format!("; {} could not read everything", count(n as u64, "run")),
                };
                let note = format!("no node that was read lists it{caveat}{unread}");
                SampleRow::new(item, note)
            }
        }
    }

    /// The row of a node that no run read.
    fn row_of_absent_node(&self, item: &SampleItem, node_runs: Option<&NodeRuns>) -> SampleRow {
        let failed = node_runs.and_then(|node_runs| node_runs.failed.as_ref());
        let unknown = failed.filter(|(_, failure)| !failure.is_absent);
        let cause = match unknown {
            Some((at, failure)) => Some(self.of_run(*at, &failure.text)),
            None => self.newest_unread(|_| true),
        };
        let status = match cause {
            Some(_) => SampleStatus::Unknown,
            None => SampleStatus::NotFound,
        };
        let note = cause.map_or("no run has this node".to_owned(), |cause| {
            format!("no run read this node; {cause}")
        });
        SampleRow {
            status,
            ..SampleRow::new(item, note)
        }
    }

    /// The row of a node alone: its last verdict, and how many patches it lacked.
    fn node_row(&self, item: &SampleItem, id: &str, histories: &[&PatchHistory]) -> SampleRow {
        let node_runs = self.nodes.get(id);
        let Some(node_runs) = node_runs.filter(|node_runs| node_runs.answered.is_some()) else {
            return self.row_of_absent_node(item, node_runs);
        };
        let of = |status| histories.iter().filter(move |of| of.status == status);
        let counts = ExposureStatus::ALL.map(|status| {
            let n = of(status).count();
            format!("{n} {}", status.describe())
        });
        let mut parts = vec![format!("patches that it lacked: {}", counts.join(", "))];
        let oldest = of(ExposureStatus::Open).map(|of| of.opened).min();
        parts.extend(oldest.map(|at| format!("the oldest open one since {at:.0}")));
        let doubt = self.doubt(node_runs);
        let is_known = doubt.is_none();
        parts.extend(doubt.map(|doubt| format!("not read since: {doubt}")));
        let verdict = node_runs.snapshots.last().filter(|_| is_known);
        SampleRow {
            node: Some(node_runs.node.clone()),
            status: verdict.map_or(SampleStatus::Unknown, |(_, verdict, _)| {
                SampleStatus::Verdict(*verdict)
            }),
            ..SampleRow::new(item, parts.join("; "))
        }
    }

    /// What each run says of a node, where it covers its account and region.
    fn add_snapshots(&self, id: &str, snapshots: &mut Vec<NodeSnapshot>) {
        let Some(node_runs) = self.nodes.get(id) else {
            return;
        };
        let mut told = node_runs.snapshots.iter().peekable();
        for (at, run) in self.runs.iter().enumerate() {
            let own = told.next_if(|(of, ..)| *of == at);
            let covers = node_runs.answered.is_none() || run.has_location(&node_runs.node.location);
            let unread = run.unread_of(&node_runs.node.location);
            let (verdict, note) = match (own, unread) {
                (Some((_, verdict, why)), _) if covers => (Some(*verdict), why.clone()),
                (_, Some((scope, cause))) => (
                    Some(Verdict::Unread),
                    format!("{scope} could not be read: {}", cause.text),
                ),
                _ if covers && run.is_complete && node_runs.answered.is_some() => {
                    (None, "not among the nodes of this run".to_owned())
                }
                _ => continue,
            };
            snapshots.push(NodeSnapshot {
                node: node_runs.node.clone(),
                run: run.time.clone(),
                verdict,
                note,
            });
        }
    }

    /// Why the node may have changed since it was last read, if a later run tells.
    fn doubt(&self, node_runs: &NodeRuns) -> Option<String> {
        let answered = node_runs.answered?;
        let location = &node_runs.node.location;
        for (at, run) in self.runs.iter().enumerate().skip(answered + 1).rev() {
            if let Some((scope, cause)) = run.unread_of(location) {
                let text = format!("{scope} could not be read: {}", cause.text);
                return Some(self.of_run(at, &text));
            }
            if !run.has_location(location) {
                continue;
            }
            match &node_runs.failed {
                Some((failed, failure)) if *failed == at => {
                    return Some(self.of_run(at, &failure.text));
                }
                _ if run.is_complete => {
                    return Some(self.of_run(at, "not among its nodes"));
                }
                _ => {}
            }
        }
        None
    }

    /// The newest run that could not read something of this kind, and why.
    fn newest_unread(&self, is_of: impl Fn(&Scope) -> bool) -> Option<String> {
        let runs = self.runs.iter().enumerate().rev();
        let mut unread = runs.flat_map(|(at, run)| run.unread.iter().map(move |of| (at, of)));
        let (at, (scope, cause)) = unread.find(|(_, (scope, _))| is_of(scope))?;
        let text = format!("{scope} could not be read: {}", cause.text);
        Some(self.of_run(at, &text))
    }

    fn of_run(&self, at: usize, text: &str) -> String {
        format!("run of {:.0}: {text}", self.runs[at].time.at)
    }
}
