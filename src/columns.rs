//! The one list of columns per row type: name, heading, help, kind, and row to cell.
//! Headers, `--columns`, completion, help, JSON keys, JSON Schemas and the documentation
//! come from here.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;

pub(crate) use self::kind::{ColumnCost, ColumnKind};
pub(crate) use self::percent::Percent;
use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::duration::whole_days;
use crate::record::{
    CallStatus, Count, Cves, InfoField, InfoLevel, Moment, Node, NodeInfo, PatchState, Scope,
    is_same_word,
};
use crate::report::Footer;

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
    Check(CallStatus),
    CveList(&'a Cves),
    /// Seconds.
    Age(u64),
    Percent(Percent),
    Flag(bool),
    Severity(Severity),
    /// A vendor's word, and its severity on the one scale.
    Rating(&'a str, Severity),
    Names(Vec<Cow<'a, str>>),
    /// A part and the whole; formats for programs print the part only.
    Ratio(u64, u64),
}

/// The one plain text of a cell, without layout or escapes.
#[derive(Debug, Clone, PartialEq)]
pub enum PlainCell<'a> {
    Unknown,
    /// Text from outside, which may hold anything.
    Text(Cow<'a, str>),
    /// A word of this program.
    Word(&'static str),
    Count(u64),
    Time(Timestamp),
    Percent(Percent),
}

impl<'a> Cell<'a> {
    /// The cell as text: moments in RFC 3339, ages in whole days, lists joined by commas.
    #[must_use]
    pub fn plain(self) -> PlainCell<'a> {
        match self {
            Self::Unknown => PlainCell::Unknown,
            Self::Text(text) => PlainCell::Text(text),
            Self::Rating(word, _) => PlainCell::Text(Cow::Borrowed(word)),
            Self::State(state) => PlainCell::Text(Cow::Borrowed(state.as_str())),
            Self::Count(n) | Self::Ratio(n, _) => PlainCell::Count(n),
            Self::Age(seconds) => PlainCell::Count(whole_days(seconds)),
            Self::Time(moment) => PlainCell::Time(moment),
            Self::Percent(percent) => PlainCell::Percent(percent),
            Self::Verdict(verdict) => PlainCell::Word(verdict.as_str()),
            Self::Check(status) => PlainCell::Word(status.as_str()),
            Self::Severity(severity) => PlainCell::Word(severity.as_str()),
            Self::Flag(flag) => PlainCell::Word(if flag { "true" } else { "false" }),
            Self::Names(names) => PlainCell::Text(names.join(",").into()),
            Self::CveList(cves) => {
                let mut joined = String::new();
                for id in cves.iter() {
                    if !joined.is_empty() {
                        joined.push(',');
                    }
                    joined.push_str(id);
                }
                PlainCell::Text(joined.into())
            }
        }
    }
}

impl Cell<'_> {
    /// The text of the cell, or each one of its list; nothing where it holds another kind
    /// of value.
    pub(crate) fn for_each_text(&self, mut take: impl FnMut(&str)) {
        match self {
            Self::Text(text) => take(text),
            Self::State(state) => take(state.as_str()),
            Self::Check(status) => take(status.as_str()),
            Self::Names(names) => names.iter().for_each(|name| take(name)),
            Self::CveList(cves) => cves.iter().for_each(take),
            Self::Rating(word, _) => take(word),
            Self::Unknown
            | Self::Count(_)
            | Self::Time(_)
            | Self::Verdict(_)
            | Self::Age(_)
            | Self::Percent(_)
            | Self::Flag(_)
            | Self::Severity(_)
            | Self::Ratio(..) => {}
        }
    }
}

/// One column of rows of type `R`.
#[derive(Debug)]
pub struct Column<R: 'static> {
    /// AWS's field name, or this program's own in the same style.
    pub name: &'static str,
    /// The table's heading.
    pub heading: &'static str,
    /// One sentence for `--columns help`, docs/output.md and the schema.
    pub help: &'static str,
    pub kind: ColumnKind,
    /// Does AWS itself define this field?
    pub is_aws_field: bool,
    /// Its rank in the table, 1 the last to be given up when room is short;
    /// `None`: only on request.
    pub rank: Option<u8>,
    /// What has to be fetched beside patches; such columns are shown on request only.
    pub info_level: Option<InfoLevel>,
    /// What else it costs; such columns are shown on request only, too.
    pub cost: Option<ColumnCost>,
    /// Takes the column's name too: a tag's column is told apart by it alone.
    pub cell: for<'a> fn(&'a R, &'static str) -> Cell<'a>,
}

