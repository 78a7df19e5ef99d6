//! The head of a report: who asked for what, when and of whom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::compliance::due_date::Sla;
use crate::duration::MaxAge;
use crate::gate::ConfiguredKey;
use crate::record::Subject;
use crate::report::{Coverage, StateRow};

/// Whose clock tells the time of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// That of the machine that runs patchctl.
    Host,
    /// The fixed one of the demo.
    Demo,
}

impl Clock {
    /// The word of the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "Host",
            Self::Demo => "Demo",
        }
    }

    /// For people, after "by".
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Host => "the clock of the machine that ran patchctl",
            Self::Demo => "the fixed clock of the demo",
        }
    }
}

/// Who asked for what, when and of whom; the caller is in `Coverage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The time that ages and due dates are counted from.
    pub asked_at: Timestamp,
    pub clock: Clock,
    /// The version of patchctl.
    pub version: &'static str,
    /// As typed, with secrets masked.
    pub command_line: String,
    /// What was configured rather than typed.
    pub configured: Vec<ConfiguredKey>,
    pub max_age: MaxAge,
    pub sla: Sla,
    /// Why the run ended early, if it did.
    pub interruption: Option<String>,
    /// Those of the nodes, and those in which nodes were looked for or could not be read.
    pub accounts: Vec<AccountEvidence>,
    pub regions: Vec<Arc<str>>,
}

/// An account that was read, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEvidence {
    pub id: Arc<str>,
    pub name: Option<Arc<str>>,
}

impl Evidence {
    /// Adds the accounts and regions.
    pub(super) fn add_locations(&mut self, nodes: &[StateRow], coverage: &Coverage) {
        let mut accounts: BTreeMap<Arc<str>, Option<Arc<str>>> = BTreeMap::new();
        let mut regions: BTreeSet<Arc<str>> = BTreeSet::new();
        for row in nodes {
            if let Subject::Node(node) = &row.subject {
                if let Some(id) = coverage.account_of(&node.location) {
                    let name = accounts.entry(id.into()).or_default();
                    *name = name.take().or_else(|| node.location.account_name.clone());
                }
                regions.insert(node.location.region.clone());
            }
        }
        let of_unread = nodes.iter().filter_map(|row| row.subject.scope());
        let reports = coverage.discovery.iter();
        for scope in reports.flat_map(|report| &report.scopes).chain(of_unread) {
            if let Some(id) = &scope.account {
                accounts.entry(id.clone()).or_default();
            }
            regions.extend(scope.region.clone());
        }
        // A node that no region has.
        regions.remove("");
        let accounts = accounts.into_iter();
        self.accounts = accounts
            .map(|(id, name)| AccountEvidence { id, name })
            .collect();
        self.regions = regions.into_iter().collect();
    }
}
