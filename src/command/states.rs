//! `patchctl states`: one row per node that was asked for.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use super::answer::{self, Answer, Chosen, Style};
use super::ask::{self, Gathered, Left};
use super::estimate::{self, Question};
use super::progress::Progress;
use crate::cli::{Cli, StatesArgs};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::record::Outcome;
use crate::report::{StateRow, Verdicts};
use crate::sink::Sink;
use crate::terminal::Terminal;
use crate::verdict::Verdict;

pub async fn run(
    cli: &Cli,
    args: &StatesArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    if answer::column_help(&args.layout, terminal)? {
        return Ok(Exit::Answered);
    }
    if args.select.estimate {
        let question = Question {
            select: &args.select,
            output: &args.output,
            patches: None,
        };
        return estimate::run(cli, &question, terminal, now, interrupt).await;
    }
    let chosen = Chosen::new(&args.layout, args.output.output);
    let selection = ask::selection(&args.select, chosen.needs, terminal)?;
    let source = ask::connect(cli, &interrupt).await?;
    let style = Style::new(cli, &args.output, terminal, now);
    let progress = Progress::start(terminal, &source, &args.output);
    let mut sink = Sink::open(args.output.output_file.as_deref(), &mut *terminal.out)?;
    let chosen = chosen.of_several(source.several());
    let mut answer = Answer::begin(&args.output, &args.layout, chosen, style, &mut sink)?;

    let mut gathered = Gathered::default();
    let mut verdicts = Verdicts::default();
    let mut stream = source.states(selection);
    while let Some(event) = stream.next().await {
        match gathered.take(event) {
            None => {}
            Some(Left::Unread(scope, why)) => answer.row(StateRow::unread(scope, why))?,
            Some(Left::Item(batch)) => {
                for (node, outcome) in batch {
                    if gathered.is_no_node(&node, &outcome) {
                        continue;
                    }
                    let row = StateRow::new(node.clone(), outcome);
                    gathered.count(&node, &judged(&row, &mut verdicts));
                    answer.row(row)?;
                }
            }
        }
    }
    let summary = &mut gathered.tail.summary;
    summary.rows = summary.asked + summary.unread_scopes;
    gathered.tail.summary.verdicts = Some(verdicts);
    progress.finish();
    let tail = gathered.end();
    answer.end(tail)?;
    let exit = answer::exit(tail, false, &interrupt);
    answer::close(sink, exit, tail, false)?;
    answer::tell_kept(terminal, &args.output, tail, false);
    answer::complain(terminal, &tail.unread);
    gathered.remark(&source, args.output.output, terminal);
    answer::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}

/// How a node counts: a record that nothing can be judged by is no data.
fn judged(row: &StateRow, verdicts: &mut Verdicts) -> Outcome<()> {
    match (row.judgement.verdict, &row.outcome) {
        (Verdict::Unread, Outcome::Unread(why)) => Outcome::Unread(why.clone()),
        (Verdict::Compliant, _) => {
            verdicts.compliant += 1;
            Outcome::Answered(())
        }
        (Verdict::NonCompliant, _) => {
            verdicts.non_compliant += 1;
            Outcome::Answered(())
        }
        (Verdict::NoData | Verdict::Unread, _) => Outcome::NoData,
    }
}
