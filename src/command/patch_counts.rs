//! `patchctl patches --by`: patches counted by KB, CVE, node or severity.

use anyhow::Result;

use crate::aggregate::pivot::{PatchGrouping, Pivot};
use crate::cli::LayoutArgs;
use crate::columns::pivot::is_default_column;
use crate::command::output::ColumnSelection;
use crate::command::read_patches::{PatchItem, PatchQuery};
use crate::command::run::Run;
use crate::exit::Exit;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::PatchState;
use crate::render::Format;
use crate::report::{PatchAggregateFooter, PatchAggregateRow};
use crate::sink::Sink;

/// A row for each KB, CVE, node or severity.
pub(super) async fn write<'a>(
    mut run: Run<'a>,
    sink: Sink<'a>,
    plan: &FetchPlan,
    query: &PatchQuery,
    (by, layout): (PatchGrouping, &LayoutArgs<PatchAggregateRow>),
) -> Result<Exit> {
    let filter = &query.filter;
    let is_found = plan.selector.needs_discovery();
    let format = run.output.output;
    let mut columns = select_columns(layout, format, is_found, (by, &filter.states));
    if by == PatchGrouping::Node {
        columns = columns.with_location_columns(run.source.location_spans());
    }
    let mut rows = run.write_rows(sink, layout, columns)?;
    let mut pivot = Pivot::new(by)
        .with_states(&filter.states)
        .with_cves(&filter.cves);
    let mut notes = Vec::new();
    let take = |item: PatchItem<'_>| {
        match item {
            PatchItem::Patches(patches) => pivot.add_rows(&patches),
            PatchItem::Unavailable(subject, note) => {
                notes.push(PatchAggregateRow::Note { subject, note });
            }
            PatchItem::NodeEnd(node, is_read, _) => pivot.finish_node(node, is_read),
        }
        Ok(())
    };
    let patches = query.read_patches(&mut run, plan, take).await?;
    let mut footer = PatchAggregateFooter::new(patches, &pivot);
    // Nodes that are in no count stand below the counts.
    pivot
        .into_groups()
        .map(|group| PatchAggregateRow::Aggregate(Box::new(group)))
        .chain(notes)
        .try_for_each(|row| rows.write_row(row))?;
    // Its counts stay those of all groups.
    footer.patches.coverage.row_filter = rows.filter_counts();
    run.finish(rows, &footer)
}

/// The columns of a view of patches in these states.
pub(super) fn select_columns(
    layout: &LayoutArgs<PatchAggregateRow>,
    format: Format,
    is_found: bool,
    (by, states): (PatchGrouping, &[PatchState]),
) -> ColumnSelection<PatchAggregateRow> {
    let has_names = is_found && by == PatchGrouping::Node;
    ColumnSelection::with_default_columns(layout, format, has_names, |column, is_wide| {
        is_default_column(column, by, states, is_wide)
    })
}
