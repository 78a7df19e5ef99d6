//! `patchctl summary`: the fleet by groups, on one screen.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use crate::aggregate::summary::{Summary, folded};
use crate::cli::{Cli, FormatArg, LayoutArgs, SummaryArgs};
use crate::columns::sort::sort;
use crate::command::collect;
use crate::command::collect::Gathered;
use crate::command::estimate;
use crate::command::estimate::Question;
use crate::command::output;
use crate::command::output::{Answer, Chosen, Style};
use crate::command::progress::Progress;
use crate::command::read_states;
use crate::compliance::verdict::Yardstick;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::report::Group;
use crate::sink::Sink;
use crate::terminal::Terminal;

/// More groups than this are no longer one screen.
const MOST_GROUPS: usize = 25;

pub async fn run(
    cli: &Cli,
    args: &SummaryArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    if output::column_help(&args.layout, terminal)? {
        return Ok(Exit::Answered);
    }
    let select = args.select();
    if select.estimate {
        let question = Question {
            select: &select,
            output: &args.output,
            patches: None,
        };
        return estimate::run(cli, &question, terminal, now, interrupt).await;
    }
    let selection = collect::selection(&select, args.by.needs(), terminal)?;
    let source = collect::connect(cli, &interrupt).await?;
    let style = Style::new(cli, &args.output, terminal, now);
    let yardstick = Yardstick {
        // Groups are counts: nobody reads why.
        explains: false,
        ..args.judge.to_yardstick(now)
    };
    let progress = Progress::start(terminal, &source, &args.output);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;

    let mut gathered = Gathered::default();
    let mut summary = Summary::new(args.by.clone());
    let take = |row| {
        summary.count(&row);
        Ok(())
    };
    let judged = read_states::states(&source, selection, &yardstick, &mut gathered, take).await?;
    judged.end(&source, &mut gathered).await;
    progress.finish();

    let total = summary.total();
    let mut groups = summary.groups();
    let keys = args.layout.sort_by.iter();
    let keys: Vec<_> = keys.map(|key| (key.column, key.descending)).collect();
    sort(&mut groups, &keys);
    gathered.tail.summary.rows = groups.len() as u64;
    let is_screen = args.output.output == FormatArg::Table && style.width.is_some();
    let mut more_groups = 0;
    if is_screen {
        let all = groups.len();
        groups = folded(groups, MOST_GROUPS);
        more_groups = all - groups.len();
    }
    let chosen = Chosen::new(&args.layout, args.output.output);
    let chosen = without_zeros(chosen, args.output.output, &total);
    gathered.tail.total = Some(Box::new(total));
    // The groups are sorted already, and the last one may stand for many.
    let layout = LayoutArgs::default();
    let mut answer = Answer::begin(&args.output, &layout, chosen, style, &mut sink)?;
    for group in groups {
        answer.row(group)?;
    }
    let tail = gathered.end();
    answer.end(tail)?;
    let exit = output::close_as(sink, tail, false, &interrupt)?;
    output::tell_unread(terminal, &args.output, tail, false);
    gathered.remark(&source, args.output.output, terminal);
    if more_groups > 0 {
        terminal.remark("the last row is several groups added up; -o wide shows each");
    }
    output::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}

/// The table spends no room on what is rare and not there.
fn without_zeros(chosen: Chosen<Group>, format: FormatArg, total: &Group) -> Chosen<Group> {
    if !matches!(format, FormatArg::Table | FormatArg::Wide) {
        return chosen;
    }
    let rare = [
        ("Unread", total.unread),
        ("UnreadScopes", total.unread_scopes),
    ];
    let zero = rare.into_iter().filter(|(_, count)| *count == 0);
    zero.fold(chosen, |chosen, (name, _)| chosen.without(name))
}
