//! `patchctl doctor`: the caller, and which calls succeed.

use anyhow::Result;

use crate::cli::DoctorArgs;
use crate::command::output::ColumnSelection;
use crate::command::run::{Context, Run};
use crate::exit::Exit;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::CallCheck;
use crate::report::Diagnosis;
use crate::source::{Accounts, ConnectOptions};

pub(super) async fn run(context: Context<'_>, args: &DoctorArgs) -> Result<Exit> {
    let connect = ConnectOptions {
        fail_fast: true,
        ..context.cli.connect.to_connect()
    };
    let (run, sink) = Run::start(context, &connect, &args.output).await?;
    let mut spans = run.source.location_spans();
    // The caller has rows beside those of the roles.
    spans.accounts |= connect.accounts != Accounts::Own;
    let columns =
        ColumnSelection::new(&args.layout, args.output.output, false).with_location_columns(spans);
    let mut rows = run.write_rows(sink, &args.layout, columns)?;
    let mut diagnosis = Diagnosis::default();
    let take = |checked: CallCheck| {
        diagnosis.add_check(&checked);
        rows.write_row(checked)
    };
    let plans = FetchPlan::everything();
    let source = run.source.aws()?;
    let callers = source.check_calls(&plans, &run.interrupt, take).await?;
    diagnosis.callers = callers;
    diagnosis.skipped.clone_from(&run.source.aws()?.skipped);
    run.finish(rows, &diagnosis)
}
