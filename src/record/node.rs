//! Nodes and their locations, what else is known of them, and how they were found.

use std::fmt;
use std::sync::Arc;

use crate::record::{AssociationScan, Cause, InfoField, NoDataCause, NodeInfo};

/// Where nodes live: one account in one region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountRegion {
    /// The region's code, such as `eu-west-1`; empty for a node that was asked
    /// for in several and is in none of them.
    pub region: Arc<str>,
    /// The account's id, where the credentials tell it.
    pub account: Option<Arc<str>>,
    /// The account's name, where AWS Organizations tells it.
    pub account_name: Option<Arc<str>>,
}

/// One managed node that was asked for: `i-...` (EC2) or `mi-...` (hybrid).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The id as it was typed.
    pub id: Arc<str>,
    /// The account and region it was looked for in.
    pub location: Arc<AccountRegion>,
    /// How it came into the answer.
    pub origin: NodeOrigin,
    /// What else is known of it, if that was fetched.
    pub info: Option<Arc<NodeInfo>>,
    /// Why it has no patch data, if it has none.
    pub no_data: NoDataCause,
    /// What an association reported of it, if that was fetched.
    pub association: Option<Arc<AssociationScan>>,
}

impl Node {
    /// A node whose id was given.
    #[must_use]
    pub fn requested(id: &str, place: &Arc<AccountRegion>) -> Self {
        Self {
            id: id.into(),
            location: place.clone(),
            origin: NodeOrigin::Requested,
            info: None,
            no_data: NoDataCause::Unknown,
            association: None,
        }
    }
}

/// How a node came into the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeOrigin {
    /// Its id was given.
    Requested,
    /// Systems Manager lists it as managed, or has a patch record of it.
    Managed,
    /// EC2 says that it is stopped. Systems Manager leaves stopped nodes out of
    /// its list, so only a patch record tells that it is managed at all.
    Stopped,
    /// EC2 says that it is running, and Systems Manager does not list it.
    Unmanaged,
}

/// Platforms that Systems Manager manages and Patch Manager cannot patch. Source: Systems
/// Manager user guide, "Patch Manager operating systems".
const UNSUPPORTED_PLATFORMS: [&str; 1] = ["Bottlerocket"];

impl NodeOrigin {
    /// Why a node that came into the answer so, and of which this is known, has no patch
    /// data, if it has none.
    #[must_use]
    pub fn no_data_cause(self, info: Option<&NodeInfo>) -> NoDataCause {
        let platform = info.and_then(|info| info.get(InfoField::PlatformName));
        let is_unsupported = |name: &&str| {
            let start = platform.and_then(|platform| platform.get(..name.len()));
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        let ping = info.and_then(|info| info.get(InfoField::PingStatus));
        match (self, ping) {
            (Self::Unmanaged, _) => NoDataCause::NotManaged,
            _ if UNSUPPORTED_PLATFORMS.iter().any(is_unsupported) => {
                NoDataCause::UnsupportedPlatform
            }
            (Self::Stopped, _) | (_, Some("Stopped")) => NoDataCause::Stopped,
            (_, Some("Online")) => NoDataCause::Online,
            (_, Some("ConnectionLost" | "Inactive")) => NoDataCause::Offline,
            (Self::Managed, _) => NoDataCause::Managed,
            (Self::Requested, _) => NoDataCause::Unknown,
        }
    }
}

/// The tags that put a node into a patch group. Source: Systems Manager user
/// guide, "Patch groups".
pub const PATCH_GROUP_TAGS: [&str; 2] = ["Patch Group", "PatchGroup"];

/// What is wanted of nodes beyond their patch records; more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InfoLevel {
    /// What Systems Manager knows of a managed node.
    Basic,
    /// That, and the EC2 tag `Name`.
    Names,
    /// All tags.
    Tags,
}

/// A node, or a whole region, account or profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Node(Node),
    Scope(Scope),
}

/// An account, region or profile whose nodes may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    pub region: Option<Arc<str>>,
    pub account: Option<Arc<str>>,
    /// The account's name, where AWS Organizations tells it.
    pub account_name: Option<Arc<str>>,
    pub profile: Option<Arc<str>>,
}

impl Scope {
    /// One account in one region.
    #[must_use]
    pub fn of(location: &AccountRegion) -> Self {
        Self {
            region: Some(location.region.clone()),
            account: location.account.clone(),
            account_name: location.account_name.clone(),
            profile: None,
        }
    }

    /// Why a node that was found nowhere else may be here: this could not be read, for
    /// that cause.
    #[must_use]
    pub fn may_have_node(&self, cause: &Cause) -> Cause {
        Cause {
            code: cause.code.clone(),
            text: format!(
                "found nowhere else, and {self} could not be read: {}",
                cause.text
            )
            .into(),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.profile.as_ref().map(|name| format!("profile {name}")),
            self.account.as_ref().map(|id| match &self.account_name {
                Some(name) => format!("account {id} ({name})"),
                None => format!("account {id}"),
            }),
            self.region.as_ref().map(ToString::to_string),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            return f.write_str("the caller's account");
        }
        f.write_str(&parts.join(", "))
    }
}

