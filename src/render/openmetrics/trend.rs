//! The metrics of `trend`.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use anyhow::Result;

use crate::aggregate::trend::TrendRow;
use crate::render::Renderer;
use crate::render::openmetrics::{
    COMPLETE, Metric, Metrics, Point, SELECTED, Scope, UNREAD_NODES, UNREAD_SCOPES, group_labels,
};
use crate::report::{NodeGroup, Note, TrendFooter};

/// A count of the nodes of a group.
type Count = fn(&NodeGroup) -> u64;

/// Writes the metrics of `trend`: those of `summary`, with the time of each snapshot, as
/// Prometheus takes them for the past.
#[derive(Default)]
pub(crate) struct TrendMetrics {
    rows: Vec<TrendRow>,
}

impl Renderer<TrendRow> for TrendMetrics {
    fn write_row(&mut self, row: &TrendRow, _: &mut dyn Write) -> Result<()> {
        self.rows.push(row.clone());
        Ok(())
    }

    fn write_footer(
        &mut self,
        footer: &TrendFooter,
        _: &[Note],
        out: &mut dyn Write,
    ) -> Result<()> {
        let mut metrics = Metrics { out };
        let totals = footer.trend.snapshots.iter();
        let totals: Vec<Point<'_>> = totals
            .map(|of| Point {
                at: Some(of.snapshot.started),
                ..Point::of_all(&of.total)
            })
            .collect();
        let counts: [(Metric, Count); 4] = [
            (COMPLETE, |of| u64::from(of.unread + of.unread_scopes == 0)),
            (SELECTED, |of| of.nodes),
            (UNREAD_NODES, |of| of.unread),
            (UNREAD_SCOPES, |of| of.unread_scopes),
        ];
        for ((name, help), count) in counts {
            metrics.per_group(name, help, &totals, |group| Some(count(group)))?;
        }
        metrics.nodes(Scope::Fleet, &totals)?;
        if !footer.trend.grouping_name.is_empty() {
            let mut seen = BTreeSet::new();
            let mut labels: HashMap<_, String> = HashMap::new();
            let mut groups = Vec::new();
            for TrendRow { snapshot, group } in &self.rows {
                let labels = labels.entry((&group.key, &group.second_key));
                let labels = labels.or_insert_with(|| group_labels(group, &mut seen));
                groups.push(Point {
                    labels: labels.clone(),
                    group,
                    at: Some(snapshot.started),
                });
            }
            // The times of each series one after the other.
            groups.sort_by(|one, other| one.labels.cmp(&other.labels));
            metrics.nodes(Scope::Group, &groups)?;
        }
        metrics.end()
    }
}
