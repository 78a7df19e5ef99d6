//! The one list of columns per row: name, heading, help, kind, row -> cell.
//!
//! Headers, `--columns`, completion, help, JSON keys, JSON Schemas and the
//! README all come from here. Must not know formats, widths or colours.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::record::{
    Check, Checked, Count, Cves, Facts, Moment, Needs, NodeState, Patch, PatchState, same_word,
};
use crate::report::{EstimateRow, PatchRow, StateRow};
use crate::severity::Severity;
use crate::verdict::Verdict;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Short text that must not be shortened: ids and closed lists of words.
    Word,
    /// An id that people type again, of any length.
    Id,
    /// A word or two from AWS or its vendors.
    Text,
    /// A sentence or a title, of little use when it is cut short.
    Prose,
    /// A count; "not reported" is no zero.
    Count,
    /// A count that, above zero, makes a node non-compliant.
    Finding,
    /// A moment, RFC 3339 in UTC.
    Time,
    /// A verdict.
    Verdict,
    /// A patch state.
    State,
    /// The name of a call, to be read whole wherever there is room.
    Call,
    /// How a call went.
    Check,
    /// A list of CVE ids.
    List,
    /// A span of time, in seconds.
    Age,
    /// A share, in tenths of a percent.
    Percent,
    /// Yes or no.
    Flag,
    /// A severity on the one scale.
    Severity,
    /// A list of names, of which a table shows the first few.
    Names,
}

/// What a column costs beyond the records that are read anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// All rows have to be known before the first is printed.
    AllRows,
    /// The patches of nodes have to be read.
    Patches,
    /// Release dates have to be asked for.
    ReleaseDates,
}

/// One value of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Unknown or not reported: `null` in JSON, empty in CSV, `-` in the table.
    Unknown,
    Text(Cow<'a, str>),
    Count(u64),
    Time(Timestamp),
    Verdict(Verdict),
    State(&'a PatchState),
    Check(Check),
    List(&'a Cves),
    /// Seconds.
    Age(u64),
    /// Tenths of a percent: 1000 is all.
    Percent(u32),
    Flag(bool),
    Severity(Severity),
    Names(Vec<Cow<'a, str>>),
}

/// One column of rows of type `R`.
#[derive(Debug)]
pub struct Column<R: 'static> {
    /// AWS's field name, or this program's own in the same style.
    pub name: &'static str,
    /// The table's heading.
    pub heading: &'static str,
    /// One sentence for `--columns help`, the README and the schema.
    pub help: &'static str,
    pub kind: Kind,
    /// Does AWS itself define this field?
    pub from_aws: bool,
    /// Its rank in the table, 1 the last to be given up when room is short;
    /// `None`: only on request.
    pub rank: Option<u8>,
    /// What has to be fetched beside patches; such columns are shown on request only.
    pub needs: Option<Needs>,
    /// What else it costs; such columns are shown on request only, too.
    pub extra: Option<Extra>,
    /// Takes the column's name too: a tag's column is told apart by it alone.
    pub cell: for<'a> fn(&'a R, &'static str) -> Cell<'a>,
}

/// How the name of a tag's column starts; the rest is the tag's key.
const TAG: &str = "tag:";

/// A type of row that can be printed.
pub trait Row: Clone + std::fmt::Debug + 'static {
    /// The key of the rows in the JSON document; AWS's own.
    const DOCUMENT: &'static str;
    /// What one row is called, in the plural.
    const NOUN: &'static str;
    /// The column that tells why a row is only a remark, where there are such rows.
    const NOTE: Option<&'static str> = None;
    /// Are the rows about nodes, which have tags?
    const OF_NODES: bool = true;
    /// Every column, in the order of JSON and CSV.
    fn columns() -> &'static [Column<Self>];
    /// Is this row only a remark on a node, with no place in the JSON list?
    fn is_note(&self) -> bool {
        false
    }
    /// What else is known of the row's node.
    fn facts(&self) -> Option<&Facts>;
}

impl<R> Column<R> {
    /// The value of this column in a row.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a R) -> Cell<'a> {
        (self.cell)(row, self.name)
    }
}

