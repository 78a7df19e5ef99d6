//! `patchctl states`: one row per node that was asked for.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use super::answer::{self, Answer, Style};
use crate::cli::{Cli, StatesArgs};
use crate::exit::Exit;
use crate::record::{Outcome, Unread};
use crate::report::{StateRow, Tail, Verdicts};
use crate::selection::node_ids;
use crate::sink::Sink;
use crate::source::Source;
use crate::terminal::Terminal;
use crate::verdict::Verdict;

pub async fn run(
    cli: &Cli,
    args: &StatesArgs,
    terminal: &mut Terminal,
    now: Timestamp,
) -> Result<Exit> {
    if answer::column_help(&args.layout, terminal)? {
        return Ok(Exit::Answered);
    }
    let ids = node_ids(&args.select.ids, &mut *terminal.stdin)?;
    let source = Source::connect(&cli.connect.to_connect()).await?;
    let style = Style::new(cli, &args.output, terminal, now);
    let progress = terminal.progress(ids.len(), args.output.output.into(), args.output.to_file());
    let mut sink = Sink::open(args.output.output_file.as_deref(), &mut *terminal.out)?;
    let mut answer = Answer::begin(&args.output, &args.layout, style, &mut sink)?;

    let nodes: Vec<_> = ids.iter().map(|id| source.node(id)).collect();
    let mut tail = Tail::default();
    let mut verdicts = Verdicts::default();
    let mut stream = source.states(nodes);
    while let Some(batch) = stream.next().await {
        progress.nodes(batch.len());
        for (node, outcome) in batch {
            let row = StateRow::new(node, outcome);
            count(&row, &mut tail, &mut verdicts);
            answer.row(row)?;
        }
    }
    tail.summary.verdicts = Some(verdicts);
    progress.finish();
    answer.end(&tail)?;
    let exit = answer::exit(&tail, false);
    answer::close(sink, exit)?;
    answer::complain(terminal, &tail.unread);
    answer::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}

fn count(row: &StateRow, tail: &mut Tail, verdicts: &mut Verdicts) {
    let summary = &mut tail.summary;
    summary.asked += 1;
    match row.judgement.verdict {
        Verdict::Compliant => {
            summary.answered += 1;
            verdicts.compliant += 1;
        }
        Verdict::NonCompliant => {
            summary.answered += 1;
            verdicts.non_compliant += 1;
        }
        Verdict::NoData => {
            summary.no_data += 1;
            tail.no_data.push(row.node.clone());
        }
        Verdict::Unread => summary.unread += 1,
    }
    if let Outcome::Unread(why) = &row.outcome {
        tail.unread.push(Unread {
            node: row.node.clone(),
            why: why.clone(),
        });
    }
    tail.summary.rows += 1;
}
