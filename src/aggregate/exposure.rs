//! Which nodes lack the fix of a CVE, and which cannot be judged. Pure.
//!
//! Systems Manager reports CVE ids of missing and failed patches only: a CVE can be
//! seen open, never proven closed.

mod not_judged;

use std::sync::Arc;

use crate::compliance::verdict::VerdictOptions;
use crate::record::{
    Cause, Node, NodeState, Outcome, Patch, PatchState, Scope, Subject, is_same_word,
};

pub use self::not_judged::{NotJudged, NotJudgedReason};
use crate::aggregate::exposure::not_judged::ListedCounts;

/// The states whose patches AWS tells CVE ids of. Source: AWS Systems Manager
/// API, PatchComplianceData, CVEIds.
pub const STATES_WITH_CVE_IDS: [PatchState; 2] = [PatchState::Missing, PatchState::Failed];

/// What "not seen" is worth, for people.
pub const NOT_SEEN_CAVEAT: &str = "a CVE can be seen open, never proven closed: AWS tells CVE ids of missing and failed \
     patches only, and lists no fix that the baseline leaves out or no scan looked for";

/// What is known of one CVE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The id as it was asked for.
    pub cve: Box<str>,
    /// The nodes that lack its fix: a missing or failed patch names it.
    pub open_nodes: Vec<Node>,
    /// The nodes that were judged and are not seen to lack it.
    pub not_seen: u64,
    /// Every doubt, of this CVE and all others.
    all_not_judged: Arc<[NotJudged]>,
    /// Which of those are about nodes that lack its fix all the same.
    open_indices: Vec<usize>,
}

impl Exposure {
    /// What cannot be judged, each node once, with the strongest reason; and each
    /// region and account that could not be read.
    pub fn not_judged(&self) -> impl Iterator<Item = &NotJudged> {
        self.all_not_judged
            .iter()
            .enumerate()
            .filter(|(at, _)| self.open_indices.binary_search(at).is_err())
            .map(|(_, doubted)| doubted)
    }
}

/// The fold: the missing and failed patches of each node, then how it ended.
#[derive(Debug)]
pub struct ExposureAggregator {
    requested_cves: Vec<RequestedCve>,
    /// What was listed of the node at hand.
    listed_counts: ListedCounts,
    not_judged: Vec<NotJudged>,
    options: VerdictOptions,
}

#[derive(Debug)]
struct RequestedCve {
    cve: Box<str>,
    open_nodes: Vec<Node>,
    open_indices: Vec<usize>,
    not_seen: u64,
    /// Does the node at hand lack its fix?
    is_open_on_current_node: bool,
}

impl ExposureAggregator {
    /// `yardstick` tells which scans are too old to be believed.
    #[must_use]
    pub fn new(cves: &[String], options: VerdictOptions) -> Self {
        let mut requested_cves: Vec<RequestedCve> = Vec::with_capacity(cves.len());
        for cve in cves {
            if !requested_cves
                .iter()
                .any(|known| is_same_word(&known.cve, cve))
            {
                requested_cves.push(RequestedCve {
                    cve: cve.as_str().into(),
                    open_nodes: Vec::new(),
                    open_indices: Vec::new(),
                    not_seen: 0,
                    is_open_on_current_node: false,
                });
            }
        }
        Self {
            requested_cves,
            listed_counts: ListedCounts::default(),
            not_judged: Vec::new(),
            options,
        }
    }

    /// A patch of the node at hand, before any filter but that of its state.
    pub fn add_patch(&mut self, patch: &Patch) {
        match patch.state {
            PatchState::Missing => self.listed_counts.missing += 1,
            PatchState::Failed => self.listed_counts.failed += 1,
            _ => return,
        }
        if patch.cves.is_empty() {
            self.listed_counts.without_cves += 1;
            return;
        }
        for asked in self
            .requested_cves
            .iter_mut()
            .filter(|asked| !asked.is_open_on_current_node)
        {
            asked.is_open_on_current_node =
                patch.cves.iter().any(|id| is_same_word(id, &asked.cve));
        }
    }

    /// The end of a node: how reading its patches ended, and what its state is.
    pub fn finish_node(
        &mut self,
        node: &Node,
        outcome: &Outcome<()>,
        state: Option<&Outcome<NodeState>>,
    ) {
        let listed = std::mem::take(&mut self.listed_counts);
        let doubt = not_judged::reason_not_judged(node, outcome, state, listed, &self.options);
        for asked in &mut self.requested_cves {
            if std::mem::take(&mut asked.is_open_on_current_node) {
                asked.open_nodes.push(node.clone());
                if doubt.is_some() {
                    asked.open_indices.push(self.not_judged.len());
                }
            } else if doubt.is_none() {
                asked.not_seen += 1;
            }
        }
        if let Some(doubt) = doubt {
            self.not_judged.push(NotJudged {
                subject: Subject::Node(node.clone()),
                reason: doubt,
            });
        }
    }

    /// A place whose nodes are not known.
    pub fn add_unread_scope(&mut self, scope: Scope, cause: &Cause) {
        self.not_judged.push(NotJudged {
            subject: Subject::Scope(scope),
            reason: NotJudgedReason::Unread(cause.text.clone()),
        });
    }

    /// What is known of each CVE, in the order asked.
    #[must_use]
    pub fn finish(self) -> Vec<Exposure> {
        let doubts: Arc<[NotJudged]> = self.not_judged.into();
        let finished = self.requested_cves.into_iter().map(|asked| Exposure {
            cve: asked.cve,
            open_nodes: asked.open_nodes,
            not_seen: asked.not_seen,
            all_not_judged: doubts.clone(),
            open_indices: asked.open_indices,
        });
        finished.collect()
    }
}

#[cfg(test)]
mod tests;
