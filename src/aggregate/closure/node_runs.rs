//! What each run covers, and what runs say of one node.

use std::sync::Arc;

use crate::aggregate::history::RunTime;
use crate::compliance::verdict::Verdict;
use crate::record::{AccountRegion, Cause, NoDataCause, Node, NodeOrigin, Scope};

/// The code of what a run was not asked for: that is no failure of it.
const NOT_COLLECTED: &str = "NotCollected";

/// A run, and what it covers.
#[derive(Debug)]
pub(super) struct Run {
    pub time: RunTime,
    /// Does it list every node of its locations?
    pub is_complete: bool,
    pub locations: Vec<Arc<AccountRegion>>,
    pub unread: Vec<(Scope, Cause)>,
}

/// What runs say of one node.
#[derive(Debug)]
pub(super) struct NodeRuns {
    pub node: Node,
    /// The last run that read it to the end.
    pub answered: Option<usize>,
    /// How many did.
    pub answers: u64,
    /// The last run that could not, and why.
    pub failed: Option<(usize, Failure)>,
    /// Of a node that a line names alone.
    pub snapshots: Vec<(usize, Verdict, String)>,
}

#[derive(Debug)]
pub(super) struct Failure {
    /// Is the node unknown to the run, as far as it tells?
    pub is_absent: bool,
    pub text: String,
}

impl NodeRuns {
    pub(super) fn new(node: &Node) -> Self {
        Self {
            node: node.clone(),
            answered: None,
            answers: 0,
            failed: None,
            snapshots: Vec::new(),
        }
    }

    pub(super) fn fail(&mut self, at: usize, node: &Node, cause: Option<&Cause>, reasons: &str) {
        let is_absent = cause.is_none()
            && node.origin == NodeOrigin::Requested
            && node.no_data == NoDataCause::Unknown;
        let text = match cause {
            Some(cause) => cause.text.to_string(),
            None => reasons.to_owned(),
        };
        self.failed = Some((at, Failure { is_absent, text }));
    }
}

impl Run {
    pub(super) fn has_location(&self, location: &AccountRegion) -> bool {
        self.locations.iter().any(|of| {
            let accounts = (&of.account, &location.account);
            of.region == location.region
                && !matches!(accounts, (Some(one), Some(other)) if one != other)
        })
    }

    /// What the run could not read that may hold the location.
    pub(super) fn unread_of(&self, location: &AccountRegion) -> Option<&(Scope, Cause)> {
        let fits = |of: &Option<Arc<str>>, value: Option<&Arc<str>>| {
            of.as_ref()
                .is_none_or(|of| value.is_none_or(|value| value == of))
        };
        self.unread.iter().find(|(scope, _)| {
            fits(&scope.region, Some(&location.region))
                && fits(&scope.account, location.account.as_ref())
        })
    }
}

pub(super) fn is_uncollected(cause: &Cause) -> bool {
    &*cause.code == NOT_COLLECTED
}
