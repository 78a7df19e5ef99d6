//! The columns of calls: what an answer takes, and how trying them went.
//!
//! Knows what each holds. Must not know formats, widths or colours.

use crate::columns::{Cell, Column, Row, text};
use crate::record::{CallCheck, NodeInfo};
use crate::report::{Diagnosis, EstimateFooter, EstimateRow};

static ESTIMATES: &[Column<EstimateRow>] = columns! { @list EstimateRow:
    own "AccountId" "Account" Word Some(5), |r| text(r.account.as_deref()), "the account that is asked, where the credentials tell it";
    own "Region" "Region" Word Some(1), |r| text(Some(&r.region)), "the region that is asked";
    own "Operation" "Operation" Word Some(2), |r| text(Some(&r.operation)), "the call, as an IAM policy names it";
    own "Calls" "Calls" Count Some(3), |r| Cell::Count(r.calls), "how many of them the answer takes";
    own "Seconds" "Seconds" Count Some(4), |r| Cell::Count(r.seconds), "how long they take at the rate reckoned with, rounded up";
    own "CallsMade" "Made now" Count Some(6), |r| Cell::Count(r.calls_made), "how many of them this estimate made";
};

impl Row for EstimateRow {
    type Footer = EstimateFooter;
    const JSON_KEY: &'static str = "Estimate";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        ESTIMATES
    }
    fn node_info(&self) -> Option<&NodeInfo> {
        None
    }
}

static CHECKS: &[Column<CallCheck>] = columns! { @list CallCheck:
    own "Region" "Region" Word None, |r| text(r.scope.region.as_deref()), "the region that was asked";
    own "AccountId" "Account" Word None, |r| text(r.scope.account.as_deref()), "the account that was asked, where that is known";
    own "Action" "Action" Call Some(2), |r| text(r.action.map(|a| a.name)), "the call, as an IAM policy names it";
    own "Result" "Result" Check Some(1), |r| Cell::Check(r.status), "OK (answered), DENIED (the caller may not), FAILED (not answered, or with an error) or UNREAD (never asked)";
    own "NeededFor" "Needed for" Prose Some(4), |r| text(r.action.map(|a| a.needed_for)), "what the call is made for";
    own "Required" "Required" Word None, |r| text(r.action.map(|a| if a.is_required { "yes" } else { "no" })), "yes where every answer needs the call; no where only what stands in the column NeededFor does";
    own "Detail" "Detail" Prose Some(3), |r| text(Some(&r.detail)), "what went wrong and what helps, or what was asked about";
};

impl Row for CallCheck {
    type Footer = Diagnosis;
    const JSON_KEY: &'static str = "Checks";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        CHECKS
    }
    fn node_info(&self) -> Option<&NodeInfo> {
        None
    }
}
