//! The rows of `summary`: nodes that have something in common, added up.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::compliance::verdict::Verdict;
use crate::record::{Count, Moment, NodeState, Subject};
use crate::report::StateRow;

/// What the nodes of a group have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// This value; empty where it is known to be empty, as a tag's can be.
    Named(Box<str>),
    /// Known to have none: no patch group, no such tag.
    None,
    /// Not known.
    Unknown,
    /// Regions, accounts and profiles that could not be read and are in no other group:
    /// their nodes are not known.
    Unread,
    /// More groups, added up.
    Rest(u64),
    /// All of them.
    #[default]
    Total,
}

impl GroupKey {
    /// The value, where there is one.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Named(value) => Some(value),
            _ => None,
        }
    }

    /// The word that distinguishes a value from the lack of one.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Named(_) => "NAMED",
            Self::None => "NONE",
            Self::Unknown => "UNKNOWN",
            Self::Unread => "UNREAD",
            Self::Rest(_) => "REST",
            Self::Total => "TOTAL",
        }
    }

    /// The text of the column. What is not a value stands in brackets, and a value that
    /// looks like that, or is blank, in quotes.
    #[must_use]
    pub fn label(&self) -> Cow<'_, str> {
        match self {
            Self::Named(value) => {
                let odd =
                    value.is_empty() || value.trim() != &**value || value.starts_with(['(', '"']);
                if odd {
                    Cow::Owned(format!("\"{value}\""))
                } else {
                    Cow::Borrowed(value)
                }
            }
            Self::None => "(none)".into(),
            Self::Unknown => "(unknown)".into(),
            Self::Unread => "(unread)".into(),
            Self::Rest(1) => "(1 more group)".into(),
            Self::Rest(n) => format!("({n} more groups)").into(),
            Self::Total => "(all)".into(),
        }
    }
}

/// A counter of the service, added up over nodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CounterSum {
    total: u64,
    /// Nodes that reported it.
    pub reported: u64,
    /// Nodes with a record that does not report it.
    pub unreported: u64,
}

impl CounterSum {
    fn add_count(&mut self, count: Count) {
        match count {
            Some(n) => {
                self.total = self.total.saturating_add(n);
                self.reported += 1;
            }
            None => self.unreported += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.total = self.total.saturating_add(other.total);
        self.reported += other.reported;
        self.unreported += other.unreported;
    }

    /// The sum of what was reported; `None` where no node did, which is no zero.
    #[must_use]
    pub fn value(self) -> Count {
        (self.reported > 0).then_some(self.total)
    }
}

/// Nodes that have something in common. `nodes` is always `compliant +
/// non_compliant + stale + no_data + unread`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeGroup {
    /// What nodes are grouped by, as it is typed.
    pub grouping_name: Arc<str>,
    pub key: GroupKey,
    /// The value of the second grouping, where nodes are grouped by two.
    pub second_key: Option<GroupKey>,
    pub nodes: u64,
    pub compliant: u64,
    pub non_compliant: u64,
    /// Nodes whose verdict is STALE: compliant when last scanned, which is too
    /// long ago.
    pub stale: u64,
    pub no_data: u64,
    pub unread: u64,
    /// Regions, accounts and profiles that could not be read; no nodes.
    pub unread_scopes: u64,
    /// Nodes of another verdict whose last scan is too old as well.
    pub also_stale: u64,
    /// Nodes that lack a patch.
    pub missing_nodes: u64,
    /// Nodes with a reboot pending.
    pub reboot_nodes: u64,
    pub missing: CounterSum,
    pub failed: CounterSum,
    pub rejected: CounterSum,
    pub pending_reboot: CounterSum,
    /// Security updates that are available and not approved.
    pub unapproved: CounterSum,
    /// The last scan of the node whose last scan is the oldest.
    pub oldest_scan: Moment,
    /// How old that is in seconds; `None` too where all are dated in the future.
    pub oldest_age: Option<u64>,
    /// Nodes whose record has no time of a scan.
    pub undated: u64,
}

