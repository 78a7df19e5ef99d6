//! A node under evaluation, with the waiver of the whole node, which is looked
//! up once.

use std::cell::OnceCell;
use std::sync::Arc;

use jiff::Timestamp;

use crate::compliance::verdict::Verdict;
use crate::gate::node_evaluation::NodeEvaluation;
use crate::gate::waiver::{Waiver, WaiverSubject, Waivers};
use crate::record::Node;

/// A node under evaluation.
pub(super) struct NodeCase<'a> {
    pub evaluation: NodeEvaluation<'a>,
    pub waiver_subject: WaiverSubject<'a>,
    pub is_unread: bool,
    /// The waiver of the whole node, looked up once, and only if it has a finding.
    pub waiver: OnceCell<Option<Arc<Waiver>>>,
}

/// A node that was scanned with a baseline.
pub(super) struct ScannedNode {
    pub node: Node,
    pub patch_group: Box<str>,
    pub baseline_id: Box<str>,
    pub waiver: OnceCell<Option<Arc<Waiver>>>,
}

impl NodeCase<'_> {
    /// Is it reported under `unread` or `no-data`, with the data it lacks?
    pub(super) fn is_already_reported(&self) -> bool {
        self.is_unread || self.evaluation.row.judgement.verdict == Verdict::NoData
    }

    pub(super) fn waiver(&self, waivers: &mut Waivers, now: Timestamp) -> Option<Arc<Waiver>> {
        let waiver = self
            .waiver
            .get_or_init(|| waivers.waive_node(&self.waiver_subject, now));
        waiver.clone()
    }
}