impl<R: Row> Column<R> {
    /// The column of this name; case, `_`, `-` and spaces do not matter, except
    /// in the key of a tag.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let known = R::columns()
            .iter()
            .find(|column| same_word(column.name, name));
        known.or_else(|| {
            let key = name
                .get(TAG.len()..)
                .filter(|key| !key.is_empty() && R::OF_NODES)?;
            name[..TAG.len()]
                .eq_ignore_ascii_case(TAG)
                .then(|| Self::of_tag(key))
        })
    }

    /// The column of one tag. There are as many as are typed, and they live as
    /// long as the program, like all others.
    fn of_tag(key: &str) -> &'static Self {
        Box::leak(Box::new(Self {
            name: Box::leak(format!("{TAG}{key}").into_boxed_str()),
            heading: Box::leak(key.to_owned().into_boxed_str()),
            help: "the value of this tag",
            kind: Kind::Text,
            from_aws: false,
            rank: None,
            needs: Some(Needs::Tags),
            extra: None,
            cell: |row, name| {
                text(
                    row.facts()
                        .and_then(|facts| facts.tags.get(&name[TAG.len()..]).map(|value| &**value)),
                )
            },
        }))
    }

    /// The columns of the table, or of the wide one: those with a rank.
    #[must_use]
    pub fn of_table(wide: bool) -> Vec<&'static Self> {
        R::columns()
            .iter()
            .filter(|column| column.rank.is_some() && (wide || column.needs.is_none()))
            .filter(|column| column.extra.is_none())
            .collect()
    }

    /// Every column that costs no call of its own: JSON, NDJSON and CSV show them all.
    #[must_use]
    pub fn all() -> Vec<&'static Self> {
        R::columns()
            .iter()
            .filter(|column| column.needs.is_none() && column.extra.is_none())
            .collect()
    }
}

/// Shorthand for the lists below, so that each column is one line. Every row is
/// about a node, so the columns of nodes stand first in each list.
macro_rules! columns {
    ($row:ty: $($origin:ident $name:literal $heading:literal $kind:ident $rank:expr, $cell:expr, $help:literal;)*) => {
        columns! { @list $row:
            aws "InstanceId" "Node" Word Some(1), |r| text(r.id()), "the node's id, as it was asked for or found; none for a region or account that could not be read";
            own "Region" "Region" Word None, |r| text(r.region()), "the region that was asked";
            own "AccountId" "Account" Word None, |r| text(r.account()), "the account that was asked, where the credentials tell it";
            name "Name" "Name" Text Some(4), |r| fact(r, |f| f.name.as_deref()), "the EC2 tag Name; the name of the activation for a hybrid node";
            fact "ComputerName" "Computer" Text Some(22), |r| fact(r, |f| f.computer_name.as_deref()), "the host name that the agent reports";
            fact "PlatformType" "OS" Word None, |r| fact(r, |f| f.platform_type.as_deref()), "Windows, Linux or MacOS";
            fact "PlatformName" "Platform" Text Some(5), |r| fact(r, |f| f.platform_name.as_deref()), "the operating system";
            fact "PlatformVersion" "Version" Text Some(7), |r| fact(r, |f| f.platform_version.as_deref()), "its version";
            fact "PingStatus" "Ping" Word Some(6), |r| fact(r, |f| f.ping_status.as_deref()), "Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so";
            fact "AgentVersion" "Agent" Word Some(20), |r| fact(r, |f| f.agent_version.as_deref()), "the version of the SSM agent";
            fact "ResourceType" "Type" Word Some(21), |r| fact(r, |f| f.resource_type.as_deref()), "EC2Instance or ManagedInstance (hybrid)";
            fact "IPAddress" "IP address" Word Some(8), |r| fact(r, |f| f.ip_address.as_deref()), "the address that the agent reports, or EC2's private one";
            $($origin $name $heading $kind $rank, $cell, $help;)*
        }
    };
    (@list $row:ty: $($origin:ident $name:literal $heading:literal $kind:ident $rank:expr, $cell:expr, $help:literal;)*) => {
        &[$(Column::<$row> {
            name: $name, heading: $heading, help: $help, kind: Kind::$kind,
            from_aws: columns!(@from_aws $origin), needs: columns!(@needs $origin),
            extra: columns!(@extra $origin), rank: $rank,
            // Coerced here, so that the lists need not say what they leave out.
            cell: |row, _name| {
                let cell: for<'a> fn(&'a $row) -> Cell<'a> = $cell;
                cell(row)
            },
        }),*]
    };
    (@from_aws own) => { false };
    (@from_aws whole) => { false };
    (@from_aws drilled) => { false };
    (@from_aws $other:ident) => { true };
    (@needs fact) => { Some(Needs::Facts) };
    (@needs name) => { Some(Needs::Names) };
    (@needs $other:ident) => { None };
    (@extra whole) => { Some(Extra::AllRows) };
    (@extra drilled) => { Some(Extra::Patches) };
    (@extra dated) => { Some(Extra::ReleaseDates) };
    (@extra $other:ident) => { None };
}

