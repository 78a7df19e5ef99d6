//! The fold over runs to histories. Holds some hundred bytes of each patch that a node lacked
//! at some time: what many nodes or runs have in common is there once.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::aggregate::history::{
    Confirmation, ExposureStatus, HistorySubject, PatchHistory, RunTime, patch_identity, patch_key,
    seconds_between,
};
use crate::record::{Cves, Moment, Node, NodeState, Patch, PatchState, is_same_word};

/// The fold.
#[derive(Debug)]
pub struct HistoryBuilder {
    subject: HistorySubject,
    histories: Histories,
    descriptions: HashSet<Arc<Description>>,
}

/// The patches that nodes lacked at some time, by region, node, id and title.
#[derive(Debug, Default)]
pub struct Histories {
    runs: Vec<RunTime>,
    /// By the region and the id of the node.
    nodes: BTreeMap<(Arc<str>, Arc<str>), Vec<Record>>,
}

/// What a patch has in common on many nodes.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Description {
    kb_id: Option<Box<str>>,
    title: Option<Box<str>>,
    classification: Option<Arc<str>>,
    severity: Option<Arc<str>>,
    cves: Cves,
    release_date: Moment,
}

/// The history of a patch of a node. Runs are places in `Histories::runs`.
#[derive(Debug)]
struct Record {
    description: Arc<Description>,
    /// As the last run that saw it lacking read it.
    node: Arc<Node>,
    state: PatchState,
    installed_time: Moment,
    status: ExposureStatus,
    first_seen: u32,
    last_seen: u32,
    /// The first run of this time.
    opened: u32,
    /// The run that closed it, while it is not open.
    closed: u32,
    confirmation: Option<Arc<Confirmation>>,
    reopened: u32,
    /// Seconds of the times before this one.
    exposed_before: u64,
}

impl HistoryBuilder {
    #[must_use]
    pub fn new(subject: HistorySubject) -> Self {
        Self {
            subject,
            histories: Histories::default(),
            descriptions: HashSet::new(),
        }
    }

    /// A node that a run read to the end, with its state. Nodes that were not read to the
    /// end are not added.
    pub fn add_node(&mut self, node: &Node, patches: &[Patch], run: &RunTime, state: &NodeState) {
        let lacking = lacking_by_identity(patches);
        let key = (node.location.region.clone(), node.id.clone());
        if lacking.is_empty() && !self.histories.nodes.contains_key(&key) {
            return;
        }
        let runs = &mut self.histories.runs;
        if runs.last() != Some(run) {
            runs.push(run.clone());
        }
        let at = u32::try_from(runs.len() - 1).unwrap_or(u32::MAX);
        let known = self.histories.nodes.remove(&key).unwrap_or_default();
        let is_as_before = |record: &&Record| *record.node == *node;
        let shared = known.iter().find(is_as_before);
        let shared = shared.map_or_else(|| Arc::new(node.clone()), |record| record.node.clone());
        let mut merged = Vec::with_capacity(known.len().max(lacking.len()));
        let mut lacking = lacking.into_iter().peekable();
        let mut not_lacking = Vec::new();
        for mut record in known {
            while let Some((_, patch)) =
                lacking.next_if(|(identity, _)| *identity < record.identity())
            {
                merged.extend(self.first_sight(patch, &shared, at));
            }
            match lacking.next_if(|(identity, _)| *identity == record.identity()) {
                Some((_, patch)) => self.see_again(&mut record, patch, &shared, at),
                None if record.status == ExposureStatus::Open => not_lacking.push(merged.len()),
                None => {}
            }
            merged.push(record);
        }
        for (_, patch) in lacking {
            merged.extend(self.first_sight(patch, &shared, at));
        }
        close(&mut merged, &not_lacking, patches, (at, run), state);
        if !merged.is_empty() {
            self.histories.nodes.insert(key, merged);
        }
    }

    /// The record of a patch that was not lacking before, if the history is about it.
    fn first_sight(&mut self, patch: &Patch, node: &Arc<Node>, at: u32) -> Option<Record> {
        let is_about = match &self.subject {
            HistorySubject::Nodes | HistorySubject::Kb(_) => true,
            HistorySubject::Cve(cve) => patch.cves.iter().any(|id| is_same_word(id, cve)),
            HistorySubject::Sample(sample) => sample.names_patch(patch),
            HistorySubject::Patches(keys) => keys.contains(&patch_key(patch)),
        };
        is_about.then(|| Record {
            description: self.share(Description::of(patch)),
            node: node.clone(),
            state: patch.state.clone(),
            installed_time: patch.installed_time,
            status: ExposureStatus::Open,
            first_seen: at,
            last_seen: at,
            opened: at,
            closed: at,
            confirmation: None,
            reopened: 0,
            exposed_before: 0,
        })
    }

    /// Sees a patch lacking that was so before.
    fn see_again(&mut self, record: &mut Record, patch: &Patch, node: &Arc<Node>, at: u32) {
        if record.status != ExposureStatus::Open {
            let (opened, closed) = (record.opened, record.closed);
            record.exposed_before +=
                seconds_between(self.histories.time(opened), self.histories.time(closed));
            record.opened = at;
            record.reopened += 1;
            record.confirmation = None;
            record.status = ExposureStatus::Open;
        }
        record.last_seen = at;
        record.node = node.clone();
        record.state = patch.state.clone();
        record.installed_time = patch.installed_time;
        if !record.description.is_of(patch) {
            let known = &record.description;
            let mut description = Description::of(patch);
            // A run may not have read release dates, and AWS lists CVE ids in some states only.
            description.release_date = description.release_date.or(known.release_date);
            if description.cves.is_empty() {
                description.cves = known.cves.clone();
            }
            record.description = self.share(description);
        }
    }

