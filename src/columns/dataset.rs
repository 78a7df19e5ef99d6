//! The columns of datasets: what `collect` has written, and what `verify` found.

use crate::columns::{Cell, Column, Row, text};
use crate::record::DatasetFinding;
use crate::report::{CollectFooter, CollectedRow, VerifyFooter};

static COLLECTED: &[Column<CollectedRow>] = columns! { @list CollectedRow:
    own "AccountId" "Account" Word Some(2), |r| text(r.account.as_deref()), "the account, where it is known";
    own "Region" "Region" Word Some(1), |r| text(r.region.as_deref()), "the region";
    own "Nodes" "Node rows" Count Some(3), |r| Cell::Count(r.nodes), "its rows in the nodes table: also of stopped instances without a patch record, which are no selected nodes";
    own "Patches" "Patch rows" Count Some(4), |r| Cell::Count(r.patches), "its rows in the patches table";
    own "Files" "Files" Count Some(5), |r| Cell::Count(r.files), "the files that were written";
    own "Bytes" "Bytes" Count Some(6), |r| Cell::Count(r.bytes), "the size of these files";
};

impl Row for CollectedRow {
    type Footer = CollectFooter;
    const JSON_KEY: &'static str = "Locations";
    const TITLE: &'static str = "Locations";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        COLLECTED
    }
}

static FINDINGS: &[Column<DatasetFinding>] = columns! { @list DatasetFinding:
    own "Result" "Result" Word Some(1), |r| text(Some(r.kind.as_str())), "CHANGED, MISSING, UNNAMED (no manifest names it) or UNFINISHED (of a run that has not ended)";
    own "Path" "File" Text Some(2), |r| text(Some(&r.path)), "the file, from the root of the dataset";
    own "RunId" "Run" Word Some(4), |r| text(r.run_id.as_deref()), "the run that the file belongs to, where it is known";
    own "Detail" "Detail" Prose Some(3), |r| text(Some(&r.detail)), "what is wrong";
};

impl Row for DatasetFinding {
    type Footer = VerifyFooter;
    const JSON_KEY: &'static str = "Findings";
    const TITLE: &'static str = "Files";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        FINDINGS
    }
}
