//! What stands around the rows of `doctor`: who was asking, what is missing, and
//! the counts.
//!
//! Knows what it is made of and how the calls add up. Must not know formats.

use std::sync::Arc;

use crate::plan::iam;
use crate::record::{Caller, Check, Checked};

/// What all the calls that were tried come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// One for each place that was asked, in their order.
    pub callers: Vec<Caller>,
    /// One for each account that denied something.
    pub missing: Vec<Missing>,
    pub counts: Counts,
    /// Is a command kept from its answer somewhere?
    pub matters: bool,
}

/// What a policy in one account lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub account: Option<Arc<str>>,
    /// As a policy names them, in the order of the rows.
    pub actions: Vec<&'static str>,
}

/// How many calls went how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub ok: u64,
    pub denied: u64,
    pub failed: u64,
    pub unread: u64,
}

impl Diagnosis {
    /// One more row.
    pub fn count(&mut self, checked: &Checked) {
        let counts = &mut self.counts;
        match checked.check {
            Check::Ok => counts.ok += 1,
            Check::Denied => counts.denied += 1,
            Check::Failed => counts.failed += 1,
            Check::Unread => counts.unread += 1,
        }
        self.matters |= checked.matters;
        if let (Check::Denied, Some(action)) = (checked.check, checked.action) {
            self.lacks(checked.scope.account.as_ref(), action);
        }
    }

    fn lacks(&mut self, account: Option<&Arc<str>>, action: &iam::Action) {
        let of = |missing: &&mut Missing| missing.account.as_ref() == account;
        match self.missing.iter_mut().find(of) {
            None => self.missing.push(Missing {
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
    pub fn is_answered(&self) -> bool {
        self.counts.ok + self.counts.denied > 0
    }
}

impl Counts {
    #[must_use]
    pub fn all(&self) -> u64 {
        self.ok + self.denied + self.failed + self.unread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Scope, Why};

    fn denied(account: &str, region: &str, action: &'static iam::Action) -> Checked {
        let scope = Scope {
            account: Some(account.into()),
            region: Some(region.into()),
            profile: None,
        };
        let why = Why {
            code: "AccessDenied".into(),
            text: "no".into(),
        };
        Checked::amiss(scope, action, Check::Denied, why)
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
            diagnosis.count(&denied(account, region, action));
        }
        let told: Vec<usize> = diagnosis.missing.iter().map(|m| m.actions.len()).collect();
        assert_eq!(told, [2, 1]);
        assert_eq!((diagnosis.counts.denied, diagnosis.matters), (4, false));
    }

    #[test]
    fn only_a_required_call_that_is_denied_matters() {
        let mut diagnosis = Diagnosis::default();
        diagnosis.count(&denied("1", "eu-west-1", &iam::PATCHES));
        assert!(diagnosis.matters && diagnosis.is_answered());
    }
}