/// How the name of a tag's column starts; the rest is the tag's key.
const TAG_PREFIX: &str = "tag:";

/// A type of row that can be printed.
pub trait Row: Clone + fmt::Debug + 'static {
    /// What stands below rows of this type.
    type Footer: Footer;
    /// The key of the rows in the JSON document; AWS's own.
    const JSON_KEY: &'static str;
    /// What the rows are: the title of a page.
    const TITLE: &'static str;
    /// The column that tells why a row is only a remark, where there are such rows.
    const NOTE_COLUMN: Option<&'static str> = None;
    /// Are the rows about nodes, which have tags?
    const IS_PER_NODE: bool = true;
    /// Those of AWS's own report of such rows, where it has one.
    const CONSOLE_COLUMNS: &'static [Column<Self>] = &[];
    /// Every column, in the order of JSON and CSV.
    fn columns() -> &'static [Column<Self>];
    /// Is this row only a remark on a node, which the table has below its rows?
    fn is_note(&self) -> bool {
        false
    }
    /// Is it a row of the JSON document, which has `NoData` and `Unread` for the others?
    fn is_in_json(&self) -> bool {
        !self.is_note()
    }
    /// The node, where the row is about one.
    fn node(&self) -> Option<&Node> {
        None
    }
    /// The region, account or profile, where the row is about one.
    fn scope(&self) -> Option<&Scope> {
        None
    }
    /// Is it shown whatever `--where` says? What could not be read must not vanish.
    fn is_always_shown(&self) -> bool {
        self.is_note()
    }
    /// Is it about a node that has no data to judge by?
    fn is_without_data(&self) -> bool {
        false
    }
    /// Of many nodes: how many are compliant, stale, not known, and non-compliant.
    fn status_counts(&self) -> Option<[u64; 4]> {
        None
    }
}

impl<R> Column<R> {
    /// The value of this column in a row.
    #[must_use]
    pub fn cell<'a>(&self, row: &'a R) -> Cell<'a> {
        (self.cell)(row, self.name)
    }
}

impl<R: Row> Column<R> {
    /// The column of this name, or with this heading; case, `_`, `-` and spaces do not
    /// matter, except in the key of a tag.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        let all = || R::columns().iter();
        let named = all().find(|column| is_same_word(column.name, name));
        let known = named.or_else(|| all().find(|column| is_same_word(column.heading, name)));
        known.or_else(|| {
            let key = name
                .get(TAG_PREFIX.len()..)
                .filter(|key| !key.is_empty() && R::IS_PER_NODE)?;
            name[..TAG_PREFIX.len()]
                .eq_ignore_ascii_case(TAG_PREFIX)
                .then(|| Self::for_tag(key))
        })
    }

    /// The column of one tag. There are as many as are typed, and they live as
    /// long as the program, like all others.
    fn for_tag(key: &str) -> &'static Self {
        Box::leak(Box::new(Self {
            name: Box::leak(format!("{TAG_PREFIX}{key}").into_boxed_str()),
            heading: Box::leak(key.to_owned().into_boxed_str()),
            help: "the value of this tag",
            kind: ColumnKind::Text,
            is_aws_field: false,
            rank: None,
            info_level: Some(InfoLevel::Tags),
            cost: None,
            cell: |row, name| {
                text(node_info(row).and_then(|info| info.tags.get(&name[TAG_PREFIX.len()..])))
            },
        }))
    }

    /// The columns of the wide table: those with a rank.
    #[must_use]
    pub fn wide_columns() -> Vec<&'static Self> {
        let all = R::columns().iter();
        all.filter(|column| column.rank.is_some() && column.cost.is_none())
            .collect()
    }

    /// Every column that costs no call of its own: JSON, NDJSON and CSV show them all.
    #[must_use]
    pub fn default_columns() -> Vec<&'static Self> {
        let all = R::columns().iter();
        all.filter(|column| column.info_level.is_none() && column.cost.is_none())
            .collect()
    }
}

