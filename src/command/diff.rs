//! `patchctl diff`: what changed between two sides, each a dataset or what is live.

mod side;

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::aggregate::diff::merge::{MergeOptions, merge_nodes};
use crate::aggregate::diff::{Change, Difference};
use crate::cli::{DiffArgs, DiffSource};
use crate::command::diff::side::SideReader;
use crate::command::output::ColumnSelection;
use crate::command::run::{Context, Run, connect};
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchField, PatchPlan};
use crate::plan::filter::Filter;
use crate::report::{DiffCounts, DiffFooter};
use crate::source::{ConnectOptions, Source};

pub(super) async fn run(mut context: Context<'_>, args: &DiffArgs) -> Result<Exit> {
    let (layout, filter) = (&args.layout, args.filter.to_filter()?);
    let [(old_name, old), (new_name, new)] = args.sides()?;
    let plan = context.with_node_ids(fetch_plan(args, &filter), &args.select.or_all())?;
    let live = context.cli.connect.to_connect();
    // The live side has progress to show.
    let is_old_live = old == DiffSource::Live;
    let (old_options, new_options) = (connect_options(&live, old), connect_options(&live, new));
    let (own, other) = if is_old_live {
        (old_options, new_options)
    } else {
        (new_options, old_options)
    };
    let (clock, interrupt) = (context.clock, context.interrupt.clone());
    let other = connect(&other, clock, &interrupt).await?;
    let (run, sink) = Run::start(context, &own, &args.output).await?;
    let options = merge_options([&run.source, &other], &plan)?;
    let columns = run.select_columns(layout, false);
    let mut rows = run.write_rows(sink, layout, columns)?;
    let side = |name, source: &Source| {
        let verdict = args.verdict.to_verdict_options(source.now());
        SideReader::new(name, source, &plan, verdict, options)
    };
    let (old, new) = if is_old_live {
        (&run.source, &other)
    } else {
        (&other, &run.source)
    };
    let (mut before, mut after) = (side(old_name, old), side(new_name, new));
    let (mut counts, mut hidden) = (DiffCounts::default(), 0);
    let has_patch_filter = !filter.is_empty();
    let take = |difference: Difference| {
        let passes = match &difference.patch {
            Some(patch) => passes(&filter, patch, &difference),
            // Of a node: not what was asked, unless it leaves a patch unknown.
            None => !has_patch_filter || difference.change == Change::Unknown,
        };
        if !passes {
            return Ok(());
        }
        counts.add(&difference);
        if args.shows(&difference) {
            rows.write_row(difference)
        } else {
            hidden += 1;
            Ok(())
        }
    };
    merge_nodes(&mut before, &mut after, options, take).await?;
    let footer = DiffFooter {
        before: before.finish()?,
        after: after.finish()?,
        counts,
        hidden,
        is_gate: args.exit_code,
        row_filter: rows.filter_counts(),
    };
    run.finish(rows, &footer)
}

/// How a side is reached.
fn connect_options(live: &ConnectOptions, side: DiffSource) -> ConnectOptions {
    ConnectOptions {
        is_ordered: true,
        from: match side {
            DiffSource::Live => None,
            DiffSource::Dataset(dataset) => Some(dataset),
        },
        ..live.clone()
    }
}

/// How the nodes of both sides come, if they can be compared.
fn merge_options(sides: [&Source; 2], plan: &FetchPlan) -> Result<MergeOptions> {
    let locations = sides.map(Source::account_regions);
    let all = || locations.iter().flatten();
    let has_accounts = all().all(|location| location.account.is_some());
    if !has_accounts {
        for locations in &locations {
            let mut regions: Vec<&str> = locations.iter().map(|one| &*one.region).collect();
            regions.sort_unstable();
            if regions.windows(2).any(|pair| pair[0] == pair[1]) {
                bail!(
                    "one side holds several accounts, and the other does not tell its own; add \
                     --account, with --role-name for what is live"
                );
            }
        }
    }
    Ok(MergeOptions {
        is_sorted: plan.node_ids.is_empty() && sides.into_iter().all(Source::is_sorted),
        has_accounts,
    })
}

/// Whether a change of a patch passes the filter: as the patch was before, or as it is
/// after.
fn passes(filter: &Filter, patch: &crate::record::Patch, difference: &Difference) -> bool {
    let states = &filter.states;
    let is_state_asked = states.is_empty() || {
        let values = [&difference.before, &difference.after];
        let mut values = values.into_iter().flatten();
        values.any(|value| states.iter().any(|state| state.as_str() == value.as_str()))
    };
    is_state_asked
        && Filter {
            states: Vec::new(),
            ..filter.clone()
        }
        .matches(patch)
}

/// What both sides have to read: every state, so that a patch that is fixed is told from one
/// that is no longer listed.
pub(super) fn fetch_plan(args: &DiffArgs, filter: &Filter) -> FetchPlan {
    let columns = ColumnSelection::new(&args.layout, args.output.output, false);
    let select = args.select.or_all();
    // Titles tell reused ids apart, and the filter is applied to what differs.
    let is_needed = |field: &PatchField| match field {
        PatchField::Title => true,
        PatchField::Classification => !filter.classifications.is_empty(),
        PatchField::CveIds => !filter.cves.is_empty(),
        PatchField::InstalledTime => false,
    };
    let mut unused_fields = columns.unused_patch_fields;
    unused_fields.retain(|field| !is_needed(field));
    FetchPlan {
        selector: select.to_selector(),
        unmanaged: select.unmanaged_plan(),
        node_info: columns.info_level,
        patches: Some(PatchPlan {
            filter: Arc::new(Filter {
                kb_ids: filter.kb_ids.clone(),
                kb_globs: filter.kb_globs.clone(),
                ..Filter::default()
            }),
            unused_fields,
            ..PatchPlan::default()
        }),
        baselines: BaselinePlan::ComplianceStatus,
        ..FetchPlan::default()
    }
}
