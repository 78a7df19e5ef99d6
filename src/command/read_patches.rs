//! Reads the patches of nodes for a question: what every answer about patches
//! does alike, and what is said of it on stderr.
//!
//! Knows the source, the filter and CVEs. Must not know rows or columns.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;

use crate::aggregate::exposure;
use crate::aggregate::exposure::ExposureAggregator;
use crate::cli::{PatchLayout, PatchesArgs, VerdictArgs};
use crate::command::collect::{Collector, RowEvent};
use crate::command::output;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::filter::{Filter, SeenWords};
use crate::record::{Node, Outcome, Patch, PatchState, Subject, is_same_word};
use crate::render::Format;
use crate::report::Footer;
use crate::source::{NodeEnd, PatchEvent, Source};
use crate::terminal::Terminal;

/// What is asked of the patches of nodes.
pub struct PatchQuery {
    pub filter: Arc<Filter>,
    /// What the source is asked, which is more where CVEs are judged.
    pub source_filter: Arc<Filter>,
    verdict: VerdictArgs,
    /// Were the states not typed, but those of who counts?
    has_default_states: bool,
}

/// What comes of it, in the order of the nodes.
pub enum PatchItem<'a> {
    /// Some patches of one node that pass the filter.
    Patches(Vec<Patch>),
    /// A node, or a place, that could not be read or of which nothing is known.
    Unavailable(Subject, String),
    /// A node's end, and whether all there is to know of it was read.
    NodeEnd(&'a Node, bool),
}

/// What was met on the way.
#[derive(Default)]
pub struct PatchStats {
    /// The patches that passed the filter.
    pub patches: u64,
    seen_words: SeenWords,
    unrated: u64,
}

impl PatchQuery {
    /// The question that the flags put.
    ///
    /// # Errors
    /// When they contradict one another.
    pub fn new(args: &PatchesArgs) -> Result<Self> {
        let mut filter = args.filter.to_filter()?;
        // Who lacks what is no question about what is installed.
        let is_counted = matches!(args.layout, PatchLayout::Grouped(..));
        let usual_states = is_counted && filter.states.is_empty();
        if usual_states {
            filter.states = PatchState::NON_COMPLIANT.to_vec();
        }
        let filter = Arc::new(filter);
        let read = if filter.cves.is_empty() {
            filter.clone()
        } else {
            Arc::new(filter.widened_to_states(&exposure::STATES_WITH_CVE_IDS))
        };
        Ok(Self {
            filter,
            source_filter: read,
            verdict: args.verdict.clone(),
            has_default_states: usual_states,
        })
    }

