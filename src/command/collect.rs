//! What every command that asks about nodes does alike: which nodes, where, and
//! what a stream tells beside its rows.
//!
//! Knows the source and the tail of an answer. Must not know rows or columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::cli::{Cli, SelectArgs};
use crate::command::output::format_ids;
use crate::compliance::baseline_conflict;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::selection::read_node_ids;
use crate::record::{
    AccountRegion, Cause, DiscoveryReport, Node, NodeOrigin, Outcome, Scope, Subject, Unread,
};
use crate::render::{Format, NotePlacement};
use crate::report::Footer;
use crate::source::{ConnectOptions, Event, MissingColumns, Source, merge_reports};
use crate::terminal::Terminal;

/// The plan with the nodes that the arguments, files and standard input name.
///
/// # Errors
/// When no node is selected, or the ids cannot be read.
pub fn with_node_ids(
    plan: FetchPlan,
    args: &SelectArgs,
    terminal: &mut Terminal,
) -> Result<FetchPlan> {
    let stdin = &mut *terminal.stdin;
    Ok(FetchPlan {
        node_ids: read_node_ids(&args.ids, &args.ids_file, &plan.selector, stdin)?,
        ..plan
    })
}

/// Everywhere that is asked.
///
/// # Errors
/// When nowhere can be asked, or the run is interrupted first.
pub async fn connect(cli: &Cli, now: Timestamp, interrupt: &Interrupt) -> Result<Source> {
    connect_with(&cli.connect.to_connect(), now, interrupt).await
}

/// Everywhere that is asked, reached in this way.
///
/// # Errors
/// When nowhere can be asked, or the run is interrupted first.
pub async fn connect_with(
    connect: &ConnectOptions,
    now: Timestamp,
    interrupt: &Interrupt,
) -> Result<Source> {
    tokio::select! {
        biased;
        cause = interrupt.wait_until_raised() => bail!("{cause} before anything was asked"),
        source = Source::connect(connect, now, interrupt) => {
            interrupt.mark_started();
            source
        }
    }
}

/// How a line starts that tells of nodes that were listed and are left out.
pub const UNMATCHED_PREFIX: &str = "left out: --tag, --patch-group or --platform did not find ";

/// What is gathered beside the rows.
#[derive(Default)]
pub struct Collector {
    pub footer: Footer,
    discovery_reports: Vec<(Arc<AccountRegion>, DiscoveryReport)>,
    /// For each cause, how many places lack something for it.
    missing_columns: BTreeMap<Box<str>, (String, usize)>,
    unmatched_ids: Vec<Arc<str>>,
    /// The operating systems of baselines, as far as conflicts depend on them.
    pub baseline_systems: BTreeMap<(Arc<AccountRegion>, Box<str>), Box<str>>,
    /// Where release dates are missing, and why.
    pub missing_release_dates: Vec<(Arc<AccountRegion>, Cause)>,
}

/// What is left of an event for the command itself.
pub enum RowEvent<T> {
    Item(T),
    /// A place of which nothing can be read wants a row, too.
    Unread(Scope, Cause),
}

impl Collector {
    /// Keeps what is no row.
    pub fn collect<T>(&mut self, event: Event<T>) -> Option<RowEvent<T>> {
        match event {
            Event::Item(item) => return Some(RowEvent::Item(item)),
            Event::Discovery(location, finding) => self.discovery_reports.push((location, finding)),
            Event::Excluded(ids) => self.unmatched_ids = ids,
            Event::BaselineSystem {
                location,
                baseline_id,
                operating_system,
            } => {
                let key = (location, baseline_id);
                self.baseline_systems.insert(key, operating_system);
            }
            Event::ReleaseDatesMissing(location, cause) => {
                self.missing_release_dates.push((location, cause));
            }
            Event::MissingColumns(MissingColumns {
                columns,
                reason: why,
            }) => {
                self.missing_columns.entry(columns).or_insert((why, 0)).1 += 1;
            }
            Event::Unread(Unread {
                subject,
                cause: why,
            }) => {
                self.footer.unread.push(Unread {
                    subject: subject.clone(),
                    cause: why.clone(),
                });
                if let Subject::Scope(scope) = subject {
                    self.footer.totals.unread_scopes += 1;
                    return Some(RowEvent::Unread(scope, why));
                }
            }
        }
        None
    }

