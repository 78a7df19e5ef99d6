//! Runs the subcommand that was typed. Each has a file below, which joins plan, source,
//! filter, report and renderer.

mod check;
mod check_fold;
mod collect;
mod collector;
mod config;
mod connect;
mod demo;
mod diff;
mod docs;
mod doctor;
mod estimate;
mod first_seen;
mod fleet_history;
mod history;
mod iam_policy;
mod output;
mod patch_counts;
mod patches;
mod progress;
mod read_patches;
mod read_states;
mod report;
mod run;
mod run_history;
mod runtime;
mod security_hub;
mod signals;
mod states;
mod summary;
mod time_limit;
mod trend;
mod verify;
mod watch;

use std::pin::{Pin, pin};

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::cli::{Cli, Command, ConfigCommand, DemoCommand, TemplateCommand};
use crate::command::run::Context;
use crate::command::runtime::runtime;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::panics::PanicMonitor;
use crate::terminal::Terminal;

/// Runs the command that was typed.
///
/// # Errors
/// When it could not start or its output could not be written.
pub(crate) fn run(cli: &Cli, terminal: &mut Terminal, clock: fn() -> Timestamp) -> Result<Exit> {
    terminal.messages.quiet = cli.messages.quiet;
    config::print_notes(cli, terminal);
    if let Some(help) = cli.command.column_help() {
        writeln!(terminal.out, "{help}")?;
        terminal.out.flush()?;
        return Ok(Exit::Success);
    }
    match &*cli.command {
        Command::States(args) => run_interruptible(cli, terminal, clock, |c| {
            let ask = async |c: Context<'_>| states::run(c, args).await;
            watch::run(c, args.watch, &args.select, ask)
        }),
        Command::Patches(args) => {
            run_interruptible(cli, terminal, clock, |c| patches::run(c, args))
        }
        Command::Check(args) => run_interruptible(cli, terminal, clock, |c| check::run(c, args)),
        Command::Summary(args) => run_interruptible(cli, terminal, clock, |c| {
            let ask = async |c: Context<'_>| summary::run(c, args).await;
            watch::run(c, args.watch, &args.select, ask)
        }),
        Command::Report(args) => run_interruptible(cli, terminal, clock, |c| report::run(c, args)),
        Command::Collect(args) => {
            run_interruptible(cli, terminal, clock, |c| collect::run(c, args))
        }
        Command::Diff(args) => run_interruptible(cli, terminal, clock, |c| diff::run(c, args)),
        Command::Verify(args) => run_interruptible(cli, terminal, clock, |c| verify::run(c, args)),
        Command::History(args) => {
            run_interruptible(cli, terminal, clock, |c| history::run(c, args))
        }
        Command::Trend(args) => run_interruptible(cli, terminal, clock, |c| trend::run(c, args)),
        Command::Doctor(args) => run_interruptible(cli, terminal, clock, |c| doctor::run(c, args)),
        Command::IamPolicy(args) => iam_policy::run(cli, args, terminal),
        Command::Demo(DemoCommand::Serve(args)) => {
            block_on(pin!(demo::serve(args, terminal, clock())))
        }
        Command::Demo(DemoCommand::Nodes) => demo::print_node_ids(terminal),
        Command::Config(ConfigCommand::Show { format: shown_as }) => {
            config::show(cli, *shown_as, terminal)
        }
        Command::Config(ConfigCommand::Init { path, force }) => {
            config::init(path, *force, terminal)
        }
        Command::Template(TemplateCommand::List) => docs::list_templates(terminal),
        Command::Template(TemplateCommand::Show { name }) => terminal.print(name.source),
        Command::Version => terminal.print(concat!("patchctl ", env!("CARGO_PKG_VERSION"), "\n")),
        Command::Completions { shell } => docs::completions(*shell, terminal),
        Command::Man { command } => docs::man(command, terminal),
        Command::Schema(args) => docs::schema(args, terminal),
    }
}

/// Runs a command to its end. Ctrl-C, or a request to terminate, lets it show
/// what it has read; the second one ends the process at once. So does the end
/// of the time limit.
// Inlined, the futures of all commands would take room on the stack in each run.
#[inline(never)]
fn run_interruptible<'a, F>(
    cli: &'a Cli,
    terminal: &'a mut Terminal,
    clock: fn() -> Timestamp,
    command: impl FnOnce(Context<'a>) -> F,
) -> Result<Exit>
where
    F: Future<Output = Result<Exit>>,
{
    let interrupt = Interrupt::default();
    signals::listen(interrupt.clone());
    time_limit::start(cli.connect.timeout, &interrupt);
    block_on(pin!(command(Context {
        cli,
        terminal,
        clock,
        interrupt,
        changes: None,
    })))
}

/// Runs a command to its end, or to the first panic of any task: what waits for
/// a task that panicked would not end.
fn block_on(command: Pin<&mut dyn Future<Output = Result<Exit>>>) -> Result<Exit> {
    let panicked = async {
        match PanicMonitor::current() {
            Some(watch) => watch.wait_for_panic().await,
            None => std::future::pending().await,
        }
    };
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        tokio::select! {
            biased;
            () = panicked => bail!("a task panicked"),
            ended = command => ended,
        }
    });
    // A name server that does not answer would hold it up.
    runtime.shutdown_background();
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_waits_for_a_task_that_panicked_ends() {
        let exit = PanicMonitor::default().guard(|| {
            let ended = block_on(pin!(async {
                // As batches that are read ahead: never joined, only waited for.
                let batch = std::sync::Arc::new(tokio::sync::SetOnce::<()>::new());
                let lost = batch.clone();
                tokio::spawn(async move {
                    tokio::task::yield_now().await;
                    assert!(lost.get().is_some(), "a secret");
                });
                batch.wait().await;
                Ok(Exit::Success)
            }));
            assert!(ended.is_err());
            Exit::Success
        });
        assert_eq!(exit, Exit::Error);
    }
}
