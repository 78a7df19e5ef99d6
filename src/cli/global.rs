//! Flags of every command about its messages and its configuration.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::terminal::ColorChoice;

#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub(crate) struct MessageArgs {
    /// When to use colour; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", global = true, value_enum, default_value_t = ColorArg::Auto)]
    pub color: ColorArg,
    /// Do not use PAGER for output that is longer than the screen
    #[arg(long, global = true)]
    pub no_pager: bool,
    /// Print errors only: no summary, notes or progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Print call statistics, and how nodes were found
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    Auto,
    Always,
    Never,
}

impl From<ColorArg> for ColorChoice {
    fn from(color: ColorArg) -> Self {
        match color {
            ColorArg::Auto => Self::Auto,
            ColorArg::Always => Self::Always,
            ColorArg::Never => Self::Never,
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigArgs {
    /// Read only this configuration file [env: PATCHCTL_CONFIG]
    #[arg(long, value_name = "PATH", global = true)]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, global = true, conflicts_with = "config")]
    pub no_config: bool,
}
