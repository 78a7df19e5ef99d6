//! `patchctl patches`: the patches of each node that pass the filter.
//!
//! Joins the stages; every rule it applies lives in one of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::answer::{self, Answer, Style};
use crate::cli::{Cli, PatchesArgs};
use crate::exit::Exit;
use crate::filter::{Filter, Seen};
use crate::record::{Node, Outcome, PatchState, Unread, same_word};
use crate::render::Format;
use crate::report::{PatchRow, Tail};
use crate::selection::node_ids;
use crate::sink::Sink;
use crate::source::{Known, PatchEvent, Source};
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    args: &PatchesArgs,
    terminal: &mut Terminal,
    now: Timestamp,
) -> Result<Exit> {
    if answer::column_help(&args.layout, terminal)? {
        return Ok(Exit::Answered);
    }
    let filter = Arc::new(args.filter.to_filter()?);
    let ids = node_ids(&args.select.ids, &mut *terminal.stdin)?;
    let source = Source::connect(&cli.connect.to_connect()).await?;
    let style = Style::new(cli, &args.output, terminal, now);
    let progress = terminal.progress(ids.len(), args.output.output.into(), args.output.to_file());
    let mut sink = Sink::open(args.output.output_file.as_deref(), &mut *terminal.out)?;
    let mut answer = Answer::begin(&args.output, &args.layout, style, &mut sink)?;

    let nodes: Vec<Node> = ids.iter().map(|id| source.node(id)).collect();
    // Reading one node's state first would only add a call.
    let prefetch = nodes.len() > 1 && !args.filter.no_prefetch;
    let nodes = if prefetch {
        known(&source, nodes, &filter).await
    } else {
        nodes
            .into_iter()
            .map(|node| (node, Known::Nothing))
            .collect()
    };
    let mut tail = Tail::default();
    let mut seen = Seen::default();
    let mut stream = source.patches(nodes, &filter);
    while let Some(event) = stream.next().await {
        match event {
            PatchEvent::Rows(sifted) => {
                tail.summary.rows += sifted.kept.len() as u64;
                tail.summary.hidden += sifted.hidden;
                progress.rows(sifted.kept.len());
                seen.merge(sifted.seen);
                for patch in sifted.kept {
                    answer.row(PatchRow::Patch(patch))?;
                }
            }
            PatchEvent::End(node, outcome) => {
                progress.nodes(1);
                if let Some(note) = end_of_node(node, outcome, &mut tail) {
                    answer.row(note)?;
                }
            }
        }
    }
    progress.finish();
    answer.end(&tail)?;
    let exit = answer::exit(&tail, tail.summary.rows + tail.summary.hidden > 0);
    answer::close(sink, exit)?;
    answer::complain(terminal, &tail.unread);
    remark(terminal, args.output.output.into(), &filter, &seen, &tail);
    answer::tell_calls(cli, terminal, &source.calls());
    Ok(exit)
}

/// What the nodes' counters tell before any of them is drilled into. A state
/// that could not be read tells nothing, and costs nothing but its call.
async fn known(source: &Source, nodes: Vec<Node>, filter: &Filter) -> Vec<(Node, Known)> {
    let mut known = Vec::with_capacity(nodes.len());
    let mut states = source.states(nodes);
    while let Some(batch) = states.next().await {
        known.extend(batch.into_iter().map(|(node, outcome)| {
            let what = match outcome {
                Outcome::Answered(state) if filter.must_match(&state) => Known::MustMatch,
                Outcome::Answered(state) if filter.may_match(&state) => Known::HasRecord,
                Outcome::Answered(_) => Known::CannotMatch,
                Outcome::NoData => Known::NoRecord,
                Outcome::Unread(_) => Known::Nothing,
            };
            (node, what)
        }));
    }
    known
}

/// Counts a node that has ended; the row to print where it has none of its own.
fn end_of_node(node: Node, outcome: Outcome<()>, tail: &mut Tail) -> Option<PatchRow> {
    let absence = outcome.absence();
    let summary = &mut tail.summary;
    summary.asked += 1;
    match outcome {
        Outcome::Answered(()) => summary.answered += 1,
        Outcome::NoData => {
            summary.no_data += 1;
            tail.no_data.push(node.clone());
        }
        Outcome::Unread(why) => {
            summary.unread += 1;
            tail.unread.push(Unread {
                node: node.clone(),
                why,
            });
        }
    }
    absence.map(|note| PatchRow::Note { node, note })
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