    /// Says why release dates are missing, where they were asked for.
    pub fn report_missing_release_dates(&self, terminal: &mut Terminal) {
        if let Some((_, cause)) = self.missing_release_dates.first() {
            let more = match self.missing_release_dates.len() {
                1 => String::new(),
                n => format!(" (and in {} more places)", n - 1),
            };
            terminal.warn(&format!("without release dates: {}{more}", cause.text));
        }
    }

    /// Is this a stopped EC2 instance that nothing is known of? It may not even
    /// be managed, so it is counted and gets no row.
    pub fn count_if_stopped_without_record<T>(
        &mut self,
        node: &Node,
        outcome: &Outcome<T>,
    ) -> bool {
        let is_none = node.origin == NodeOrigin::Stopped && matches!(outcome, Outcome::NoData);
        if is_none {
            // The places tell how they found their nodes before they tell of any.
            let finding = self
                .discovery_reports
                .iter_mut()
                .rfind(|(location, _)| *location == node.location);
            if let Some((_, finding)) = finding {
                finding.stopped_without_record += 1;
            }
        }
        is_none
    }

    /// Counts how one node ended.
    pub fn count_node<T>(&mut self, node: &Node, outcome: &Outcome<T>) {
        let summary = &mut self.footer.totals;
        summary.asked += 1;
        match outcome {
            Outcome::Answered(_) => summary.answered += 1,
            Outcome::NoData => {
                summary.no_data += 1;
                self.footer.no_data.push(node.clone());
            }
            Outcome::Unread(why) => {
                summary.unread += 1;
                self.footer.unread.push(Unread {
                    subject: Subject::Node(node.clone()),
                    cause: why.clone(),
                });
            }
        }
    }

    /// No more events: what stands below the rows is complete.
    pub fn finish(&mut self) -> &Footer {
        let findings = self.discovery_reports.drain(..).map(|(_, finding)| finding);
        self.footer.discovery = merge_reports(findings.collect());
        &self.footer
    }

    /// Nodes that were listed and that the filters did not find.
    pub fn unmatched_message(&self) -> Option<String> {
        let ids: Vec<&str> = self.unmatched_ids.iter().map(|id| &**id).collect();
        (!ids.is_empty()).then(|| format!("{UNMATCHED_PREFIX}{}", format_ids(&ids)))
    }

    /// Says on stderr what the rows do not tell.
    pub fn print_notes(&self, source: &Source, output: Format, terminal: &mut Terminal) {
        for remark in source.notes() {
            terminal.note(remark);
        }
        // The other formats have it in their own summary.
        if output.prints_notes() == NotePlacement::Stderr {
            for finding in &self.footer.discovery {
                for line in finding.to_lines(self.footer.discovery.len() > 1) {
                    if !line.contains("cannot see: ") {
                        terminal.note(line.trim_start());
                    }
                }
            }
        }
        if output.prints_notes() == NotePlacement::Stderr {
            for line in baseline_conflict::to_lines(&self.footer.conflicts) {
                terminal.note(&line);
            }
        }
        // Who is quiet has no summary to read it in, and must know all the same.
        let told = terminal.quiet || output.prints_notes() == NotePlacement::Stderr;
        for blind in self
            .footer
            .discovery
            .iter()
            .flat_map(|finding| &finding.limitations)
        {
            if told && output.prints_notes() != NotePlacement::Members {
                terminal.warn(&format!("cannot see: {blind}"));
            }
        }
        for (columns, (cause, locations)) in &self.missing_columns {
            let more = match locations {
                0 | 1 => String::new(),
                n => format!(" (and in {} more places)", n - 1),
            };
            terminal.note(&format!("left empty: {columns}: {cause}{more}"));
        }
        // A listed node without a row is never passed over, quiet or not.
        if let Some(left_out) = self.unmatched_message() {
            terminal.warn(&left_out);
        }
        if self.footer.totals.asked == 0
            && self.unmatched_ids.is_empty()
            && self.footer.unread.is_empty()
        {
            terminal.warn("no managed node was found; see --region, --all-regions and the filters");
        }
    }
}
