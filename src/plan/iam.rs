//! The AWS calls that this program makes, their purposes, and the least IAM
//! policy for a plan. `iam-policy`, `doctor` and the documentation are
//! generated from this list, and a test compares it with the calls in
//! `source/`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::plan::fetch_plan::{FetchPlan, UnmanagedPlan};
use crate::record::InfoLevel;

/// Purposes of calls, as fine as flags distinguish them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Purpose {
    /// The patch states of nodes.
    States,
    /// The patches of nodes.
    Patches,
    /// The compliance status of baselines.
    Baselines,
    /// Which baselines are AWS's own, known by their ARN only.
    AwsBaselines,
    /// Release dates of patches.
    ReleaseDates,
    /// What associations reported of nodes without data.
    Associations,
    /// The nodes that Systems Manager lists.
    ManagedNodes,
    /// Stopped nodes, which that list does not contain.
    StoppedNodes,
    /// The same, if EC2 is denied.
    StoppedWithoutEc2,
    /// The nodes of a patch group.
    PatchGroups,
    /// Running instances that are not managed, where those calls do not list them.
    Unmanaged,
    /// The columns that Systems Manager fills.
    NodeInfo,
    /// Names and details of nodes that are found.
    Properties,
    /// The names of EC2 nodes.
    Names,
    /// Tags.
    Tags,
    /// Enabled regions.
    Regions,
    /// Accounts of the organization.
    Accounts,
    /// Accounts of organizational units that are skipped.
    SkippedUnits,
    /// Roles in other accounts.
    Roles,
    /// The caller's identity.
    Caller,
}

impl Purpose {
    /// The statement of the policy; `None` if IAM always allows the call.
    const fn sid(self) -> Option<&'static str> {
        match self {
            Self::States | Self::Patches => Some("PatchRecords"),
            Self::Baselines => Some("PatchBaselines"),
            Self::AwsBaselines => Some("BaselinesOfAws"),
            Self::ReleaseDates => Some("ReleaseDates"),
            Self::Associations => Some("AssociationScans"),
            Self::ManagedNodes
            | Self::StoppedNodes
            | Self::StoppedWithoutEc2
            | Self::PatchGroups
            | Self::Unmanaged => Some("FindNodes"),
            Self::NodeInfo | Self::Properties | Self::Names | Self::Tags => Some("NamesAndTags"),
            Self::Regions => Some("Regions"),
            Self::Accounts | Self::SkippedUnits => Some("Organization"),
            Self::Roles => Some("AssumeRole"),
            Self::Caller => None,
        }
    }
}

/// What a run needs access to.
#[derive(Debug)]
pub struct Access<'a> {
    /// What it may fetch: each of these.
    pub plans: &'a [FetchPlan],
    pub all_regions: bool,
    pub organization: OrganizationAccess,
    pub assumes_roles: bool,
    pub ec2: Ec2Access,
}

/// What is read of the caller's organization; more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrganizationAccess {
    None,
    Accounts,
    /// The accounts, and those of organizational units.
    Units,
}

/// Are calls to EC2 allowed?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ec2Access {
    Allowed,
    Denied,
    /// Not known: the calls for both are listed.
    Unknown,
}

impl<'a> Access<'a> {
    /// Every way in which these plans may be fetched.
    #[must_use]
    pub fn unlimited(plans: &'a [FetchPlan]) -> Self {
        Self {
            plans,
            all_regions: true,
            organization: OrganizationAccess::Units,
            assumes_roles: true,
            ec2: Ec2Access::Unknown,
        }
    }

