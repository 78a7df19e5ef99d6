//! `patchctl patches`: the patches of each node that pass the filter.
//!
//! Joins the stages; every rule it applies lives in one of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::answer::{self, Answer, Chosen, Style};
use super::ask::{self, Gathered, Left};
use super::estimate::{self, Question};
use super::progress::Progress;
use crate::cli::{Cli, PatchesArgs};
use crate::exit::Exit;
use crate::filter::{Filter, Seen};
use crate::interrupt::Interrupt;
use crate::record::{Outcome, PatchState, Subject, same_word};
use crate::render::Format;
use crate::report::{PatchRow, Tail};
use crate::sink::Sink;
use crate::source::{Drilling, End, PatchEvent};
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    args: &PatchesArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    if answer::column_help(&args.layout, terminal)? {
        return Ok(Exit::Answered);
    }
    let filter = Arc::new(args.filter.to_filter()?);
    let prefetch = !args.filter.no_prefetch;
    if args.select.estimate {
        let question = Question {
            select: &args.select,
            output: &args.output,
            patches: Some((&filter, prefetch)),
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
    let mut seen = Seen::default();
    let mut unrated = 0;
    let drilling = Drilling {
        filter: filter.clone(),
        prefetch,
        ..Drilling::default()
    };
    let mut stream = source.patches(selection, &drilling);
    while let Some(event) = stream.next().await {
        match gathered.take(event) {
            None => {}
            Some(Left::Unread(scope, why)) => {
                let subject = Subject::Scope(scope);
                let absence = Outcome::<()>::Unread(why).absence();
                if let Some(note) = absence {
                    answer.row(PatchRow::Note { subject, note })?;
                }
            }
            Some(Left::Item(PatchEvent::Rows(sifted))) => {
                let summary = &mut gathered.tail.summary;
                summary.rows += sifted.kept.len() as u64;
                summary.hidden += sifted.hidden;
                unrated += sifted.unrated;
                seen.merge(sifted.seen);
                for patch in sifted.kept {
                    answer.row(PatchRow::Patch(patch))?;
                }
            }
            Some(Left::Item(PatchEvent::End(End { node, outcome, .. }))) => {
                if gathered.is_no_node(&node, &outcome) {
                    continue;
                }
                gathered.count(&node, &outcome);
                // Without it, a node without rows would read as a clean one.
                if let Some(note) = outcome.absence() {
                    let subject = Subject::Node(node);
                    answer.row(PatchRow::Note { subject, note })?;
                }
            }
        }
    }
    progress.finish();
    let tail = gathered.end();
    answer.end(tail)?;
    let some = tail.summary.rows + tail.summary.hidden > 0;
    let exit = answer::exit(tail, some, &interrupt);
    answer::close(sink, exit, tail, some)?;
    answer::tell_kept(terminal, &args.output, tail, some);
    answer::complain(terminal, &tail.unread);
    remark(terminal, args.output.output.into(), &filter, &seen, tail);
    if unrated > 0 {
        terminal.complain(&format!(
            "left out: {unrated} patches that nobody rated, of which --min-severity says nothing"
        ));
    }
    gathered.remark(&source, args.output.output, terminal);
    answer::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}

/// Says on stderr what the rows alone would leave in doubt.
fn remark(terminal: &mut Terminal, format: Format, filter: &Filter, seen: &Seen, tail: &Tail) {
    if !seen.unknown_states.is_empty() {
        terminal.remark(&format!(
            "some rows read have a state this version does not know, and takes for neither good nor bad: {}",
            list(&seen.unknown_states, "(none)")
        ));
    }
    for (flag, asked, met) in [
        ("--severity", &filter.severities, &seen.severities),
        (
            "--classification",
            &filter.classifications,
            &seen.classifications,
        ),
    ] {
        for word in asked {
            if !met.iter().any(|known| same_word(known, word)) && tail.summary.answered > 0 {
                terminal.remark(&format!(
                    "no patch read has {flag} {word:?}; seen: {}",
                    list(met, "(empty)")
                ));
            }
        }
    }
    // The table names them below its rows. Whoever wants quiet wants to know this
    // all the same: without it, no rows would read as nothing missing.
    if !tail.no_data.is_empty() && (format != Format::Table || terminal.quiet) {
        let ids: Vec<&str> = tail.no_data.iter().map(|node| &*node.id).collect();
        terminal.complain(&format!("no patch data of {}", answer::some_of(&ids)));
    }
    if tail.summary.rows == 0 && tail.summary.answered > 0 {
        terminal.remark(nothing(filter));
    }
}

/// What no rows at all mean, for this question.
fn nothing(filter: &Filter) -> &'static str {
    if !filter.cves.is_empty() {
        "no patch matches; CVE ids are told only for missing and failed patches, and never on Debian, Ubuntu or macOS"
    } else if filter.states == PatchState::NON_COMPLIANT {
        "no patch matches; security updates that are available but not approved are --state AvailableSecurityUpdate"
    } else if filter.is_empty() {
        "the nodes have no patches"
    } else {
        "no patch matches"
    }
}

/// The words, with `blank` for the empty one.
fn list<T: AsRef<str>>(words: &BTreeSet<T>, blank: &str) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<&str> = words
        .iter()
        .map(|word| {
            if word.as_ref().is_empty() {
                blank
            } else {
                word.as_ref()
            }
        })
        .collect();
    shown.join(", ")
}
