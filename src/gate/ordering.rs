//! How findings name patches and nodes, and the order of findings.

use std::cmp::Reverse;

use crate::gate::outcome::CandidatePatch;
use crate::gate::{Finding, PatchKind, PatchRef, WaivedFinding};
use crate::record::Subject;

/// A finding names at most so many patches; the others are counted.
const MAX_NAMED_PATCHES: usize = 20;

/// The patches that a finding names, the most severe first, and a note if those
/// are not all.
pub(super) fn patch_refs(rows: &[&CandidatePatch<'_>]) -> (Vec<PatchRef>, String) {
    let mut rows = rows.to_vec();
    rows.sort_by(|one, other| {
        let key = |row: &CandidatePatch<'_>| {
            let patch = row.patch;
            (
                Reverse(row.severity),
                patch.state.clone(),
                patch.kb_id.clone(),
                patch.title.clone(),
                patch.cves.joined().map(str::to_owned),
            )
        };
        key(one).cmp(&key(other))
    });
    let more = if rows.len() > MAX_NAMED_PATCHES {
        format!("; {MAX_NAMED_PATCHES} of {} patches named", rows.len())
    } else {
        String::new()
    };
    let named = rows.into_iter().take(MAX_NAMED_PATCHES);
    (named.map(CandidatePatch::to_patch_ref).collect(), more)
}

/// "2 missing, 1 failed"
pub(super) fn describe_patches(rows: &[&CandidatePatch<'_>]) -> String {
    let parts = PatchKind::ALL.into_iter().filter_map(|of| {
        let rows = rows.iter().filter(|row| row.patch.state == of.state());
        let n = rows.count() as u64;
        (n > 0).then(|| of.describe_count(n))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The order of subjects: the whole fleet first, then account by account,
/// region by region, each before its nodes.
fn subject_sort_key(subject: Option<&Subject>) -> impl Ord {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    (
        subject.is_some(),
        owned(subject.and_then(Subject::account)),
        owned(subject.and_then(Subject::region)),
        owned(subject.and_then(Subject::id)),
        owned(subject.and_then(Subject::profile)),
    )
}

/// The order of findings under their rule.
pub(super) fn finding_sort_key(finding: &Finding) -> impl Ord {
    (
        subject_sort_key(finding.subject.as_ref()),
        finding.detail.clone(),
    )
}

/// The order of waived findings among those of their rule.
pub(super) fn waived_sort_key(waived: &WaivedFinding) -> impl Ord {
    (
        subject_sort_key(waived.subject.as_ref()),
        waived.waiver.label.clone(),
        waived.detail.clone(),
    )
}
