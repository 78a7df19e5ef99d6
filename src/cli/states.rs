//! Arguments of `states`, `patches` and `doctor`.

use clap::Args;

use crate::cli::layout::{LayoutArgs, PatchLayout};
use crate::cli::output::OutputArgs;
use crate::cli::select::{FilterArgs, SelectArgs, VerdictArgs};
use crate::record::CallCheck;
use crate::report::StateRow;

#[derive(Debug, Args)]
pub(crate) struct StatesArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<StateRow>,
}

#[derive(Debug, Args)]
pub(crate) struct PatchesArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
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
