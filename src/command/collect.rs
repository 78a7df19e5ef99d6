//! What every command that asks about nodes does alike: which nodes, where, and
//! what a stream tells beside its rows.
//!
//! Knows the source and the tail of an answer. Must not know rows or columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail};

use crate::cli::{Cli, FormatArg, SelectArgs};
use crate::command::output::some_of;
use crate::compliance::baseline_conflict;
use crate::interrupt::Interrupt;
use crate::plan::selection::node_ids;
use crate::record::{Finding, Found, Needs, Node, Outcome, Place, Scope, Subject, Unread, Why};
use crate::report::Tail;
use crate::source::{Connect, Event, Lack, Selection, Source, merged};
use crate::terminal::Terminal;

/// Which nodes are asked for, before anybody is asked.
///
/// # Errors
/// When no node is asked for, or the ids cannot be read.
pub fn selection(
    args: &SelectArgs,
    needs: Option<Needs>,
    terminal: &mut Terminal,
) -> Result<Selection> {
    let selector = args.to_selector();
    let listed = node_ids(&args.ids, &args.ids_file, &selector, &mut *terminal.stdin)?;
    Ok(Selection {
        listed,
        selector,
        needs,
    })
}

/// Everywhere that is asked.
///
/// # Errors
/// When nowhere can be asked, or the run is interrupted first.
pub async fn connect(cli: &Cli, interrupt: &Interrupt) -> Result<Source> {
    connect_as(&cli.connect.to_connect(), interrupt).await
}

/// Everywhere that is asked, reached in this way.
///
/// # Errors
/// When nowhere can be asked, or the run is interrupted first.
pub async fn connect_as(connect: &Connect, interrupt: &Interrupt) -> Result<Source> {
    tokio::select! {
        biased;
        cause = interrupt.raised() => bail!("{cause} before anything was asked"),
        source = Source::connect(connect, interrupt) => {
            interrupt.begin();
            source
        }
    }
}

/// Says why release dates are lacking, where they were asked for and refused.
pub fn tell_undated(source: &Source, terminal: &mut Terminal) {
    let undated = source.undated();
    if let Some((_, why)) = undated.first() {
        let more = match undated.len() {
            1 => String::new(),
            n => format!(" (and in {} more places)", n - 1),
        };
        terminal.complain(&format!("without release dates: {}{more}", why.text));
    }
}

/// How a line starts that tells of nodes that were listed and are left out.
pub const LEFT_OUT: &str = "left out: --tag, --patch-group or --platform did not find ";

/// What is gathered beside the rows.
#[derive(Default)]
pub struct Gathered {
    pub tail: Tail,
    findings: Vec<(Arc<Place>, Finding)>,
    /// For each cause, how many places lack something for it.
    lacks: BTreeMap<&'static str, (String, usize)>,
    left_out: Vec<Arc<str>>,
}

/// What is left of an event for the command itself.
pub enum Left<T> {
    Item(T),
    /// A place of which nothing can be read wants a row, too.
    Unread(Scope, Why),
}

impl Gathered {
    /// Keeps what is no row.
    pub fn take<T>(&mut self, event: Event<T>) -> Option<Left<T>> {
        match event {
            Event::Item(item) => return Some(Left::Item(item)),
            Event::Found(place, finding) => self.findings.push((place, finding)),
            Event::LeftOut(ids) => self.left_out = ids,
            Event::Lack(Lack { columns, why }) => {
                self.lacks.entry(columns).or_insert((why, 0)).1 += 1;
            }
            Event::Unread(Unread { subject, why }) => {
                self.tail.unread.push(Unread {
                    subject: subject.clone(),
                    why: why.clone(),
                });
                if let Subject::Scope(scope) = subject {
                    self.tail.summary.unread_scopes += 1;
                    return Some(Left::Unread(scope, why));
                }
            }
        }
        None
    }

    /// Is this a stopped EC2 instance that nothing is known of? It may not even
    /// be managed, so it is counted and gets no row.
    pub fn is_no_node<T>(&mut self, node: &Node, outcome: &Outcome<T>) -> bool {
        let is_none = node.found == Found::Stopped && matches!(outcome, Outcome::NoData);
        if is_none {
            // The places tell how they found their nodes before they tell of any.
            let finding = self
                .findings
                .iter_mut()
                .rfind(|(place, _)| *place == node.place);
            if let Some((_, finding)) = finding {
                finding.stopped_without_record += 1;
            }
        }
        is_none
    }

    /// Counts how one node ended.
    pub fn count<T>(&mut self, node: &Node, outcome: &Outcome<T>) {
        let summary = &mut self.tail.summary;
        summary.asked += 1;
        match outcome {
            Outcome::Answered(_) => summary.answered += 1,
            Outcome::NoData => {
                summary.no_data += 1;
                self.tail.no_data.push(node.clone());
            }
            Outcome::Unread(why) => {
                summary.unread += 1;
                self.tail.unread.push(Unread {
                    subject: Subject::Node(node.clone()),
                    why: why.clone(),
                });
            }
        }
    }

    /// No more events: what stands below the rows is complete.
    pub fn end(&mut self) -> &Tail {
        let findings = self.findings.drain(..).map(|(_, finding)| finding);
        self.tail.found = merged(findings.collect());
        &self.tail
    }

    /// Nodes that were listed and that the filters did not find.
    pub fn left_out(&self) -> Option<String> {
        let ids: Vec<&str> = self.left_out.iter().map(|id| &**id).collect();
        (!ids.is_empty()).then(|| format!("{LEFT_OUT}{}", some_of(&ids)))
    }

    /// Says on stderr what the rows do not tell.
    pub fn remark(&self, source: &Source, output: FormatArg, terminal: &mut Terminal) {
        for remark in &source.remarks {
            terminal.remark(remark);
        }
        // The other formats have it in their own summary.
        if matches!(output, FormatArg::Csv | FormatArg::Ndjson) {
            for finding in &self.tail.found {
                for line in finding.told(self.tail.found.len() > 1) {
                    if !line.contains("cannot see: ") {
                        terminal.remark(line.trim_start());
                    }
                }
            }
        }
        if matches!(output, FormatArg::Csv | FormatArg::Ndjson) {
            for line in baseline_conflict::told(&self.tail.conflicts) {
                terminal.remark(&line);
            }
        }
        // Who is quiet has no summary to read it in, and must know all the same.
        let told = terminal.quiet || matches!(output, FormatArg::Csv | FormatArg::Ndjson);
        for blind in self.tail.found.iter().flat_map(|finding| &finding.blind) {
            if told && !matches!(output, FormatArg::Json) {
                terminal.complain(&format!("cannot see: {blind}"));
            }
        }
        for (columns, (why, places)) in &self.lacks {
            let more = match places {
                0 | 1 => String::new(),
                n => format!(" (and in {} more places)", n - 1),
            };
            terminal.remark(&format!("left empty: {columns}: {why}{more}"));
        }
        // A listed node without a row is never passed over, quiet or not.
        if let Some(left_out) = self.left_out() {
            terminal.complain(&left_out);
        }
        if self.tail.summary.asked == 0 && self.left_out.is_empty() && self.tail.unread.is_empty() {
            terminal
                .complain("no managed node was found; see --region, --all-regions and the filters");
        }
    }
}
