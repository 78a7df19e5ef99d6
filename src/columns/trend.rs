//! The columns of `trend`: the snapshot, and those of a group of nodes.

use std::sync::LazyLock;

use crate::aggregate::trend::TrendRow;
use crate::columns::{Cell, Column, ColumnCost, Row, text};
use crate::report::{NodeGroup, TrendFooter};

static SNAPSHOT: &[Column<TrendRow>] = columns! { @list TrendRow:
    own "Snapshot" "Snapshot" Word Some(1), |r| text(Some(&r.snapshot.name)), "the name of the snapshot, as --at takes it: when its newest run started";
    own "Time" "As of" Time Some(15), |r| Cell::Time(r.snapshot.time), "when its newest run ended: the time that ages are computed from";
    own "Runs" "Runs" Count None, |r| Cell::Count(r.snapshot.runs), "the number of runs that are combined, each the newest of some account and region";
    own "By" "By" Word None, |r| text(Some(&*r.group.grouping_name).filter(|by| !by.is_empty())), "what nodes are grouped by, as --by was typed; empty where all are one group";
};

/// The name of the column that a group has in its own way here.
const BY: &str = "By";

static TRENDS: LazyLock<Vec<Column<TrendRow>>> = LazyLock::new(|| {
    let own = SNAPSHOT.iter().map(|column| Column { ..*column });
    let of_group = NodeGroup::columns().iter();
    let of_group = of_group.filter(|column| column.name != BY);
    let of_group = of_group.map(|column| Column {
        name: column.name,
        heading: column.heading,
        help: column.help,
        kind: column.kind,
        is_aws_field: column.is_aws_field,
        // After the snapshot.
        rank: column.rank.map(|rank| rank + 1),
        info_level: column.info_level,
        cost: column.cost,
        cell: group_cell,
    });
    own.chain(of_group).collect()
});

fn group_cell<'a>(row: &'a TrendRow, name: &'static str) -> Cell<'a> {
    let mut columns = NodeGroup::columns().iter();
    let column = columns.find(|column| column.name == name);
    column.map_or(Cell::Unknown, |column| column.cell(&row.group))
}

impl Row for TrendRow {
    type Footer = TrendFooter;
    const JSON_KEY: &'static str = "Trend";
    const TITLE: &'static str = "Trend";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        &TRENDS
    }
    fn status_counts(&self) -> Option<[u64; 4]> {
        Some(self.group.status_counts())
    }
}

/// Does this column belong in a table, or in the wide one, of groups that add up to this, by
/// so many keys?
#[must_use]
pub(crate) fn is_default_column(
    column: &Column<TrendRow>,
    is_wide: bool,
    total: &NodeGroup,
    keys: usize,
) -> bool {
    match (column.name, column.cost) {
        ("Time", _) => is_wide,
        ("Unread", _) => total.unread > 0,
        ("UnreadScopes", _) => total.unread_scopes > 0,
        ("Group", _) => keys > 0,
        (_, Some(ColumnCost::SecondKey)) => keys > 1,
        _ => true,
    }
}
