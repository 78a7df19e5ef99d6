//! The outcome of a rule for one node, and the patches behind it: plain values.

use std::sync::Arc;

use crate::compliance::severity::Severity;
use crate::gate::waiver::Waiver;
use crate::gate::{PatchKind, PatchRef};
use crate::record::{Moment, Patch};

/// The outcome of a rule for a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RuleOutcome {
    Pass,
    /// It may violate the rule: why that is unknown.
    Unknown(String),
    /// It violates the rule: what is wrong.
    Fail(String),
}

/// Are waivers applied, or ignored to see what they cover?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaiverMode {
    Apply,
    Ignore,
}

/// One patch of the node that was read.
pub(super) struct CandidatePatch<'a> {
    pub patch: &'a Patch,
    pub severity: Severity,
    /// The first run of the dataset that saw the node lack it, where rules count from then.
    pub first_seen: Moment,
    pub waiver: Option<Arc<Waiver>>,
}

impl<'a> CandidatePatch<'a> {
    /// The identity of the patch within a node: the best key there is.
    pub(super) fn identity(&self) -> (Option<&'a str>, Option<&'a str>) {
        (self.patch.kb_id.as_deref(), self.patch.title.as_deref())
    }

    /// The number of distinct patches: one that is listed twice is one.
    pub(super) fn count_distinct<'s>(rows: impl Iterator<Item = &'s Self>) -> u64
    where
        'a: 's,
    {
        let mut identities: Vec<_> = rows.map(Self::identity).collect();
        identities.sort_unstable();
        identities.dedup();
        identities.len() as u64
    }

    /// The patch as the report names it.
    pub(super) fn to_patch_ref(&self) -> PatchRef {
        PatchRef {
            kb_id: self.patch.kb_id.clone(),
            title: self.patch.title.clone(),
            state: self.patch.state.as_str().into(),
            severity: self.severity,
            cves: self.patch.cves.iter().map(Box::from).collect(),
        }
    }
}

/// How many patches of one kind count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CountRange {
    /// At least.
    pub min: u64,
    /// At most; `None` if they were not counted.
    pub max: Option<u64>,
    /// Counted, but not among the rows read.
    pub unlisted: u64,
    pub waived: u64,
    /// Less severe than the least severity.
    pub below_min_severity: u64,
}

impl CountRange {
    /// "2 missing (beside 3 waived, 1 less severe)"
    pub(super) fn describe(&self, of: PatchKind, n: u64) -> String {
        let mut beside = Vec::new();
        for (n, what) in [
            (self.waived, "waived"),
            (self.below_min_severity, "less severe"),
        ] {
            if n > 0 {
                beside.push(format!("{n} {what}"));
            }
        }
        let text = of.describe_count(n);
        if beside.is_empty() {
            text
        } else {
            format!("{text} (beside {})", beside.join(", "))
        }
    }
}
