//! patchctl: the patch compliance of an AWS Systems Manager fleet.
//!
//! Data flows one way, and the file names say so:
//!
//! ```text
//! argv -> cli -> selection + filter + output           what was asked, typed once; settings give
//!                     |                                what was not typed
//!                     v
//!                  source  ->  records  ->  filter  ->  report  ->  columns + render  ->  stdout or a file
//!                (AWS | demo)   (pure)      (pure)   (verdict, folds, gate: pure)
//! ```
//!
//! `command/` joins the stages, `terminal` and `stdout` are the only files
//! that touch the process's streams, `source/` the only one that names the AWS SDK.

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
#[cfg(unix)]
mod fifo;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod gate;
mod interrupt;
pub mod panics;
pub mod plan;
pub mod record;
mod render;
pub mod report;
mod sanitize;
mod secrets;
pub mod settings;
mod sink;
mod source;
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