    /// The actions that the run may call.
    #[must_use]
    pub fn actions(&self) -> BTreeSet<&'static str> {
        let purposes = self.purposes();
        let serves = |action: &&&Action| action.purposes.iter().any(|of| purposes.contains(of));
        ACTIONS
            .iter()
            .filter(serves)
            .map(|action| action.name)
            .collect()
    }

    fn purposes(&self) -> BTreeSet<Purpose> {
        let plans = self.plans.iter();
        let mut purposes: BTreeSet<Purpose> =
            plans.flat_map(|plan| self.purposes_of(plan)).collect();
        if self.ec2 == Ec2Access::Denied {
            for of in [
                Purpose::StoppedNodes,
                Purpose::Unmanaged,
                Purpose::Names,
                Purpose::Regions,
            ] {
                purposes.remove(&of);
            }
        }
        let optional = [
            (self.all_regions, Purpose::Regions),
            (
                self.organization >= OrganizationAccess::Accounts,
                Purpose::Accounts,
            ),
            (
                self.organization >= OrganizationAccess::Units,
                Purpose::SkippedUnits,
            ),
            (self.assumes_roles, Purpose::Roles),
        ];
        purposes.extend(optional.into_iter().filter_map(|(is, of)| is.then_some(of)));
        purposes
    }

    fn purposes_of(&self, plan: &FetchPlan) -> BTreeSet<Purpose> {
        let selector = &plan.selector;
        let by_group = !selector.patch_groups.is_empty();
        // The members of a group are listed with all other nodes only to
        // compare tags.
        let lists = selector.needs_discovery() && !(by_group && selector.tags.is_empty());
        let info_level = plan.node_info.max(selector.info_level());
        let has_info = |level| info_level >= Some(level);
        let all = [
            // The state of a node without patches shows whether it was ever
            // scanned.
            (true, Purpose::States),
            (plan.patches.is_some(), Purpose::Patches),
            (plan.has_verdicts(), Purpose::Baselines),
            (plan.has_verdicts(), Purpose::AwsBaselines),
            (plan.release_dates, Purpose::ReleaseDates),
            (plan.associations, Purpose::Associations),
            (by_group, Purpose::PatchGroups),
            (lists, Purpose::ManagedNodes),
            (lists, Purpose::StoppedNodes),
            (
                lists && self.ec2 != Ec2Access::Allowed && selector.tags.is_empty(),
                Purpose::StoppedWithoutEc2,
            ),
            (
                by_group && plan.unmanaged > UnmanagedPlan::IfListed,
                Purpose::Unmanaged,
            ),
            (has_info(InfoLevel::Basic), Purpose::NodeInfo),
            (
                selector.needs_discovery() && !by_group && plan.node_info >= Some(InfoLevel::Names),
                Purpose::Properties,
            ),
            (has_info(InfoLevel::Names), Purpose::Names),
            (has_info(InfoLevel::Tags), Purpose::Tags),
            (plan.caller, Purpose::Caller),
        ];
        all.into_iter()
            .filter_map(|(is, of)| is.then_some(of))
            .collect()
    }
}

/// One call and its purpose.
#[derive(Debug)]
pub struct Action {
    /// The name in a policy.
    pub name: &'static str,
    purposes: &'static [Purpose],
    /// Its purpose, in a few words.
    pub needed_for: &'static str,
    /// Required calls: without one of them a command fails; without the others,
    /// its output has gaps.
    pub is_required: bool,
}

macro_rules! actions {
    ($($name:ident $action:literal $need:ident [$($of:ident)*] $for:literal;)*) => {
        $(pub static $name: Action = Action {
            name: $action, purposes: &[$(Purpose::$of),*], needed_for: $for,
            is_required: actions!(@$need),
        };)*
        /// Every call that this program makes, those of one region first.
        pub static ACTIONS: &[&Action] = &[$(&$name),*];
    };
    (@required) => { true };
    (@optional) => { false };
}