static STATES: &[Column<StateRow>] = columns! { StateRow:
    own "Verdict" "Verdict" Verdict Some(2), |r| Cell::Verdict(r.judgement.verdict), "COMPLIANT, NON_COMPLIANT, STALE (compliant when last scanned, which is too long ago), NO_DATA (nothing to judge by) or UNREAD (could not be read)";
    own "Reasons" "Reasons" Prose Some(13), |r| text(Some(&r.judgement.reasons)), "why, as in: 2 missing, 1 pending reboot";
    own "LastScan" "Last scan" Time Some(14), |r| state_time(r, NodeState::last_scan), "when the last scan or installation ended; when it started, where no end was told";
    own "Age" "Age" Age None, |r| r.judgement.age.map_or(Cell::Unknown, Cell::Age), "seconds since LastScan";
    own "Unapproved" "Unapproved" Count None, |r| state_count(r, |s| s.available_security_update), "security updates that are available and not approved yet (Windows only); whether they count is the baseline's rule";
    own "RebootPending" "Restart" Flag None, |r| r.state().and_then(NodeState::reboot_pending).map_or(Cell::Unknown, Cell::Flag), "true where patches wait for a restart";
    drilled "OldestMissing" "Oldest missing" Time None, |r| time(r.oldest_missing), "when the oldest patch it lacks was released, where AWS tells that (Windows); reads the patches of nodes that lack some";
    whole "BaselineDiffers" "Baseline differs" Flag None, |r| r.differs.map_or(Cell::Unknown, Cell::Flag), "true where the node was scanned with another baseline than the rest of its patch group, so that results overwrite each other; holds all rows in memory";
    aws "PatchGroup" "Group" Text Some(17), |r| state_text(r, |s| s.patch_group.as_deref()), "the patch group the node is in, empty when in none";
    aws "BaselineId" "Baseline" Word None, |r| state_text(r, |s| s.baseline_id.as_deref()), "the patch baseline the node was last scanned with";
    aws "SnapshotId" "Snapshot" Word None, |r| state_text(r, |s| s.snapshot_id.as_deref()), "the patch baseline snapshot used";
    aws "InstallOverrideList" "Override list" Text None, |r| state_text(r, |s| s.install_override_list.as_deref()), "the list of patches that overrode the baseline";
    aws "OwnerInformation" "Owner" Text None, |r| state_text(r, |s| s.owner_information.as_deref()), "a placeholder of AWS's, always empty";
    aws "InstalledCount" "Installed" Count Some(19), |r| state_count(r, |s| s.installed), "patches of the baseline that are installed";
    aws "InstalledOtherCount" "Other" Count None, |r| state_count(r, |s| s.installed_other), "patches installed that the baseline does not name";
    aws "InstalledPendingRebootCount" "Reboot" Finding Some(18), |r| state_count(r, |s| s.installed_pending_reboot), "patches installed, with the node not restarted since";
    aws "InstalledRejectedCount" "Rejected" Finding None, |r| state_count(r, |s| s.installed_rejected), "patches installed that the baseline rejects";
    aws "MissingCount" "Missing" Finding Some(15), |r| state_count(r, |s| s.missing), "approved patches that are not installed";
    aws "FailedCount" "Failed" Finding Some(16), |r| state_count(r, |s| s.failed), "patches whose installation failed";
    aws "UnreportedNotApplicableCount" "Unreported" Count None, |r| state_count(r, |s| s.unreported_not_applicable), "patches that do not apply, beyond those reported by name";
    aws "NotApplicableCount" "Not applicable" Count None, |r| state_count(r, |s| s.not_applicable), "patches that do not apply to the node";
    aws "AvailableSecurityUpdateCount" "Available" Finding None, |r| state_count(r, |s| s.available_security_update), "security updates that are available but not approved (Windows only)";
    aws "OperationStartTime" "Started" Time None, |r| state_time(r, |s| s.operation_start), "when the last scan or installation started";
    aws "OperationEndTime" "Ended" Time None, |r| state_time(r, |s| s.operation_end), "when the last scan or installation ended";
    aws "Operation" "Operation" Word None, |r| state_text(r, |s| s.operation.as_deref()), "Scan or Install";
    aws "LastNoRebootInstallOperationTime" "No-reboot install" Time None, |r| state_time(r, |s| s.last_no_reboot_install), "when patches were last installed with NoReboot";
    aws "RebootOption" "Reboot option" Word None, |r| state_text(r, |s| s.reboot_option.as_deref()), "RebootIfNeeded or NoReboot";
    aws "CriticalNonCompliantCount" "Critical" Count None, |r| state_count(r, |s| s.critical_non_compliant), "non-compliant patches of the baseline's compliance level CRITICAL (not the vendor's severity)";
    aws "SecurityNonCompliantCount" "Security" Count None, |r| state_count(r, |s| s.security_non_compliant), "non-compliant security patches; may count the same patch as the column before";
    aws "OtherNonCompliantCount" "Other nc." Count None, |r| state_count(r, |s| s.other_non_compliant), "non-compliant patches that are neither";
};

