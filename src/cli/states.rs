//! Arguments of `states`, `patches` and `doctor`.

use std::time::Duration;

use clap::Args;

use crate::cli::from::FromArgs;
use crate::cli::layout::{LayoutArgs, PatchLayout};
use crate::cli::output::OutputArgs;
use crate::cli::select::{FilterArgs, SelectArgs, VerdictArgs};
use crate::cli::sla::SlaArgs;
use crate::cli::value_parsers::parse_watch_pace;
use crate::record::CallCheck;
use crate::report::StateRow;

#[derive(Debug, Args)]
pub(crate) struct StatesArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub from: FromArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<StateRow>,
    /// Ask again at this pace and redraw the table until Ctrl-C; * marks what changed since the first answer [default pace: 30s]
    #[arg(long, value_name = "PACE", num_args = 0..=1, default_missing_value = "30s", value_parser = parse_watch_pace, conflicts_with_all = ["estimate", "from"], help_heading = "Output")]
    pub watch: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct PatchesArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub from: FromArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub sla: SlaArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: PatchLayout,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<CallCheck>,
}
