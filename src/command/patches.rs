//! `patchctl patches`: the patches of each node that pass the filter.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, LayoutArgs, PatchLayout, PatchesArgs};
use crate::columns::Extra;
use crate::command::collect;
use crate::command::collect::Gathered;
use crate::command::estimate;
use crate::command::output;
use crate::command::output::{Answer, Chosen, Style};
use crate::command::pivot;
use crate::command::progress::Progress;
use crate::command::read_patches;
use crate::command::read_patches::{Question, Read};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::record::Needs;
use crate::report::PatchRow;
use crate::sink::Sink;
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    args: &PatchesArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let is_help = match &args.layout {
        PatchLayout::Flat(layout) => output::column_help(layout, terminal)?,
        PatchLayout::By(_, layout) => output::column_help(layout, terminal)?,
    };
    if is_help {
        return Ok(Exit::Answered);
    }
    let question = Question::new(args, now)?;
    if args.select.estimate {
        let question = estimate::Question {
            select: &args.select,
            output: &args.output,
            patches: Some((&question.read, question.prefetch)),
        };
        return estimate::run(cli, &question, terminal, now, interrupt).await;
    }
    match &args.layout {
        PatchLayout::Flat(layout) => {
            let asked = (args, layout, &question);
            flat(cli, asked, terminal, now, interrupt).await
        }
        PatchLayout::By(by, layout) => {
            let asked = (args, *by, layout, &question);
            pivot::run(cli, asked, terminal, now, interrupt).await
        }
    }
}

/// What has to be fetched beside patches.
#[must_use]
pub fn needs(args: &PatchesArgs) -> Option<Needs> {
    let format = args.output.output;
    let of_columns = match &args.layout {
        PatchLayout::Flat(layout) => Chosen::new(layout, format).needs,
        PatchLayout::By(by, layout) => pivot::chosen(layout, format, *by, &[]).needs,
    };
    of_columns.max(read_patches::needs(&args.filter.cves))
}

/// Do the columns ask when patches were released?
#[must_use]
pub fn asks_for_dates(args: &PatchesArgs) -> bool {
    match &args.layout {
        PatchLayout::Flat(layout) => {
            Chosen::new(layout, args.output.output).asks_for(Extra::ReleaseDates)
        }
        PatchLayout::By(..) => false,
    }
}

/// A row for each patch.
async fn flat(
    cli: &Cli,
    (args, layout, question): (&PatchesArgs, &LayoutArgs<PatchRow>, &Question),
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let chosen = Chosen::new(layout, args.output.output);
    let needs = chosen.needs.max(question.needs());
    let selection = collect::selection(&args.select, needs, terminal)?;
    let source = collect::connect(cli, &interrupt).await?;
    let style = Style::new(cli, &args.output, terminal, now);
    let progress = Progress::start(terminal, &source, &args.output);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;
    let chosen = chosen.of_several(source.several());
    let mut answer = Answer::begin(&args.output, layout, chosen, style, &mut sink)?;

    let mut gathered = Gathered::default();
    let take = |read: Read<'_>| match read {
        Read::Rows(patches) => patches
            .into_iter()
            .try_for_each(|patch| answer.row(PatchRow::Patch(patch))),
        Read::Absent(subject, note) => answer.row(PatchRow::Note { subject, note }),
        Read::End(..) => Ok(()),
    };
    let met = question
        .read(&source, selection, &mut gathered, take)
        .await?;
    progress.finish();
    gathered.tail.summary.rows = met.patches;
    let tail = gathered.end();
    answer.end(tail)?;
    let some = met.patches + tail.summary.hidden > 0;
    let exit = output::close_as(sink, tail, some, &interrupt)?;
    output::tell_unread(terminal, &args.output, tail, some);
    question.remark(terminal, args.output.output.into(), &met, tail);
    gathered.remark(&source, args.output.output, terminal);
    collect::tell_undated(&source, terminal);
    output::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}