static PATCHES: &[Column<PatchRow>] = columns! { PatchRow:
    aws "Title" "Title" Prose Some(15), |r| patch_text(r, |p| p.title.as_deref()), "the patch's title; empty for InstalledOther and NotApplicable";
    aws "KBId" "KB" Id Some(2), |r| patch_text(r, |p| p.kb_id.as_deref()), "the KB number on Windows, name.architecture of the package elsewhere";
    aws "Classification" "Classification" Text Some(16), |r| patch_text(r, |p| p.classification.as_deref()), "the vendor's word: SecurityUpdates, Security, Bugfix ...";
    aws "Severity" "Severity" Text Some(14), |r| patch_text(r, |p| p.severity.as_deref()), "the vendor's word: Critical, Important, Medium ...";
    own "SeverityLevel" "Level" Severity None, |r| r.patch().map_or(Cell::Unknown, |p| Cell::Severity(Severity::of(p))), "the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated";
    aws "State" "State" State Some(3), |r| r.patch().map_or(Cell::Unknown, state_cell), "Installed, InstalledOther, InstalledPendingReboot, InstalledRejected, Missing, NotApplicable, Failed, AvailableSecurityUpdate, or a newer word as AWS sent it";
    aws "InstalledTime" "Installed" Time Some(17), |r| r.patch().map_or(Cell::Unknown, |p| time(p.installed_time)), "when it was installed, where that is known";
    aws "CVEIds" "CVEs" List Some(18), |r| r.patch().map_or(Cell::Unknown, cves), "CVE ids it fixes; unknown unless told, which AWS does for missing and failed patches only, and never on Debian, Ubuntu or macOS";
    dated "ReleaseDate" "Released" Time None, |r| r.patch().map_or(Cell::Unknown, |p| time(p.released)), "when a patch that the node lacks was released, where AWS tells that (Windows)";
    own "Note" "Note" Prose None, note, "why this node has no patch rows: no data, or unread; empty on patch rows";
};

static ESTIMATES: &[Column<EstimateRow>] = columns! { @list EstimateRow:
    own "AccountId" "Account" Word Some(5), |r| text(r.account.as_deref()), "the account that is asked, where the credentials tell it";
    own "Region" "Region" Word Some(1), |r| text(Some(&r.region)), "the region that is asked";
    own "Operation" "Operation" Word Some(2), |r| text(Some(&r.operation)), "the call, as an IAM policy names it";
    own "Calls" "Calls" Count Some(3), |r| Cell::Count(r.calls), "how many of them the answer takes";
    own "Seconds" "Seconds" Count Some(4), |r| Cell::Count(r.seconds), "how long they take at the rate reckoned with, rounded up";
    own "Made" "Made now" Count Some(6), |r| Cell::Count(r.made), "how many of them this estimate made";
};

impl Row for EstimateRow {
    const DOCUMENT: &'static str = "Estimate";
    const NOUN: &'static str = "operations";
    const OF_NODES: bool = false;
    fn columns() -> &'static [Column<Self>] {
        ESTIMATES
    }
    fn facts(&self) -> Option<&Facts> {
        None
    }
}

static CHECKS: &[Column<Checked>] = columns! { @list Checked:
    own "Region" "Region" Word None, |r| text(r.scope.region.as_deref()), "the region that was asked";
    own "AccountId" "Account" Word None, |r| text(r.scope.account.as_deref()), "the account that was asked, where that is known";
    own "Action" "Action" Call Some(2), |r| text(r.action.map(|a| a.name)), "the call, as an IAM policy names it";
    own "Result" "Result" Check Some(1), |r| Cell::Check(r.check), "OK (answered), DENIED (the caller may not), FAILED (not answered, or with an error) or UNREAD (never asked)";
    own "NeededFor" "Needed for" Prose Some(4), |r| text(r.action.map(|a| a.needed_for)), "what the call is made for";
    own "Required" "Required" Word None, |r| text(r.action.map(|a| if a.is_required { "yes" } else { "no" })), "yes where every answer needs the call; no where only what stands in the column NeededFor does";
    own "Detail" "Detail" Prose Some(3), |r| text(Some(&r.detail)), "what went wrong and what helps, or what was asked about";
};