/// Shorthand for the lists below, so that each column is one line. Every row is
/// about a node, so the columns of nodes stand first in each list.
macro_rules! columns {
    ($row:ty: $($origin:ident $name:literal $heading:literal $kind:ident $rank:expr, $cell:expr, $help:literal;)*) => {
        columns! { @list $row:
            aws "InstanceId" "Node" Word Some(1), |r| text(r.node().map(|node| &*node.id)), "the node's id; none for a region or account that could not be read";
            own "Region" "Region" Word None, |r| text(region(r)), "the region";
            own "AccountId" "Account" Word None, |r| text(account(r)), "the account, where it is known";
            organization "AccountName" "Account name" Text None, |r| text($crate::columns::account_name(r)), "the account's name, with --organization";
            name "Name" "Name" Text Some(4), |r| info_text(r, $crate::record::InfoField::Name), "the EC2 tag Name; the name of the activation for a hybrid node";
            fact "ComputerName" "Computer" Text Some(22), |r| info_text(r, $crate::record::InfoField::ComputerName), "the host name that the agent reports";
            fact "PlatformType" "OS" Word None, |r| info_text(r, $crate::record::InfoField::PlatformType), "Windows, Linux or MacOS";
            fact "PlatformName" "Platform" Text Some(5), |r| info_text(r, $crate::record::InfoField::PlatformName), "the operating system";
            fact "PlatformVersion" "Version" Text Some(7), |r| info_text(r, $crate::record::InfoField::PlatformVersion), "its version";
            fact "PingStatus" "Ping" Word Some(6), |r| info_text(r, $crate::record::InfoField::PingStatus), "Online, ConnectionLost or Inactive; Stopped where EC2 or the inventory says so";
            fact "AgentVersion" "Agent" Word Some(20), |r| info_text(r, $crate::record::InfoField::AgentVersion), "the version of the SSM agent";
            fact "ResourceType" "Type" Word Some(21), |r| info_text(r, $crate::record::InfoField::ResourceType), "EC2Instance or ManagedInstance (hybrid)";
            fact "SourceId" "Source id" Word None, |r| info_text(r, $crate::record::InfoField::SourceId), "the id of a node of another cloud there, as of an Azure VM";
            fact "SourceType" "Source" Word None, |r| info_text(r, $crate::record::InfoField::SourceType), "where the node lives: AWS::EC2::Instance, AWS::SSM::ManagedInstance or a word for another cloud";
            fact "SourceLocation" "Source location" Text None, |r| info_text(r, $crate::record::InfoField::SourceLocation), "the location of a node of another cloud there";
            name "InstanceState" "State in EC2" Word None, |r| info_text(r, $crate::record::InfoField::InstanceState), "EC2's word for an EC2 node: running, stopped ...";
            name "InstanceType" "Instance type" Word None, |r| info_text(r, $crate::record::InfoField::InstanceType), "the type of an EC2 node, such as m7i.large";
            fact "IPAddress" "IP address" Word Some(8), |r| info_text(r, $crate::record::InfoField::IpAddress), "the address that the agent reports, or EC2's private one";
            $($origin $name $heading $kind $rank, $cell, $help;)*
        }
    };
    (@list $row:ty: $($origin:ident $name:literal $heading:literal $kind:ident $rank:expr, $cell:expr, $help:literal;)*) => {
        &[$(Column::<$row> {
            name: $name, heading: $heading, help: $help, kind: $crate::columns::ColumnKind::$kind,
            is_aws_field: columns!(@is_aws_field $origin), info_level: columns!(@info_level $origin),
            cost: columns!(@cost $origin), rank: $rank,
            // Coerced here, so that the lists need not say what they leave out.
            cell: |row, _name| {
                let cell: for<'a> fn(&'a $row) -> Cell<'a> = $cell;
                cell(row)
            },
        }),*]
    };
    (@is_aws_field own) => { false };
    (@is_aws_field whole) => { false };
    (@is_aws_field drilled) => { false };
    (@is_aws_field due) => { false };
    (@is_aws_field second) => { false };
    (@is_aws_field organization) => { false };
    (@is_aws_field associated) => { false };
    (@is_aws_field $other:ident) => { true };
    (@info_level fact) => { Some($crate::record::InfoLevel::Basic) };
    (@info_level name) => { Some($crate::record::InfoLevel::Names) };
    (@info_level $other:ident) => { None };
    (@cost whole) => { Some($crate::columns::ColumnCost::AllRows) };
    (@cost drilled) => { Some($crate::columns::ColumnCost::Patches) };
    (@cost organization) => { Some($crate::columns::ColumnCost::AccountNames) };
    (@cost second) => { Some($crate::columns::ColumnCost::SecondKey) };
    (@cost associated) => { Some($crate::columns::ColumnCost::Associations) };
    (@cost dated) => { Some($crate::columns::ColumnCost::ReleaseDates) };
    (@cost due) => { Some($crate::columns::ColumnCost::DueDates) };
    (@cost $other:ident) => { None };
}

