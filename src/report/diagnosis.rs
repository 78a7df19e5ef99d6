//! The footer of `doctor`: the callers, the missing permissions and the counts.

use std::sync::Arc;

use crate::plan::iam;
use crate::record::{CallCheck, CallStatus, Caller, Scope};
use crate::report::notes;
use crate::report::{Footer, Note, NoteKind, NoteLevel};
use crate::text::count;

/// The result of all the calls that were tried.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// One for each account and region, in their order.
    pub callers: Vec<Caller>,
    /// One for each account that denied something.
    pub missing_actions: Vec<MissingActions>,
    pub counts: DoctorCounts,
    /// Does a command fail somewhere?
    pub has_blocking_failure: bool,
    /// The calls that did not succeed.
    pub problems: Vec<CallCheck>,
    /// Regions and accounts that are left out on purpose.
    pub skipped: Vec<Scope>,
}

/// The permissions that an account lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingActions {
    pub account: Option<Arc<str>>,
    /// As an IAM policy names them, in the order of the rows.
    pub actions: Vec<&'static str>,
}

/// The calls by status.
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
        if checked.status != CallStatus::Ok {
            self.problems.push(checked.clone());
        }
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

    /// Was any call answered, if only with a refusal?
    #[must_use]
    pub fn has_answer(&self) -> bool {
        self.counts.ok + self.counts.denied > 0
    }

    /// A note for each account that denies something.
    fn denied_notes(&self) -> impl Iterator<Item = Note> {
        self.missing_actions.iter().filter_map(|missing| {
            // A role that cannot be assumed has causes of its own.
            let actions = missing.actions.iter().copied();
            let actions = actions.filter(|action| *action != iam::ASSUME_ROLE.name);
            let actions: Vec<&str> = actions.collect();
            let account = missing.account.as_ref();
            let account = account.map_or(String::new(), |id| format!("account {id}: "));
            (!actions.is_empty()).then(|| {
                warning(format!(
                    "{account}denied: {}; patchctl iam-policy prints a policy",
                    actions.join(", ")
                ))
            })
        })
    }

    /// A note for each account and region where calls fail.
    fn failure_notes(&self) -> impl Iterator<Item = Note> {
        // An endpoint that does not respond fails every call for one reason.
        let mut causes: Vec<(&CallCheck, u64)> = Vec::new();
        for checked in &self.problems {
            let is_role = checked
                .action
                .is_some_and(|action| action.name == iam::ASSUME_ROLE.name);
            if checked.status == CallStatus::Denied && !is_role {
                continue;
            }
            match causes
                .iter_mut()
                .find(|(known, _)| known.scope == checked.scope)
            {
                Some((known, n)) => {
                    *n += 1;
                    // A failure says more than a call that was not tried after it.
                    if known.status == CallStatus::Unread && checked.status == CallStatus::Failed {
                        *known = checked;
                    }
                }
                None => causes.push((checked, 1)),
            }
        }
        causes.into_iter().map(|(checked, n)| {
            let word = match checked.status {
                CallStatus::Failed => "failed",
                CallStatus::Ok | CallStatus::Denied | CallStatus::Unread => "unread",
            };
            let scope = match checked.scope.to_string() {
                scope if scope.is_empty() => scope,
                scope => format!("{scope}: "),
            };
            let calls = match n {
                1 => String::new(),
                n => format!("{n} calls, one of them: "),
            };
            warning(format!("{word}: {scope}{calls}{}", checked.detail))
        })
    }
}

fn warning(text: String) -> Note {
    Note::new(NoteKind::Run, NoteLevel::Warning, text)
}

impl Footer for Diagnosis {
    fn is_complete(&self) -> bool {
        self.has_answer() && !self.has_blocking_failure
    }

    fn is_nothing_read(&self) -> bool {
        !self.has_answer()
    }

    fn notes(&self) -> Vec<Note> {
        let counts = Note::counts(self.counts.describe());
        let skipped = notes::skipped(&self.skipped).into_iter();
        let failures = self.denied_notes().chain(self.failure_notes());
        [counts]
            .into_iter()
            .chain(failures)
            .chain(skipped)
            .collect()
    }
}

impl DoctorCounts {
    #[must_use]
    pub fn total(&self) -> u64 {
        self.ok + self.denied + self.failed + self.unread
    }

    /// "12 checks: 9 OK, 2 denied, 1 failed"
    fn describe(&self) -> String {
        let mut parts = vec![format!("{} OK", self.ok)];
        for (n, word) in [
            (self.denied, "denied"),
            (self.failed, "failed"),
            (self.unread, "unread"),
        ] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        format!("{}: {}", count(self.total(), "check"), parts.join(", "))
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
            ..Scope::default()
        };
        let cause = Cause {
            code: "AccessDenied".into(),
            text: "no".into(),
        };
        CallCheck::not_answered(scope, action, CallStatus::Denied, cause)
    }

    #[test]
    fn what_an_account_lacks_is_listed_once_for_all_its_regions() {
        let mut diagnosis = Diagnosis::default();
        for (account, region, action) in [
            ("1", "eu-west-1", &iam::INVENTORY),
            ("1", "us-east-1", &iam::INVENTORY),
            ("1", "us-east-1", &iam::TAGS),
            ("2", "us-east-1", &iam::INVENTORY),
        ] {
            diagnosis.add_check(&denied(account, region, action));
        }
        let counts: Vec<usize> = diagnosis
            .missing_actions
            .iter()
            .map(|m| m.actions.len())
            .collect();
        assert_eq!(counts, [2, 1]);
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
