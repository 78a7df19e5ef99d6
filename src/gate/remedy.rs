//! Remedies: what to do about findings. Pure. A line is made to be copied into a shell, so
//! ids and regions are the only foreign text in it.

use std::borrow::Cow;

use crate::gate::{PatchKind, Rule};
use crate::record::{BaselineComplianceStatus, NoDataCause, NodeState, Subject};

/// The values that one target of SendCommand takes. Source: AWS Systems Manager API,
/// Target, Values.
const MAX_TARGETS: usize = 50;

/// What to do about a finding: advice, and a command of the AWS CLI that does it, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remedy {
    pub advice: Cow<'static, str>,
    pub operation: Option<PatchOperation>,
}

/// How an EC2 instance becomes a managed node. Source: Systems Manager user guide,
/// "Configure instance permissions required for Systems Manager".
const MANAGE_IT: &str = "let Systems Manager manage it (SSM agent, instance profile with \
    AmazonSSMManagedInstanceCore, network)";

/// What `AWS-RunPatchBaseline` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchOperation {
    Scan,
    Install,
}

impl Remedy {
    const fn advice(advice: &'static str) -> Self {
        Self {
            advice: Cow::Borrowed(advice),
            operation: None,
        }
    }

    const fn scan(advice: &'static str) -> Self {
        Self {
            advice: Cow::Borrowed(advice),
            operation: Some(PatchOperation::Scan),
        }
    }

    const fn install(advice: &'static str) -> Self {
        Self {
            advice: Cow::Borrowed(advice),
            operation: Some(PatchOperation::Install),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.advice.is_empty() && self.operation.is_none()
    }

    /// In a line for each command, which names as many of the subjects as one can. These
    /// are of one account and region.
    #[must_use]
    pub fn to_lines(&self, subjects: &[&Subject]) -> Vec<String> {
        let Some(operation) = self.operation else {
            return vec![self.advice.to_string()];
        };
        // Other characters must not reach a shell.
        let is_plain = |text: &&str| {
            let is_of_id = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            !text.is_empty() && text.bytes().all(is_of_id)
        };
        let region = subjects.iter().find_map(|subject| subject.region());
        let region = region.filter(is_plain);
        let region = region.map_or(String::new(), |region| format!(" --region {region}"));
        let ids = subjects.iter().filter_map(|subject| subject.id());
        let mut ids: Vec<&str> = ids.filter(is_plain).collect();
        if ids.is_empty() {
            ids.push("i-...");
        }
        let parameters = match operation {
            PatchOperation::Scan => "Operation=Scan",
            PatchOperation::Install => "Operation=Install,RebootOption=RebootIfNeeded",
        };
        let lines = ids.chunks(MAX_TARGETS).map(|ids| {
            // `AWS-RunPatchBaseline` patches and scans. Source: AWS Systems Manager user
            // guide, "SSM Command document for patching".
            format!(
                "{}: aws ssm send-command{region} --document-name AWS-RunPatchBaseline \
                 --targets Key=InstanceIds,Values={} --parameters {parameters}",
                self.advice,
                ids.join(",")
            )
        });
        lines.collect()
    }
}

/// Before a command that installs. Source: AWS Systems Manager user guide,
/// "RebootOption".
const INSTALL: &str = "install, which may reboot (RebootOption=NoReboot does not)";
const SCAN: &str = "scan again";

/// The remedy for patches of these kinds.
pub(super) fn for_patches(kinds: &[PatchKind]) -> Remedy {
    let has = |kind| kinds.contains(&kind);
    if has(PatchKind::Missing) {
        Remedy::install(INSTALL)
    } else if has(PatchKind::Failed) {
        Remedy::install(
            "install again, which may reboot (RebootOption=NoReboot does not), and read why it \
             fails in the command's output",
        )
    } else if has(PatchKind::PendingReboot) {
        Remedy::scan("reboot, then scan")
    } else if has(PatchKind::Rejected) {
        Remedy::scan(
            "uninstall them, or take them off the rejected patches of the baseline; then scan",
        )
    } else if has(PatchKind::Unapproved) {
        Remedy::install(
            "approve them in the baseline, then install, which may reboot \
             (RebootOption=NoReboot does not)",
        )
    } else {
        Remedy::scan(SCAN)
    }
}

/// The remedy for a node without data, which may have a record that is
/// insufficient for a verdict.
pub(super) fn for_no_data(state: Option<&NodeState>, cause: NoDataCause) -> Remedy {
    match state {
        None => match cause {
            NoDataCause::Unknown => {
                Remedy::scan("check that it is managed (SSM agent, instance profile), then scan")
            }
            NoDataCause::Managed
            | NoDataCause::Online
            | NoDataCause::IncompleteRecord
            | NoDataCause::AssociationScan => Remedy::scan("scan it"),
            NoDataCause::Offline => {
                Remedy::scan("check that the SSM agent runs and is connected, then scan")
            }
            NoDataCause::Stopped => Remedy::scan("start it, then scan"),
            NoDataCause::UnsupportedPlatform => {
                Remedy::advice("update it by its platform's own means, and waive it or exclude it")
            }
            NoDataCause::NotManaged => Remedy::advice(MANAGE_IT),
        },
        Some(NodeState {
            baseline_status: Some(BaselineComplianceStatus::Unspecified),
            ..
        }) => Remedy::advice(
            "set in its baseline whether security updates count that are available and not \
             approved (update-patch-baseline --available-security-updates-compliance-status), \
             or install them",
        ),
        Some(_) => Remedy::scan(SCAN),
    }
}

/// The remedy for a node that violates this rule for these kinds of patches.
pub(super) fn for_rule(rule: Rule, kinds: &[PatchKind]) -> Remedy {
    match rule {
        Rule::NonCompliant | Rule::Overdue(_) | Rule::DueWithin(_) => for_patches(kinds),
        Rule::Count(of, _) | Rule::Patch(of, _) => for_patches(&[of]),
        Rule::Stale => Remedy::scan("check that the SSM agent is online, then scan"),
        Rule::NoData => for_no_data(None, NoDataCause::Unknown),
        Rule::Unmanaged => Remedy::advice(MANAGE_IT),
        Rule::Unread => Remedy::advice("fix the cause; patchctl doctor tries every call"),
        Rule::CompliantShare(_) => {
            Remedy::advice("patchctl states shows which nodes are not compliant, and why")
        }
        Rule::BaselineDiffers => Remedy::scan(
            "find what scans with another baseline (a patch policy, a maintenance window), then \
             scan",
        ),
    }
}

/// The remedy for a rule whose outcome is unknown for a node.
pub(super) fn for_unknown(rule: Rule) -> Remedy {
    match rule {
        rule if rule.is_about_ages() => Remedy::advice(
            "look up the release dates, waive the patches by KB with an expiry date, or choose \
             what an unknown age means (--unknown-age)",
        ),
        // It returns the baselines' operating systems.
        Rule::BaselineDiffers => Remedy::advice(
            "allow ssm:DescribePatchBaselines; if a baseline no longer exists, scan its nodes \
             again",
        ),
        Rule::Unmanaged => {
            Remedy::advice("allow ec2:DescribeInstances and ssm:DescribeInstanceInformation")
        }
        _ => Remedy::scan(SCAN),
    }
}
