//! patchctl: the patch compliance of an AWS Systems Manager fleet.
//!
//! Data flows one way, and the folders are named after its stages:
//!
//! ```text
//! argv -> cli -> plan ------> source -> events -> fold -----------> report ----------> columns + render -> stdout or a file
//!                (FetchPlan)  (AWS, demo)         (compliance,      (rows, footer,     (one file per format)
//!                                                  aggregate, gate)  notes)
//! ```
//!
//! `command/` connects the stages. `terminal` and `stdout` are the only files that touch
//! the process's streams, `source/aws/` the only folder that names the AWS SDK. See
//! `docs/architecture.md`.

pub mod aggregate;

mod bounded_read;
mod cli;
mod columns;
mod command;
pub mod compliance;
pub mod demo;
pub mod duration;
mod endpoint;
pub mod exit;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod gate;
mod glob;
mod interrupt;
#[cfg(unix)]
mod named_pipe;
mod pager;
pub mod panics;
pub mod plan;
pub mod record;
mod regions;
mod render;
pub mod report;
mod sanitize;
mod secrets;
pub mod settings;
mod sink;
mod source;
mod sql;
mod stdout;
mod suggest;
pub mod terminal;
mod text;

use std::ffi::OsString;

use jiff::Timestamp;

use crate::cli::ParseOutcome;
use crate::exit::Exit;
use crate::settings::HostEnv;
use crate::terminal::{ColorChoice, Terminal};

/// Runs the program: reads the arguments and what is configured around it,
/// answers through the terminal, and says how it ended. Errors have been told
/// when it returns.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    host_env: &HostEnv,
    terminal: &mut Terminal,
    clock: fn() -> Timestamp,
) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(candidates) = cli::complete::answer(&args, host_env) {
        return terminal.print(&candidates).unwrap_or(Exit::Error);
    }
    let result = match cli::parse(args, terminal.color(ColorChoice::Auto), host_env) {
        ParseOutcome::Run(cli) => command::run(&cli, terminal, clock),
        ParseOutcome::Print(text) => terminal.print(&text),
        ParseOutcome::Invalid(line) => Err(anyhow::Error::msg(line)),
    };
    match result {
        Ok(exit) => exit,
        // Told where the panic is caught, with its place.
        Err(_) if panics::has_panicked() => Exit::Error,
        Err(error) => {
            terminal.warn(&exit::format_error_line(&error));
            Exit::Error
        }
    }
}