// Below the macro that they are written with.
mod calls;
pub(crate) mod condition;
mod console_report;
mod dataset;
mod diff;
mod findings;
pub(crate) mod groups;
mod history;
mod kind;
mod patches;
mod percent;
pub(crate) mod pivot;
pub(crate) mod row_filter;
pub(crate) mod sample;
pub(crate) mod sort;
mod states;
pub(crate) mod trend;

fn text(value: Option<&str>) -> Cell<'_> {
    value.map_or(Cell::Unknown, |value| Cell::Text(Cow::Borrowed(value)))
}

fn info_text<R: Row>(row: &R, field: InfoField) -> Cell<'_> {
    text(node_info(row).and_then(|info| info.get(field)))
}

fn node_info<R: Row>(row: &R) -> Option<&NodeInfo> {
    row.node()?.info.as_deref()
}

fn region<R: Row>(row: &R) -> Option<&str> {
    let region = match row.node() {
        Some(node) => Some(&node.location.region),
        None => row.scope()?.region.as_ref(),
    };
    region
        .map(|region| &**region)
        .filter(|region| !region.is_empty())
}

fn account<R: Row>(row: &R) -> Option<&str> {
    let account = match row.node() {
        Some(node) => &node.location.account,
        None => &row.scope()?.account,
    };
    account.as_deref()
}

fn account_name<R: Row>(row: &R) -> Option<&str> {
    let name = match row.node() {
        Some(node) => &node.location.account_name,
        None => &row.scope()?.account_name,
    };
    name.as_deref()
}

fn count(value: Count) -> Cell<'static> {
    value.map_or(Cell::Unknown, Cell::Count)
}

fn time(value: Moment) -> Cell<'static> {
    value.map_or(Cell::Unknown, Cell::Time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::diff::Difference;
    use crate::aggregate::trend::TrendRow;
    use crate::record::CallCheck;
    use crate::report::{FindingRow, HistoryRow, NodeGroup, PatchAggregateRow, PatchRow, StateRow};
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
            for typed in [&column.name.to_uppercase(), column.heading] {
                let found = Column::<R>::by_name(typed).map(|column| column.name);
                assert_eq!(found, Some(column.name), "{typed}");
            }
        }
    }

    #[test]
    fn every_column_has_a_name_a_help_and_a_place_of_its_own() {
        holds::<StateRow>();
        holds::<PatchRow>();
        holds::<PatchAggregateRow>();
        holds::<CallCheck>();
        holds::<NodeGroup>();
        holds::<FindingRow>();
        holds::<Difference>();
        holds::<HistoryRow>();
        holds::<TrendRow>();
    }
}