impl Row for StateRow {
    const DOCUMENT: &'static str = "InstancePatchStates";
    const NOUN: &'static str = "nodes";
    fn columns() -> &'static [Column<Self>] {
        STATES
    }
    fn facts(&self) -> Option<&Facts> {
        self.subject.facts()
    }
}

impl Row for PatchRow {
    const DOCUMENT: &'static str = "Patches";
    const NOUN: &'static str = "patches";
    const NOTE: Option<&'static str> = Some("Note");
    fn columns() -> &'static [Column<Self>] {
        PATCHES
    }
    fn is_note(&self) -> bool {
        matches!(self, Self::Note { .. })
    }
    fn facts(&self) -> Option<&Facts> {
        self.node()?.facts.as_deref()
    }
}

impl Row for Checked {
    const DOCUMENT: &'static str = "Checks";
    const NOUN: &'static str = "calls";
    const OF_NODES: bool = false;
    fn columns() -> &'static [Column<Self>] {
        CHECKS
    }
    fn facts(&self) -> Option<&Facts> {
        None
    }
}

fn text(value: Option<&str>) -> Cell<'_> {
    value.map_or(Cell::Unknown, |value| Cell::Text(Cow::Borrowed(value)))
}

fn fact<R: Row>(row: &R, get: fn(&Facts) -> Option<&str>) -> Cell<'_> {
    text(row.facts().and_then(get))
}

fn count(value: Count) -> Cell<'static> {
    value.map_or(Cell::Unknown, Cell::Count)
}

fn time(value: Moment) -> Cell<'static> {
    value.map_or(Cell::Unknown, Cell::Time)
}

fn state_text(row: &StateRow, get: fn(&NodeState) -> Option<&str>) -> Cell<'_> {
    text(row.state().and_then(get))
}

fn state_count(row: &StateRow, get: fn(&NodeState) -> Count) -> Cell<'_> {
    count(row.state().and_then(get))
}

fn state_time(row: &StateRow, get: fn(&NodeState) -> Moment) -> Cell<'_> {
    time(row.state().and_then(get))
}

fn patch_text(row: &PatchRow, get: fn(&Patch) -> Option<&str>) -> Cell<'_> {
    text(row.patch().and_then(get))
}

/// A row that came without a state is unknown, not empty.
fn state_cell(patch: &Patch) -> Cell<'_> {
    if patch.state.as_str().is_empty() {
        Cell::Unknown
    } else {
        Cell::State(&patch.state)
    }
}

/// None told is not none: the service leaves them out for most rows.
fn cves(patch: &Patch) -> Cell<'_> {
    if patch.cves.is_empty() {
        Cell::Unknown
    } else {
        Cell::List(&patch.cves)
    }
}

fn note(row: &PatchRow) -> Cell<'_> {
    match row {
        PatchRow::Patch(_) => Cell::Unknown,
        PatchRow::Note { note, .. } => Cell::Text(Cow::Borrowed(note)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn holds<R: Row>() {
        let names: BTreeSet<String> = R::columns()
            .iter()
            .map(|c| c.name.to_ascii_lowercase())
            .collect();
        assert_eq!(
            names.len(),
            R::columns().len(),
            "names differ in more than case"
        );
        let ranks: Vec<u8> = R::columns().iter().filter_map(|c| c.rank).collect();
        let distinct: BTreeSet<&u8> = ranks.iter().collect();
        assert_eq!(distinct.len(), ranks.len(), "every rank is given once");
        for column in R::columns() {
            assert!(!column.help.is_empty() && !column.heading.is_empty());
            // The completion script of fish puts it between double quotes as it is.
            assert!(!column.help.contains('"'), "{}", column.name);
            assert_eq!(
                Column::<R>::named(&column.name.to_uppercase()).map(|c| c.name),
                Some(column.name)
            );
        }
    }

    #[test]
    fn every_column_has_a_name_a_help_and_a_place_of_its_own() {
        holds::<StateRow>();
        holds::<PatchRow>();
        holds::<Checked>();
    }
}
