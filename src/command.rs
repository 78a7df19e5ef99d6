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
    let connect = &cli.connect;
    if connect.demo
        && (connect.profile.is_some() || connect.region.is_some() || connect.endpoint_url.is_some())
    {
        bail!("--demo asks a region of its own; leave out --profile, --region and --endpoint-url");
    }
    // The demo's answers are the same each time, and so is the age of its scans.
    let now = if cli.connect.demo {
        demo_region::NOW
    } else {
        clock()
    };
    match &cli.command {
        Command::States(args) => {
            let to_file = args.output.to_file();
            run_to_end(states::run(cli, args, terminal, now), to_file)
        }
        Command::Patches(args) => {
            let to_file = args.output.to_file();
            run_to_end(patches::run(cli, args, terminal, now), to_file)
        }
        Command::Demo(DemoCommand::Serve(args)) => runtime()?.block_on(demo::serve(args, terminal)),
        Command::Demo(DemoCommand::Nodes) => demo::nodes(terminal),
        Command::Completions { shell } => docs::completions(*shell, terminal),
        Command::Man { command } => docs::man(command, terminal),
        Command::Schema { document } => docs::schema(*document, terminal),
    }
}

/// Runs a command to its end; one that writes a file, also to Ctrl-C or a
/// request to terminate, so that no half-written file is left behind. Others
/// are ended by the system at once, even while a reader keeps them waiting.
fn run_to_end(command: impl Future<Output = Result<Exit>>, to_file: bool) -> Result<Exit> {
    runtime()?.block_on(async {
        tokio::select! {
            biased;
            ended = command => ended,
            () = interrupted(), if to_file => bail!("interrupted; the answer is not whole"),
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
        Ok(()) = tokio::signal::ctrl_c() => {}
        Some(()) = terminated.recv() => {}
        else => std::future::pending().await,
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
