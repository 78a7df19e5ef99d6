//! How findings name patches and nodes, and the order they stand in.
//!
//! Pure. Knows the shapes of the report. Must not know rules.

use std::cmp::Reverse;

use crate::gate::outcome::Seen;
use crate::gate::waiver::Waiver;
use crate::gate::{Counted, Finding, Patched, Rule, Waived};
use crate::record::Subject;

/// More patches of one finding than this are counted, not named.
const MOST_NAMED: usize = 20;

/// The patches that a finding names, the worst first, and what to say where
/// those are not all.
pub fn patched(rows: &[&Seen<'_>]) -> (Vec<Patched>, String) {
    let mut rows = rows.to_vec();
    rows.sort_by(|one, other| {
        let key = |row: &Seen<'_>| {
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
    let more = if rows.len() > MOST_NAMED {
        format!("; {MOST_NAMED} of {} patches named", rows.len())
    } else {
        String::new()
    };
    let named = rows.into_iter().take(MOST_NAMED);
    (named.map(Seen::patched).collect(), more)
}

/// "2 missing, 1 failed"
pub fn told(rows: &[&Seen<'_>]) -> String {
    let parts = Counted::ALL.into_iter().filter_map(|of| {
        let rows = rows.iter().filter(|row| row.patch.state == of.state());
        let n = rows.count() as u64;
        (n > 0).then(|| of.told(n))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// A finding that is covered, and by what.
pub fn waived_by(
    waiver: &Waiver,
    rule: Rule,
    subject: Option<Subject>,
    detail: String,
    patches: Vec<Patched>,
) -> Waived {
    Waived {
        rule: rule.to_string(),
        subject,
        detail,
        patches,
        waiver: waiver.label.clone(),
        reason: waiver.reason.clone(),
        owner: waiver.owner.clone(),
        expires: waiver.expires.to_string(),
    }
}

/// Where a subject stands: the whole fleet first, then account by account,
/// region by region, each before its nodes.
fn place(subject: Option<&Subject>) -> impl Ord {
    let profile = match subject {
        Some(Subject::Scope(scope)) => scope.profile.as_deref().map(str::to_owned),
        Some(Subject::Node(_)) | None => None,
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    (
        subject.is_some(),
        owned(subject.and_then(Subject::account)),
        owned(subject.and_then(Subject::region)),
        owned(subject.and_then(Subject::id)),
        profile,
    )
}

/// Where a finding stands under its rule.
pub fn of_finding(finding: &Finding) -> impl Ord {
    (place(finding.subject.as_ref()), finding.detail.clone())
}

/// Where a waived finding stands among those of its rule.
pub fn of_waived(waived: &Waived) -> impl Ord {
    (
        place(waived.subject.as_ref()),
        waived.waiver.clone(),
        waived.detail.clone(),
    )
}
