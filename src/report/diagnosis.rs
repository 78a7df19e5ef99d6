//! What stands around the rows of `doctor`: who was asking, what is missing, and
//! the counts.
//!
//! Knows what it is made of and how the calls add up. Must not know formats.

use std::sync::Arc;

use crate::plan::iam;
use crate::record::{CallCheck, CallStatus, Caller};

/// What all the calls that were tried come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// One for each place that was asked, in their order.
    pub callers: Vec<Caller>,
    /// One for each account that denied something.
    pub missing_actions: Vec<MissingActions>,
    pub counts: DoctorCounts,
    /// Is a command kept from its answer somewhere?
    pub has_blocking_failure: bool,
}

/// What a policy in one account lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingActions {
    pub account: Option<Arc<str>>,
    /// As a policy names them, in the order of the rows.
    pub actions: Vec<&'static str>,
}

/// How many calls went how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DoctorCounts {
    pub ok: u64,
    pub denied: u64,
    pub failed: u64,
    pub unread: u64,
}

impl Diagnosis {
    /// One more row.
    pub fn add_check(&mut self, checked: &CallCheck) {
        let counts = &mut self.counts;
        match checked.status {
            CallStatus::Ok => counts.ok += 1,
            CallStatus::Denied => counts.denied += 1,
            CallStatus::Failed => counts.failed += 1,
            CallStatus::Unread => counts.unread += 1,
        }
        self.has_blocking_failure |= checked.is_blocking;
        if let (CallStatus::Denied, Some(action)) = (checked.status, checked.action) {
            self.add_missing_action(checked.scope.account.as_ref(), action);
        }
    }

    fn add_missing_action(&mut self, account: Option<&Arc<str>>, action: &iam::Action) {
        let of = |missing: &&mut MissingActions| missing.account.as_ref() == account;
        match self.missing_actions.iter_mut().find(of) {
            None => self.missing_actions.push(MissingActions {
                account: account.cloned(),
                actions: vec![action.name],
            }),
            Some(missing) if !missing.actions.contains(&action.name) => {
                missing.actions.push(action.name);
            }
            Some(_) => {}
        }
    }

    /// Did anybody answer anything, if only that the caller may not?
    #[must_use]
    pub fn has_answer(&self) -> bool {
        self.counts.ok + self.counts.denied > 0
    }
}

impl DoctorCounts {
    #[must_use]
    pub fn total(&self) -> u64 {
        self.ok + self.denied + self.failed + self.unread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Cause, Scope};

    fn denied(account: &str, region: &str, action: &'static iam::Action) -> CallCheck {
        let scope = Scope {
            account: Some(account.into()),
            region: Some(region.into()),
            profile: None,
        };
        let cause = Cause {
            code: "AccessDenied".into(),
            text: "no".into(),
        };
        CallCheck::not_answered(scope, action, CallStatus::Denied, cause)
    }

    #[test]
    fn what_an_account_lacks_is_told_once_for_all_its_regions() {
        let mut diagnosis = Diagnosis::default();
        for (account, region, action) in [
            ("1", "eu-west-1", &iam::INVENTORY),
            ("1", "us-east-1", &iam::INVENTORY),
            ("1", "us-east-1", &iam::TAGS),
            ("2", "us-east-1", &iam::INVENTORY),
        ] {
            diagnosis.add_check(&denied(account, region, action));
        }
        let told: Vec<usize> = diagnosis
            .missing_actions
            .iter()
            .map(|m| m.actions.len())
            .collect();
        assert_eq!(told, [2, 1]);
        assert_eq!(
            (diagnosis.counts.denied, diagnosis.has_blocking_failure),
            (4, false)
        );
    }

    #[test]
    fn only_a_required_call_that_is_denied_matters() {
        let mut diagnosis = Diagnosis::default();
        diagnosis.add_check(&denied("1", "eu-west-1", &iam::PATCHES));
        assert!(diagnosis.has_blocking_failure && diagnosis.has_answer());
    }
}
