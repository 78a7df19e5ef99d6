//! Subcommand -> function.
//!
//! Knows which command is which file. The files below it are the only places
//! where the stages (selection, source, filter, report, render) are joined.

mod answer;
mod demo;
mod docs;
mod patches;
mod states;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;

use crate::cli::{Cli, Command, DemoCommand};
use crate::demo as demo_region;
use crate::exit::Exit;
use crate::terminal::Terminal;

pub use self::docs::man_page;

/// Runs what was asked for.
///
/// # Errors
/// When it could not start or its output could not be written.
pub fn run(cli: &Cli, terminal: &mut Terminal, clock: fn() -> Timestamp) -> Result<Exit> {
    terminal.quiet = cli.talk.quiet;
    // The demo's answers are the same each time, and so is the age of its scans.
    let now = if cli.connect.demo {
        demo_region::NOW
    } else {
        clock()
    };
    match &cli.command {
        Command::States(args) => until_interrupted(states::run(cli, args, terminal, now)),
        Command::Patches(args) => until_interrupted(patches::run(cli, args, terminal, now)),
        Command::Demo(DemoCommand::Serve(args)) => runtime()?.block_on(demo::serve(args, terminal)),
        Command::Demo(DemoCommand::Nodes) => demo::nodes(terminal),
        Command::Completions { shell } => docs::completions(*shell, terminal),
        Command::Man { command } => docs::man(command, terminal),
        Command::Schema { document } => docs::schema(*document, terminal),
    }
}

/// Runs a command to its end, or to Ctrl-C or a request to terminate: then what
/// it holds is dropped in order, so that no half-written file is left behind.
fn until_interrupted(command: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    runtime()?.block_on(async {
        tokio::select! {
            biased;
            ended = command => ended,
            () = interrupted() => bail!("interrupted; the answer is not whole"),
        }
    })
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// One thread: the work is waiting for answers, and parsing them.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the asynchronous runtime")
}