    /// Reads the patches of every node asked for, and hands them to `take`.
    pub async fn read_patches(
        &self,
        source: &Source,
        plan: &FetchPlan,
        collector: &mut Collector,
        mut take: impl FnMut(PatchItem<'_>) -> Result<()>,
    ) -> Result<PatchStats> {
        let mut met = PatchStats::default();
        let cves = &self.filter.cves;
        let verdict_options = self.verdict.to_verdict_options(source.now());
        let mut exposures =
            (!cves.is_empty()).then(|| ExposureAggregator::new(cves, verdict_options));
        let mut stream = source.stream_patches(plan);
        while let Some(event) = stream.next().await {
            match collector.collect(event) {
                None => {}
                Some(RowEvent::Unread(scope, cause)) => {
                    if let Some(exposures) = &mut exposures {
                        exposures.add_unread_scope(scope.clone(), &cause);
                    }
                    if let Some(note) = Outcome::<()>::Unread(cause).describe_absence() {
                        take(PatchItem::Unavailable(Subject::Scope(scope), note))?;
                    }
                }
                Some(RowEvent::Item(PatchEvent::Rows(mut filtered))) => {
                    let summary = &mut collector.footer.totals;
                    summary.hidden += filtered.hidden;
                    met.unrated += filtered.unrated;
                    met.seen_words.merge(filtered.seen_words);
                    if let Some(exposures) = &mut exposures {
                        for patch in &filtered.kept {
                            exposures.add_patch(patch);
                        }
                        filtered = self.filter.apply(filtered.kept);
                        summary.hidden += filtered.hidden;
                        met.unrated += filtered.unrated;
                        met.seen_words.merge(filtered.seen_words);
                    }
                    met.patches += filtered.kept.len() as u64;
                    take(PatchItem::Patches(filtered.kept))?;
                }
                Some(RowEvent::Item(PatchEvent::End(NodeEnd {
                    node,
                    outcome,
                    state,
                }))) => {
                    if collector.count_if_stopped_without_record(&node, &outcome) {
                        continue;
                    }
                    collector.count_node(&node, &outcome);
                    if let Some(exposures) = &mut exposures {
                        exposures.finish_node(&node, &outcome, state.as_deref());
                    }
                    // Without it, a node without rows would read as a clean one.
                    if let Some(note) = outcome.describe_absence() {
                        take(PatchItem::Unavailable(Subject::Node(node.clone()), note))?;
                    }
                    take(PatchItem::NodeEnd(
                        &node,
                        matches!(outcome, Outcome::Answered(())),
                    ))?;
                }
            }
        }
        collector.footer.exposures = exposures
            .map(ExposureAggregator::finish)
            .unwrap_or_default();
        Ok(met)
    }

    /// Says on stderr what the rows alone would leave in doubt.
    pub fn print_notes(
        &self,
        terminal: &mut Terminal,
        format: Format,
        met: &PatchStats,
        footer: &Footer,
    ) {
        let (filter, seen) = (&self.filter, &met.seen_words);
        if self.has_default_states {
            terminal.note(
                "counted: Missing, Failed, InstalledRejected and InstalledPendingReboot; --state asks for others",
            );
        }
        if !seen.unknown_states.is_empty() {
            terminal.note(&format!(
                "some rows read have a state this version does not know, and takes for neither good nor bad: {}",
                format_words(&seen.unknown_states, "(none)")
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
                if !met.iter().any(|known| is_same_word(known, word)) && footer.totals.answered > 0
                {
                    terminal.note(&format!(
                        "no patch read has {flag} {word:?}; seen: {}",
                        format_words(met, "(empty)")
                    ));
                }
            }
        }
        // The table names them below its rows. Whoever wants quiet wants to know this
        // all the same: without it, no rows would read as nothing missing.
        if !footer.no_data.is_empty() && (!format.is_table() || terminal.quiet) {
            let ids: Vec<&str> = footer.no_data.iter().map(|node| &*node.id).collect();
            terminal.warn(&format!("no patch data of {}", output::format_ids(&ids)));
        }
        if met.patches == 0 && footer.totals.answered > 0 {
            terminal.note(no_match_message(filter));
        }
        report_exposure(terminal, format, footer);
        if met.unrated > 0 {
            terminal.warn(&format!(
                "left out: {} patches that nobody rated, of which --min-severity says nothing",
                met.unrated
            ));
        }
    }
}

/// What is known of the CVEs asked for, where the answer itself has no room for it.
fn report_exposure(terminal: &mut Terminal, format: Format, footer: &Footer) {
    if !footer.is_about_cves() || format == Format::Json {
        return;
    }
    if terminal.quiet {
        // No rows would read as no exposure.
        for exposure in &footer.exposures {
            let lines = exposure.to_lines();
            if lines.len() > 1 {
                terminal.warn(&lines[0]);
            }
        }
    } else if !format.is_table() {
        for line in exposure::to_lines(&footer.exposures) {
            terminal.note(&line);
        }
        terminal.note(exposure::NOT_SEEN_CAVEAT);
    }
}

/// What no rows at all mean, for this question.
fn no_match_message(filter: &Filter) -> &'static str {
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
fn format_words<T: AsRef<str>>(words: &BTreeSet<T>, blank: &str) -> String {
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
