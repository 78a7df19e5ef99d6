//! The one list of columns per row: name, heading, help, kind, row -> cell.
//!
//! Headers, `--columns`, completion, help, JSON keys, JSON Schemas and the
//! README all come from here. Must not know formats, widths or colours.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::record::{Check, Count, Cves, Facts, Moment, Needs, PatchState, same_word};

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
    /// A span of time, which machines are told in whole days.
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
    /// So many of so many: machines are told the first alone.
    Of(u64, u64),
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
    /// Where the row is about many nodes: how many are compliant, stale, not
    /// known, and non-compliant, for who can draw that.
    fn parts(&self) -> Option<[u64; 4]> {
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
            name: $name, heading: $heading, help: $help, kind: $crate::columns::Kind::$kind,
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
    (@needs fact) => { Some($crate::record::Needs::Facts) };
    (@needs name) => { Some($crate::record::Needs::Names) };
    (@needs $other:ident) => { None };
    (@extra whole) => { Some($crate::columns::Extra::AllRows) };
    (@extra drilled) => { Some($crate::columns::Extra::Patches) };
    (@extra dated) => { Some($crate::columns::Extra::ReleaseDates) };
    (@extra $other:ident) => { None };
}

// Below the macro that they are written with.
mod calls;
mod groups;
mod patches;
pub mod pivot;
pub mod sort;
mod states;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Checked;
    use crate::report::{Group, GroupRow, PatchRow, StateRow};
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
        holds::<GroupRow>();
        holds::<Checked>();
        holds::<Group>();
    }
}