actions! {
    STATES "ssm:DescribeInstancePatchStates" required [States] "states: the counters of a node";
    PATCHES "ssm:DescribeInstancePatches" required [Patches] "patches: the patches of a node";
    BASELINE "ssm:GetPatchBaseline" optional [Baselines] "verdicts of nodes with available security updates";
    BASELINES "ssm:DescribePatchBaselines" optional [AwsBaselines] "the same, with AWS's own baselines";
    AVAILABLE_PATCHES "ssm:DescribeAvailablePatches" optional [ReleaseDates] "release dates of patches";
    COMPLIANCE_ITEMS "ssm:ListComplianceItems" optional [Associations] "nodes without data: scans by an association of Quick Setup";
    INSTANCE_INFORMATION "ssm:DescribeInstanceInformation" optional [ManagedNodes PatchGroups NodeInfo Names Tags] "finding nodes; their platforms";
    INSTANCES "ec2:DescribeInstances" optional [StoppedNodes Unmanaged Names] "stopped nodes; unmanaged instances; names and tags";
    PROPERTIES "ssm:DescribeInstanceProperties" optional [Properties] "names and details of found nodes, 1,000 a call";
    INVENTORY "ssm:GetInventory" optional [StoppedNodes StoppedWithoutEc2] "stopped nodes never scanned";
    PATCH_GROUPS "ssm:DescribePatchGroups" optional [StoppedWithoutEc2] "stopped nodes, if EC2 is denied";
    GROUP_STATES "ssm:DescribeInstancePatchStatesForPatchGroup" optional [StoppedWithoutEc2 PatchGroups] "--patch-group";
    TAGS "ssm:ListTagsForResource" optional [Tags] "tags of hybrid nodes";
    REGIONS "ec2:DescribeRegions" optional [Regions] "--all-regions";
    ACCOUNTS "organizations:ListAccounts" optional [Accounts] "--organization";
    UNIT_ACCOUNTS "organizations:ListAccountsForParent" optional [SkippedUnits] "--skip-ou";
    UNITS "organizations:ListOrganizationalUnitsForParent" optional [SkippedUnits] "--skip-ou: units below others";
    ROOTS "organizations:ListRoots" optional [SkippedUnits] "--skip-ou: which units exist, if one does not";
    ASSUME_ROLE "sts:AssumeRole" required [Roles] "--organization, --account";
    CALLER_IDENTITY "sts:GetCallerIdentity" optional [Caller] "the caller's identity; always allowed";
}

/// The two resource types of nodes, EC2 and hybrid, without restriction.
const NODE_RESOURCES: [&str; 2] = ["ec2:*:*:instance/*", "ssm:*:*:managed-instance/*"];

/// Baselines of any account: AWS's own are in AWS accounts.
const BASELINE_RESOURCES: &str = "ssm:*:*:patchbaseline/*";

/// A policy, in IAM's JSON format.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    pub(super) statement: Vec<Statement>,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    pub sid: Cow<'static, str>,
    pub effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    pub action: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Principal {
    #[serde(rename = "AWS")]
    aws: String,
}

