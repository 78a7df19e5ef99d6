//! The columns of calls: those of an estimate, and those that `doctor` tries.

use crate::columns::{Cell, Column, Row, text};
use crate::record::CallCheck;
use crate::report::{Diagnosis, EstimateFooter, EstimateRow};

static ESTIMATES: &[Column<EstimateRow>] = columns! { @list EstimateRow:
    own "AccountId" "Account" Word Some(5), |r| text(r.account.as_deref()), "the account, where it is known";
    own "Region" "Region" Word Some(1), |r| text(Some(&r.region)), "the region";
    own "Operation" "Operation" Word Some(2), |r| text(Some(&r.operation)), "the call, as an IAM policy names it";
    own "Calls" "Calls" Count Some(3), |r| Cell::Count(r.calls), "the number of calls that the answer takes";
    own "Seconds" "Seconds" Count Some(4), |r| Cell::Count(r.seconds), "how long they take at --rate, rounded up";
    own "CallsMade" "Made now" Count Some(6), |r| Cell::Count(r.calls_made), "the number of calls that the estimate made";
};

impl Row for EstimateRow {
    type Footer = EstimateFooter;
    const JSON_KEY: &'static str = "Estimate";
    const TITLE: &'static str = "Calls";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        ESTIMATES
    }
}

static CHECKS: &[Column<CallCheck>] = columns! { @list CallCheck:
    own "Region" "Region" Word None, |r| text(r.scope.region.as_deref()), "the region";
    own "AccountId" "Account" Word None, |r| text(r.scope.account.as_deref()), "the account, where it is known";
    own "Action" "Action" Call Some(2), |r| text(r.action.map(|a| a.name)), "the call, as an IAM policy names it";
    own "Result" "Result" Check Some(1), |r| Cell::Check(r.status), "OK, DENIED (the caller lacks the permission), FAILED (no answer, or an error) or UNREAD (not called)";
    own "NeededFor" "Needed for" Prose Some(4), |r| text(r.action.map(|a| a.needed_for)), "what the call is for";
    own "Required" "Required" Word None, |r| text(r.action.map(|a| if a.is_required { "yes" } else { "no" })), "yes if every answer needs the call; no if only what NeededFor names does";
    own "Detail" "Detail" Prose Some(3), |r| text(Some(&r.detail)), "what went wrong and what to do, or what the call was about";
};

impl Row for CallCheck {
    type Footer = Diagnosis;
    const JSON_KEY: &'static str = "Checks";
    const TITLE: &'static str = "Permissions";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        CHECKS
    }
}
