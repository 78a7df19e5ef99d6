//! `patchctl states`: one row per node that was asked for.
//!
//! Joins the stages; every rule it applies lives in one of them.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, StatesArgs};
use crate::columns::Extra;
use crate::command::collect;
use crate::command::collect::Gathered;
use crate::command::estimate;
use crate::command::estimate::Question;
use crate::command::output;
use crate::command::output::{Answer, Chosen, Style};
use crate::command::progress::Progress;
use crate::command::read_states;
use crate::command::read_states::Drilled;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::filter::Filter;
use crate::record::{Moment, Outcome, Patch, PatchState, Subject};
use crate::report::{StateRow, Tail};
use crate::sink::Sink;
use crate::source::Drilling;
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    args: &StatesArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    if output::column_help(&args.layout, terminal)? {
        return Ok(Exit::Answered);
    }
    let chosen = Chosen::new(&args.layout, args.output.output);
    let drilling = chosen.asks_for(Extra::Patches).then(oldest);
    if args.select.estimate {
        let question = Question {
            select: &args.select,
            output: &args.output,
            patches: drilling.as_ref().map(|drilling| (&*drilling.filter, true)),
        };
        return estimate::run(cli, &question, terminal, now, interrupt).await;
    }
    let selection = collect::selection(&args.select, chosen.needs, terminal)?;
    let source = collect::connect(cli, &interrupt).await?;
    let style = Style::new(cli, &args.output, terminal, now);
    let yardstick = args.judge.to_yardstick(now);
    let progress = Progress::start(terminal, &source, &args.output);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;
    let chosen = chosen.of_several(source.several());
    let mut held = chosen.asks_for(Extra::AllRows).then(Vec::new);
    let mut answer = Answer::begin(&args.output, &args.layout, chosen, style, &mut sink)?;

    let mut gathered = Gathered::default();
    let mut take = |row: StateRow| match &mut held {
        None => answer.row(row),
        Some(held) => {
            held.push(row);
            Ok(())
        }
    };
    let judged = match drilling {
        None => read_states::states(&source, selection, &yardstick, &mut gathered, take).await?,
        Some(drilling) => {
            let take = |Drilled { row, patches, end }| {
                take(StateRow {
                    oldest_missing: oldest_of(&patches, &end, now),
                    ..row
                })
            };
            read_states::drilled(
                &source,
                selection,
                &drilling,
                &yardstick,
                &mut gathered,
                take,
            )
            .await?
        }
    };
    judged.end(&source, &mut gathered).await;
    progress.finish();
    let tail = gathered.end();
    for row in held.into_iter().flatten() {
        answer.row(differing(row, tail))?;
    }
    answer.end(tail)?;
    let exit = output::close_as(sink, tail, false, &interrupt)?;
    output::tell_unread(terminal, &args.output, tail, false);
    gathered.remark(&source, args.output.output, terminal);
    collect::tell_undated(&source, terminal);
    output::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}

/// When the oldest of these was released; unknown where one of them has no date,
/// or one in the future, or not all were read: the oldest may be that one.
fn oldest_of(patches: &[Patch], end: &Outcome<()>, now: Timestamp) -> Moment {
    let is_dated = |patch: &Patch| patch.released.is_some_and(|at| at <= now);
    if matches!(end, Outcome::Unread(_)) || !patches.iter().all(is_dated) {
        return None;
    }
    patches.iter().filter_map(|patch| patch.released).min()
}

/// What the age of the oldest missing patch takes.
fn oldest() -> Drilling {
    let filter = Filter {
        states: vec![PatchState::Missing],
        ..Filter::default()
    };
    Drilling {
        filter: Arc::new(filter),
        prefetch: true,
        states: true,
        release_dates: true,
        worth: None,
    }
}

/// The row, with whether its node differs from the rest of its patch group.
fn differing(row: StateRow, tail: &Tail) -> StateRow {
    let differs = match (&row.subject, row.state()) {
        (Subject::Node(node), Some(state)) => Some(
            tail.conflicts
                .iter()
                .any(|conflict| conflict.has(node, state)),
        ),
        _ => None,
    };
    StateRow { differs, ..row }
}