impl NodeGroup {
    /// A group that has no nodes yet.
    #[must_use]
    pub fn new(by: &Arc<str>, key: GroupKey) -> Self {
        Self {
            grouping_name: by.clone(),
            key,
            ..Self::default()
        }
    }

    /// One more node, or one more place that could not be read.
    pub fn add_row(&mut self, row: &StateRow) {
        if matches!(row.subject, Subject::Scope(_)) {
            self.unread_scopes += 1;
            return;
        }
        self.nodes += 1;
        let judged = &row.judgement;
        match judged.verdict {
            Verdict::Compliant => self.compliant += 1,
            Verdict::NonCompliant => self.non_compliant += 1,
            Verdict::Stale => self.stale += 1,
            Verdict::NoData => self.no_data += 1,
            Verdict::Unread => self.unread += 1,
        }
        self.also_stale += u64::from(judged.is_stale && judged.verdict != Verdict::Stale);
        if let Some(state) = row.state() {
            self.add_state(state, judged.scan_age);
        }
    }

    fn add_state(&mut self, state: &NodeState, age: Option<u64>) {
        self.missing.add_count(state.missing);
        self.failed.add_count(state.failed);
        self.rejected.add_count(state.installed_rejected);
        self.pending_reboot
            .add_count(state.installed_pending_reboot);
        self.unapproved.add_count(state.available_security_update);
        self.missing_nodes += u64::from(state.missing.is_some_and(|n| n > 0));
        self.reboot_nodes += u64::from(state.is_reboot_pending() == Some(true));
        let scan = state.last_scan_time();
        self.undated += u64::from(scan.is_none());
        self.oldest_scan = earlier(self.oldest_scan, scan);
        self.oldest_age = self.oldest_age.max(age);
    }

    /// The nodes of another group, too.
    pub fn merge(&mut self, other: &Self) {
        self.nodes += other.nodes;
        self.compliant += other.compliant;
        self.non_compliant += other.non_compliant;
        self.stale += other.stale;
        self.no_data += other.no_data;
        self.unread += other.unread;
        self.unread_scopes += other.unread_scopes;
        self.also_stale += other.also_stale;
        self.missing_nodes += other.missing_nodes;
        self.reboot_nodes += other.reboot_nodes;
        self.missing.add(other.missing);
        self.failed.add(other.failed);
        self.rejected.add(other.rejected);
        self.pending_reboot.add(other.pending_reboot);
        self.unapproved.add(other.unapproved);
        self.oldest_scan = earlier(self.oldest_scan, other.oldest_scan);
        self.oldest_age = self.oldest_age.max(other.oldest_age);
        self.undated += other.undated;
    }

    /// The share of compliant nodes among all of them, also those that nothing
    /// is known of, in tenths of a percent; `None` where there are no nodes.
    /// Rounded down: all but one of many are not 100 %.
    #[must_use]
    pub fn compliant_tenths(&self) -> Option<u32> {
        let tenths = (u128::from(self.compliant) * 1000).checked_div(self.nodes.into())?;
        u32::try_from(tenths).ok()
    }

    /// The nodes by what is known of them: compliant, stale, not known (without
    /// data or unread), non-compliant.
    #[must_use]
    pub const fn status_counts(&self) -> [u64; 4] {
        [
            self.compliant,
            self.stale,
            self.no_data + self.unread,
            self.non_compliant,
        ]
    }

    /// The worst first: places that could not be read, then the least share of
    /// compliant nodes; of like shares where more nodes are not compliant; then
    /// by name.
    #[must_use]
    pub fn cmp_worst_first(&self, other: &Self) -> Ordering {
        let cross =
            |left: &Self, right: &Self| u128::from(left.compliant) * u128::from(right.nodes);
        let due = |group: &Self| group.nodes - group.compliant;
        (self.nodes > 0)
            .cmp(&(other.nodes > 0))
            .then_with(|| cross(self, other).cmp(&cross(other, self)))
            .then_with(|| due(other).cmp(&due(self)))
            .then_with(|| self.key.cmp(&other.key))
            .then_with(|| self.second_key.cmp(&other.second_key))
    }
}

/// The earlier one of those that are known.
fn earlier(left: Moment, right: Moment) -> Moment {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    }
}
