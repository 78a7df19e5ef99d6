//! `patchctl patches --by`: patches counted, and the nodes that lack them.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use crate::aggregate::pivot::{By, Pivot};
use crate::cli::{Cli, FormatArg, LayoutArgs, PatchesArgs};
use crate::columns::pivot::is_usual;
use crate::command::collect;
use crate::command::collect::Gathered;
use crate::command::output;
use crate::command::output::{Answer, Chosen, Style};
use crate::command::progress::Progress;
use crate::command::read_patches::{Question, Read};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::record::PatchState;
use crate::report::{GroupRow, Pivoted};
use crate::sink::Sink;
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    (args, by, layout, question): (&PatchesArgs, By, &LayoutArgs<GroupRow>, &Question),
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let filter = &question.filter;
    let chosen = chosen(layout, args.output.output, by, &filter.states);
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
    // Other rows are of no one region or account.
    let chosen = if by == By::Node {
        chosen.of_several(source.several())
    } else {
        chosen
    };
    let mut answer = Answer::begin(&args.output, layout, chosen, style, &mut sink)?;

    let mut gathered = Gathered::default();
    let mut pivot = Pivot::new(by)
        .of_states(&filter.states)
        .among_cves(&filter.cves);
    let mut notes = Vec::new();
    let take = |read: Read<'_>| {
        match read {
            Read::Rows(patches) => pivot.rows(&patches),
            Read::Absent(subject, note) => notes.push(GroupRow::Note { subject, note }),
            Read::End(node, is_read) => pivot.node(node, is_read),
        }
        Ok(())
    };
    let met = question
        .read(&source, selection, &mut gathered, take)
        .await?;
    progress.finish();
    gathered.tail.summary.rows = pivot.count();
    gathered.tail.pivot = Some(Pivoted {
        by,
        patches: pivot.patches(),
    });
    let tail = gathered.end();
    for group in pivot.groups() {
        answer.row(GroupRow::Group(group))?;
    }
    // What is in no count stands below the counts.
    for note in notes {
        answer.row(note)?;
    }
    answer.end(tail)?;
    let some = met.patches + tail.summary.hidden > 0;
    let exit = output::close_as(sink, tail, some, &interrupt)?;
    output::tell_unread(terminal, &args.output, tail, some);
    question.remark(terminal, args.output.output.into(), &met, tail);
    gathered.remark(&source, args.output.output, terminal);
    output::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}

/// The columns of this view, of patches in these states.
pub fn chosen(
    layout: &LayoutArgs<GroupRow>,
    format: FormatArg,
    by: By,
    states: &[PatchState],
) -> Chosen<GroupRow> {
    let is_wide = format == FormatArg::Wide;
    Chosen::with_usual(layout, format, |column| {
        is_usual(column, by, states, is_wide)
    })
}
