//! What one node comes to under a rule: an answer, and the patches behind it.
//!
//! Pure. Knows plain values. Must not know how they are arrived at.

use std::sync::Arc;

use crate::compliance::severity::Severity;
use crate::gate::waiver::Waiver;
use crate::gate::{PatchKind, PatchRef};
use crate::record::Patch;

/// What a rule says of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleOutcome {
    Pass,
    /// It may break the rule: why that cannot be told.
    Unknown(String),
    /// It breaks the rule: what is wrong.
    Fail(String),
}

/// Do waivers hold, or is it asked what would be without them?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverMode {
    Apply,
    Ignore,
}

/// One patch of the node that was read.
pub struct CandidatePatch<'a> {
    pub patch: &'a Patch,
    pub severity: Severity,
    pub waiver: Option<Arc<Waiver>>,
}

impl<'a> CandidatePatch<'a> {
    /// What patch it is, on one node: the best key there is.
    pub fn identity(&self) -> (Option<&'a str>, Option<&'a str>) {
        (self.patch.kb_id.as_deref(), self.patch.title.as_deref())
    }

    /// How many patches these rows are: one that stands twice is one.
    pub fn count_distinct<'s>(rows: impl Iterator<Item = &'s Self>) -> u64
    where
        'a: 's,
    {
        let mut identities: Vec<_> = rows.map(Self::identity).collect();
        identities.sort_unstable();
        identities.dedup();
        identities.len() as u64
    }

    /// As the report names it.
    pub fn to_patch_ref(&self) -> PatchRef {
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
pub struct CountRange {
    /// For certain.
    pub min: u64,
    /// At most; `None`: nobody counted them.
    pub max: Option<u64>,
    /// Counted and not among the rows read.
    pub unlisted: u64,
    pub waived: u64,
    /// Less severe than what counts.
    pub below_min_severity: u64,
}

impl CountRange {
    /// "2 missing (beside 3 waived, 1 less severe)"
    pub fn describe(&self, of: PatchKind, n: u64) -> String {
        let mut beside = Vec::new();
        for (n, what) in [
            (self.waived, "waived"),
            (self.below_min_severity, "less severe"),
        ] {
            if n > 0 {
                beside.push(format!("{n} {what}"));
            }
        }
        let told = of.describe_count(n);
        if beside.is_empty() {
            told
        } else {
            format!("{told} (beside {})", beside.join(", "))
        }
    }
}