impl Subject {
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        match self {
            Self::Node(node) => Some(node),
            Self::Scope(_) => None,
        }
    }

    #[must_use]
    pub fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Node(_) => None,
            Self::Scope(scope) => Some(scope),
        }
    }

    /// The profile, where it is one whose account is not known.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.scope()?.profile.as_deref()
    }

    /// The node's id, where it is one node.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.node().map(|node| &*node.id)
    }

    #[must_use]
    pub fn region(&self) -> Option<&str> {
        match self {
            Self::Node(node) => Some(&node.location.region)
                .filter(|region| !region.is_empty())
                .map(|region| &**region),
            Self::Scope(scope) => scope.region.as_deref(),
        }
    }

    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Node(node) => node.location.account.as_deref(),
            Self::Scope(scope) => scope.account.as_deref(),
        }
    }

    /// The account's name, where AWS Organizations tells it.
    #[must_use]
    pub fn account_name(&self) -> Option<&str> {
        match self {
            Self::Node(node) => node.location.account_name.as_deref(),
            Self::Scope(scope) => scope.account_name.as_deref(),
        }
    }

    /// What else is known of the node.
    #[must_use]
    pub fn info(&self) -> Option<&NodeInfo> {
        self.node()?.info.as_deref()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => f.write_str(&node.id),
            Self::Scope(scope) => scope.fmt(f),
        }
    }
}

/// A node that could not be read, in whole or in part, or a region or account
/// whose nodes are not even known. Failure is data: it travels with what was
/// read into every format and changes the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub subject: Subject,
    pub cause: Cause,
}

/// How nodes were found where none, or not all, were named.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiscoveryReport {
    /// The calls that nodes were found by, as an IAM policy names them.
    pub calls: Vec<String>,
    /// What this way cannot see, a line for each reason.
    pub limitations: Vec<String>,
    /// Calls that failed and only add to the others, a line for each.
    pub tolerated_failures: Vec<String>,
    /// Is there something that it cannot see only because a call was refused or
    /// failed, rather than because no call reports it?
    pub has_failed_calls: bool,
    /// Did EC2 list the stopped instances?
    pub lists_stopped_instances: bool,
    /// Are there nodes of which no call tells whether they are asked for?
    pub has_undecided_nodes: bool,
    /// The places where it was this way.
    pub scopes: Vec<Scope>,
    /// Nodes that the exclusions of the selection leave out; `None` where it has none.
    pub excluded_nodes: Option<u64>,
    /// Stopped EC2 instances that have no patch record: not managed, or never scanned.
    pub stopped_without_record: u64,
    /// Running EC2 instances that Systems Manager does not manage; `None` where EC2 did
    /// not list them.
    pub unmanaged: Option<Vec<Node>>,
}

impl DiscoveryReport {
    /// May there be nodes that were not found, because a call was refused or
    /// failed, or left out, because no call tells their platform? Where EC2 was asked, all stopped instances are known, and only
    /// whether those without a record are managed is not.
    #[must_use]
    pub fn may_be_incomplete(&self) -> bool {
        self.has_undecided_nodes
            || self.has_failed_calls
                && (!self.lists_stopped_instances || self.stopped_without_record > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_the_one_that_is_known_and_no_other() {
        let info = |ping: &str, platform: &str| {
            NodeInfo::of([
                (InfoField::PingStatus, Some(ping)),
                (InfoField::PlatformName, Some(platform)),
            ])
        };
        for (origin, info, cause) in [
            (NodeOrigin::Requested, None, NoDataCause::Unknown),
            (
                NodeOrigin::Requested,
                Some(info("", "Ubuntu")),
                NoDataCause::Unknown,
            ),
            (
                NodeOrigin::Requested,
                Some(info("Online", "Ubuntu")),
                NoDataCause::Online,
            ),
            (NodeOrigin::Managed, None, NoDataCause::Managed),
            (
                NodeOrigin::Managed,
                Some(info("Resting", "Ubuntu")),
                NoDataCause::Managed,
            ),
            (
                NodeOrigin::Managed,
                Some(info("ConnectionLost", "Ubuntu")),
                NoDataCause::Offline,
            ),
            (
                NodeOrigin::Managed,
                Some(info("Stopped", "Ubuntu")),
                NoDataCause::Stopped,
            ),
            (
                NodeOrigin::Managed,
                Some(info("Online", "Bottlerocket OS")),
                NoDataCause::UnsupportedPlatform,
            ),
            (NodeOrigin::Stopped, None, NoDataCause::Stopped),
            (NodeOrigin::Unmanaged, None, NoDataCause::NotManaged),
        ] {
            assert_eq!(
                origin.no_data_cause(info.as_ref()),
                cause,
                "{origin:?} {info:?}"
            );
        }
    }
}
