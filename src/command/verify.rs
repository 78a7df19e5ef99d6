//! `patchctl verify`: compares every byte of a dataset with its manifests.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::cli::VerifyArgs;
use crate::command::output::ColumnSelection;
use crate::command::run::{Context, Run};
use crate::exit::Exit;
use crate::record::DatasetFinding;
use crate::report::VerifyFooter;
use crate::source::{Source, Storage, runs_at, verify};

pub(super) async fn run(context: Context<'_>, args: &VerifyArgs) -> Result<Exit> {
    let connect = context.cli.connect.to_connect();
    let storage = Storage::open(&args.dataset, &connect).await?;
    let (clock, interrupt) = (context.clock, context.interrupt.clone());
    let source = Source::of_files(storage.clone(), &args.dataset, clock, &interrupt);
    let wanted: Option<BTreeSet<String>> = match &args.at {
        None => None,
        Some(moment) => Some(runs_at(&storage, moment, clock).await?),
    };
    let (run, sink) = Run::start_with(context, &args.output, async { Ok(source) }).await?;
    let columns = ColumnSelection::new(&args.layout, args.output.output, false);
    let mut rows = run.write_rows(sink, &args.layout, columns)?;
    let mut footer = VerifyFooter {
        dataset: args.dataset.to_string(),
        ..VerifyFooter::default()
    };
    let take = |finding: DatasetFinding| {
        footer.add(&finding);
        rows.write_row(finding)
    };
    let counts = verify(&storage, wanted.as_ref(), &run.interrupt, take).await?;
    (footer.runs, footer.files, footer.bytes) = (counts.runs, counts.files, counts.bytes);
    if footer.runs == 0 && footer.is_clean() {
        bail!("there is no run in {}", args.dataset);
    }
    run.finish(rows, &footer)
}