/// A key of the request, and its value.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) enum Condition {
    StringEquals(BTreeMap<&'static str, String>),
    StringLike(BTreeMap<&'static str, String>),
}

/// The role that is assumed in other accounts.
#[derive(Debug, Clone, Default)]
pub struct AssumedRole {
    pub name: String,
    /// The accounts it is in; empty stands for any.
    pub accounts: Vec<String>,
}

impl Policy {
    /// The least policy that a run needs. Statements are independent: without
    /// one of them the others still work.
    #[must_use]
    pub fn least(access: &Access<'_>, role: &AssumedRole, partition: &str) -> Self {
        Self::allowing(&access.purposes(), role, partition)
    }

    fn allowing(uses: &BTreeSet<Purpose>, role: &AssumedRole, partition: &str) -> Self {
        let arn = |rest: &str| format!("arn:{partition}:{rest}");
        let mut statement: Vec<Statement> = Vec::new();
        // In the order of the purposes, which is also that of the statements.
        for sid in uses.iter().filter_map(|of| of.sid()) {
            if statement.iter().any(|known| known.sid == sid) {
                continue;
            }
            let serves = |action: &&Action| {
                let mut of = action.purposes.iter();
                of.any(|of| uses.contains(of) && of.sid() == Some(sid))
            };
            let action = ACTIONS.iter().copied().filter(serves);
            statement.push(Statement {
                sid: Cow::Borrowed(sid),
                effect: "Allow",
                principal: None,
                action: action.map(|action| action.name).collect(),
                resource: match sid {
                    "PatchRecords" => NODE_RESOURCES.map(arn).to_vec(),
                    "PatchBaselines" => vec![arn(BASELINE_RESOURCES)],
                    "AssumeRole" if role.accounts.is_empty() => {
                        vec![arn(&format!("iam::*:role/{}", role.name))]
                    }
                    "AssumeRole" => {
                        let of = |id: &String| arn(&format!("iam::{id}:role/{}", role.name));
                        role.accounts.iter().map(of).collect()
                    }
                    _ => vec!["*".to_owned()],
                },
                condition: None,
            });
        }
        Self::new(statement)
    }

    /// The trust policy of a role: principals of one account may assume it if
    /// their own policies allow it, and if they give the external id, if there
    /// is one.
    #[must_use]
    pub fn trust_policy(account: &str, external_id: Option<&str>, partition: &str) -> Self {
        Self::new(vec![Statement {
            sid: Cow::Borrowed("AssumeRole"),
            effect: "Allow",
            principal: Some(Principal {
                aws: format!("arn:{partition}:iam::{account}:root"),
            }),
            action: vec![ASSUME_ROLE.name],
            resource: Vec::new(),
            condition: external_id.map(|id| {
                Condition::StringEquals(BTreeMap::from([("sts:ExternalId", id.to_owned())]))
            }),
        }])
    }

    fn new(statement: Vec<Statement>) -> Self {
        Self {
            version: "2012-10-17",
            statement,
        }
    }
}

/// The partition of regions with this name.
#[must_use]
pub fn partition_of_region(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("eusc-", "aws-eusc"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
    ];
    PARTITIONS
        .into_iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(uses: &[Purpose]) -> Policy {
        let role = AssumedRole {
            name: "reader".to_owned(),
            accounts: Vec::new(),
        };
        Policy::allowing(&uses.iter().copied().collect(), &role, "aws")
    }

    #[test]
    fn a_policy_contains_what_was_requested_and_no_more() {
        let states = policy(&[Purpose::States]);
        assert_eq!(states.statement.len(), 1);
        assert_eq!(states.statement[0].action, [STATES.name]);
        let caller = policy(&[Purpose::Caller]);
        assert!(caller.statement.is_empty(), "this call is always allowed");
    }

    #[test]
    fn reading_a_baseline_is_restricted_to_baselines_and_listing_them_is_not() {
        let role = AssumedRole::default();
        let uses = BTreeSet::from([Purpose::Baselines, Purpose::AwsBaselines]);
        let policy = Policy::allowing(&uses, &role, "aws-us-gov");
        let narrowed: Vec<(&str, &[String])> = policy
            .statement
            .iter()
            .map(|one| (one.action[0], &*one.resource))
            .collect();
        let arn = ["arn:aws-us-gov:ssm:*:*:patchbaseline/*".to_owned()];
        let all = ["*".to_owned()];
        assert_eq!(
            narrowed,
            [(BASELINE.name, &arn[..]), (BASELINES.name, &all)]
        );
    }

    #[test]
    fn every_statement_has_actions_and_is_independent_of_the_others() {
        let everything = FetchPlan::everything();
        let uses: Vec<Purpose> = Access::unlimited(&everything)
            .purposes()
            .into_iter()
            .collect();
        let all = policy(&uses);
        let sids: Vec<&str> = all.statement.iter().map(|one| &*one.sid).collect();
        assert_eq!(
            sids,
            [
                "PatchRecords",
                "PatchBaselines",
                "BaselinesOfAws",
                "ReleaseDates",
                "AssociationScans",
                "FindNodes",
                "NamesAndTags",
                "Regions",
                "Organization",
                "AssumeRole"
            ]
        );
        for statement in &all.statement {
            let uses: Vec<Purpose> = uses
                .iter()
                .copied()
                .filter(|of| of.sid() == Some(&*statement.sid))
                .collect();
            assert_eq!(policy(&uses).statement[0], *statement);
        }
    }

    #[test]
    fn every_action_except_the_always_allowed_one_is_in_the_largest_policy() {
        let named: BTreeSet<&str> = ACTIONS.iter().map(|action| action.name).collect();
        assert_eq!(named.len(), ACTIONS.len(), "each once");
        for action in ACTIONS {
            let policed = action.purposes.iter().any(|of| of.sid().is_some());
            assert_eq!(
                policed,
                action.name != CALLER_IDENTITY.name,
                "{}",
                action.name
            );
        }
    }

    #[test]
    fn arns_use_the_partition() {
        assert_eq!(partition_of_region("eu-west-1"), "aws");
        assert_eq!(partition_of_region("us-gov-west-1"), "aws-us-gov");
        assert_eq!(partition_of_region("us-isob-east-1"), "aws-iso-b");
        let trust = Policy::trust_policy("111122223333", Some("x"), "aws-cn");
        let json = serde_json::to_string(&trust).unwrap();
        assert!(json.contains(r#"{"AWS":"arn:aws-cn:iam::111122223333:root"}"#));
        assert!(json.contains(r#""Condition":{"StringEquals":{"sts:ExternalId":"x"}}"#));
        assert!(
            !json.contains("Resource"),
            "a trust policy has none: {json}"
        );
    }
}