    fn share(&mut self, description: Description) -> Arc<Description> {
        if let Some(known) = self.descriptions.get(&description) {
            return known.clone();
        }
        let description = Arc::new(description);
        self.descriptions.insert(description.clone());
        description
    }

    /// The histories.
    #[must_use]
    pub fn finish(self) -> Histories {
        self.histories
    }
}

/// The patches that are lacking, each once: the last of those with one id and title.
fn lacking_by_identity(patches: &[Patch]) -> BTreeMap<(&str, &str), &Patch> {
    let lacking = patches.iter().filter(|patch| is_lacking(patch));
    lacking
        .map(|patch| (patch_identity(patch), patch))
        .collect()
}

/// Closes what a run does not see lacking: the open records at these places, which are in
/// the order of their identities.
fn close(
    records: &mut [Record],
    not_lacking: &[usize],
    patches: &[Patch],
    (at, run): (u32, &RunTime),
    state: &NodeState,
) {
    if not_lacking.is_empty() {
        return;
    }
    // The first patch with the id and title of each.
    let mut states: Vec<Option<&PatchState>> = vec![None; not_lacking.len()];
    for patch in patches {
        let identity = patch_identity(patch);
        let found = not_lacking.binary_search_by_key(&identity, |place| records[*place].identity());
        if let Ok(found) = found {
            states[found].get_or_insert(&patch.state);
        }
    }
    let confirmation = Arc::new(Confirmation::new(run, state));
    for (place, state) in not_lacking.iter().zip(states) {
        records[*place].status = match state {
            // A state that this version does not know is no fix.
            Some(PatchState::Other(_)) => continue,
            Some(
                PatchState::Installed | PatchState::InstalledOther | PatchState::InstalledRejected,
            ) => ExposureStatus::Fixed,
            _ => ExposureStatus::NoLongerListed,
        };
        records[*place].closed = at;
        records[*place].confirmation = Some(confirmation.clone());
    }
}

fn is_lacking(patch: &Patch) -> bool {
    PatchState::LACKING.contains(&patch.state)
}

impl Description {
    fn of(patch: &Patch) -> Self {
        Self {
            kb_id: patch.kb_id.clone(),
            title: patch.title.clone(),
            classification: patch.classification.clone(),
            severity: patch.severity.clone(),
            cves: patch.cves.clone(),
            release_date: patch.release_date,
        }
    }

    /// Does it say all that this patch says?
    fn is_of(&self, patch: &Patch) -> bool {
        self.kb_id == patch.kb_id
            && self.title == patch.title
            && self.classification == patch.classification
            && self.severity == patch.severity
            && (self.cves == patch.cves || patch.cves.is_empty())
            && (self.release_date == patch.release_date || patch.release_date.is_none())
    }
}

impl Record {
    fn identity(&self) -> (&str, &str) {
        let Description { kb_id, title, .. } = &*self.description;
        let text = Option::as_deref;
        (
            text(kb_id).unwrap_or_default(),
            text(title).unwrap_or_default(),
        )
    }
}

impl Histories {
    fn time(&self, run: u32) -> Timestamp {
        let run = usize::try_from(run).ok().and_then(|at| self.runs.get(at));
        run.map_or(Timestamp::UNIX_EPOCH, |run| run.at)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Each history, made when it is its turn.
    pub fn iter(&self) -> impl Iterator<Item = PatchHistory> {
        let records = self.nodes.values().flatten();
        records.map(|record| self.history(record))
    }

    /// The history of a patch of a node.
    #[must_use]
    pub fn get(&self, patch: &Patch) -> Option<PatchHistory> {
        let node = &patch.node;
        let key = (node.location.region.clone(), node.id.clone());
        let records = self.nodes.get(&key)?;
        let identity = patch_identity(patch);
        let at = records.binary_search_by_key(&identity, Record::identity);
        Some(self.history(&records[at.ok()?]))
    }

    /// Keeps only the histories of nodes with these ids.
    pub fn retain_nodes(&mut self, mut is_kept: impl FnMut(&Arc<str>) -> bool) {
        self.nodes.retain(|(_, id), _| is_kept(id));
    }

    fn history(&self, record: &Record) -> PatchHistory {
        let description = &*record.description;
        PatchHistory {
            patch: Patch {
                node: (*record.node).clone(),
                title: description.title.clone(),
                kb_id: description.kb_id.clone(),
                classification: description.classification.clone(),
                severity: description.severity.clone(),
                state: record.state.clone(),
                installed_time: record.installed_time,
                cves: description.cves.clone(),
                release_date: description.release_date,
            },
            status: record.status,
            first_seen: self.time(record.first_seen),
            last_seen: self.time(record.last_seen),
            closed: (record.status != ExposureStatus::Open).then(|| self.time(record.closed)),
            confirmation: record.confirmation.clone(),
            reopened: record.reopened.into(),
            opened: self.time(record.opened),
            exposed_before: record.exposed_before,
        }
    }
}
