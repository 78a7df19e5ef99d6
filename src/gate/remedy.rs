//! Remedies: what to do about a finding, in one line. Pure. A line is made to
//! be copied into a shell, so ids are the only foreign text in it.

use crate::gate::{PatchKind, Rule};
use crate::record::{BaselineComplianceStatus, NodeState};

/// `AWS-RunPatchBaseline` patches and scans. Source: AWS Systems Manager user
/// guide, "SSM Command document for patching".
fn patch_command(id: Option<&str>, parameters: &str) -> String {
    // Other characters of an id must not reach a shell.
    let is_plain =
        |id: &&str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let id = id.filter(is_plain).unwrap_or("i-...");
    format!(
        "aws ssm send-command --document-name AWS-RunPatchBaseline \
         --targets Key=InstanceIds,Values={id} --parameters {parameters}"
    )
}

/// Scans a node again.
pub(super) fn scan_command(id: Option<&str>) -> String {
    patch_command(id, "Operation=Scan")
}

fn install_remedy(id: Option<&str>) -> String {
    format!("install: {}", patch_command(id, "Operation=Install"))
}

/// The remedy for patches of these kinds.
pub(super) fn for_patches(kinds: &[PatchKind], id: Option<&str>) -> String {
    let has = |kind| kinds.contains(&kind);
    if has(PatchKind::Missing) {
        install_remedy(id)
    } else if has(PatchKind::Failed) {
        format!(
            "install again, and read why it fails in the command's output: {}",
            patch_command(id, "Operation=Install")
        )
    } else if has(PatchKind::PendingReboot) {
        format!("restart it, then scan: {}", scan_command(id))
    } else if has(PatchKind::Rejected) {
        format!(
            "uninstall them, or take them off the rejected patches of its baseline; then scan: {}",
            scan_command(id)
        )
    } else if has(PatchKind::Unapproved) {
        format!("approve them in its baseline, then {}", install_remedy(id))
    } else {
        format!("scan it again: {}", scan_command(id))
    }
}

/// The remedy for a node without data, which may have a record that is
/// insufficient for a verdict.
pub(super) fn for_no_data(state: Option<&NodeState>, id: Option<&str>) -> String {
    match state {
        None => format!(
            "check that it is managed (SSM agent, instance profile), then scan: {}",
            scan_command(id)
        ),
        Some(NodeState {
            baseline_status: Some(BaselineComplianceStatus::Unspecified),
            ..
        }) => "set in its baseline whether security updates count that are available and not \
               approved (update-patch-baseline --available-security-updates-compliance-status), \
               or install them"
            .to_owned(),
        Some(_) => format!("scan it again: {}", scan_command(id)),
    }
}

/// The remedy for a node that violates this rule for these kinds of patches.
pub(super) fn for_rule(rule: Rule, kinds: &[PatchKind], id: Option<&str>) -> String {
    match rule {
        Rule::NonCompliant => for_patches(kinds, id),
        Rule::Count(of, _) | Rule::SeverityAtLeast(of, _) => for_patches(&[of], id),
        Rule::PatchOlderThan(_) => install_remedy(id),
        Rule::Stale => format!(
            "check that its SSM agent is online, then scan: {}",
            scan_command(id)
        ),
        Rule::NoData => for_no_data(None, id),
        Rule::Unread => "fix the cause; patchctl doctor tries every call".to_owned(),
        Rule::CompliantShare(_) => {
            "patchctl states shows which nodes are not compliant, and why".to_owned()
        }
        Rule::BaselineDiffers => format!(
            "find what scans it with another baseline (a patch policy, a maintenance window), \
             then scan: {}",
            scan_command(id)
        ),
    }
}

/// The remedy for a rule whose outcome is unknown for a node.
pub(super) fn for_unknown(rule: Rule, id: Option<&str>) -> String {
    match rule {
        Rule::PatchOlderThan(_) => {
            "look up their release dates, or waive them by KB with an expiry date".to_owned()
        }
        Rule::BaselineDiffers => {
            // It returns the baselines' operating systems.
            "allow ssm:DescribePatchBaselines; if a baseline no longer exists, scan its nodes again"
                .to_owned()
        }
        _ => format!("scan it again: {}", scan_command(id)),
    }
}
