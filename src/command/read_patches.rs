//! Reads the patches of nodes for a question: what every answer about patches
//! does alike, and what is said of it on stderr.
//!
//! Knows the source, the filter and CVEs. Must not know rows or columns.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::aggregate::exposure;
use crate::aggregate::exposure::Exposures;
use crate::cli::{PatchLayout, PatchesArgs};
use crate::command::collect::{Gathered, Left};
use crate::command::output;
use crate::command::patches;
use crate::compliance::verdict::Yardstick;
use crate::plan::filter::{Filter, Seen};
use crate::record::{Needs, Node, Outcome, Patch, PatchState, Subject, same_word};
use crate::render::Format;
use crate::report::Tail;
use crate::source::{Drilling, End, PatchEvent, Selection, Source};
use crate::terminal::Terminal;

/// What is asked of the patches of nodes.
pub struct Question {
    pub filter: Arc<Filter>,
    /// What the source is asked, which is more where CVEs are judged.
    pub read: Arc<Filter>,
    pub prefetch: bool,
    yardstick: Yardstick,
    /// Are release dates wanted?
    release_dates: bool,
    /// Were the states not typed, but those of who counts?
    usual_states: bool,
}

/// What comes of it, in the order of the nodes.
pub enum Read<'a> {
    /// Some patches of one node that pass the filter.
    Rows(Vec<Patch>),
    /// A node, or a place, that could not be read or of which nothing is known.
    Absent(Subject, String),
    /// A node's end, and whether all there is to know of it was read.
    End(&'a Node, bool),
}

/// What was met on the way.
#[derive(Default)]
pub struct Met {
    /// The patches that passed the filter.
    pub patches: u64,
    seen: Seen,
    unrated: u64,
}

impl Question {
    /// The question that the flags put.
    ///
    /// # Errors
    /// When they contradict one another.
    pub fn new(args: &PatchesArgs, now: Timestamp) -> Result<Self> {
        let mut filter = args.filter.to_filter()?;
        // Who lacks what is no question about what is installed.
        let is_counted = matches!(args.layout, PatchLayout::By(..));
        let usual_states = is_counted && filter.states.is_empty();
        if usual_states {
            filter.states = PatchState::NON_COMPLIANT.to_vec();
        }
        let filter = Arc::new(filter);
        let read = if filter.cves.is_empty() {
            filter.clone()
        } else {
            Arc::new(filter.widened_to(&exposure::TOLD))
        };
        Ok(Self {
            filter,
            read,
            prefetch: !args.filter.no_prefetch,
            yardstick: args.judge.to_yardstick(now),
            release_dates: patches::asks_for_dates(args),
            usual_states,
        })
    }

    /// What has to be known of nodes: on which systems CVE ids are told at all.
    #[must_use]
    pub fn needs(&self) -> Option<Needs> {
        needs(&self.filter.cves)
    }

    /// Reads the patches of every node asked for, and hands them to `take`.
    pub async fn read(
        &self,
        source: &Source,
        selection: Selection,
        gathered: &mut Gathered,
        mut take: impl FnMut(Read<'_>) -> Result<()>,
    ) -> Result<Met> {
        let mut met = Met::default();
        let cves = &self.filter.cves;
        let mut exposures = (!cves.is_empty()).then(|| Exposures::new(cves, self.yardstick));
        let drilling = Drilling {
            filter: self.read.clone(),
            prefetch: self.prefetch,
            // A scan that is too old proves nothing.
            states: exposures.is_some(),
            release_dates: self.release_dates,
            worth: None,
        };
        let mut stream = source.patches(selection, &drilling);
        while let Some(event) = stream.next().await {
            match gathered.take(event) {
                None => {}
                Some(Left::Unread(scope, why)) => {
                    if let Some(exposures) = &mut exposures {
                        exposures.unread(scope.clone(), &why);
                    }
                    if let Some(note) = Outcome::<()>::Unread(why).absence() {
                        take(Read::Absent(Subject::Scope(scope), note))?;
                    }
                }
                Some(Left::Item(PatchEvent::Rows(mut sifted))) => {
                    let summary = &mut gathered.tail.summary;
                    summary.hidden += sifted.hidden;
                    met.unrated += sifted.unrated;
                    met.seen.merge(sifted.seen);
                    if let Some(exposures) = &mut exposures {
                        for patch in &sifted.kept {
                            exposures.row(patch);
                        }
                        sifted = self.filter.sift(sifted.kept);
                        summary.hidden += sifted.hidden;
                        met.unrated += sifted.unrated;
                        met.seen.merge(sifted.seen);
                    }
                    met.patches += sifted.kept.len() as u64;
                    take(Read::Rows(sifted.kept))?;
                }
                Some(Left::Item(PatchEvent::End(End {
                    node,
                    outcome,
                    state,
                }))) => {
                    if gathered.is_no_node(&node, &outcome) {
                        continue;
                    }
                    gathered.count(&node, &outcome);
                    if let Some(exposures) = &mut exposures {
                        exposures.node(&node, &outcome, state.as_deref());
                    }
                    // Without it, a node without rows would read as a clean one.
                    if let Some(note) = outcome.absence() {
                        take(Read::Absent(Subject::Node(node.clone()), note))?;
                    }
                    take(Read::End(&node, matches!(outcome, Outcome::Answered(()))))?;
                }
            }
        }
        gathered.tail.exposure = exposures.map(Exposures::end).unwrap_or_default();
        Ok(met)
    }

    /// Says on stderr what the rows alone would leave in doubt.
    pub fn remark(&self, terminal: &mut Terminal, format: Format, met: &Met, tail: &Tail) {
        let (filter, seen) = (&self.filter, &met.seen);
        if self.usual_states {
            terminal.remark(
                "counted: Missing, Failed, InstalledRejected and InstalledPendingReboot; --state asks for others",
            );
        }
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
            terminal.complain(&format!("no patch data of {}", output::some_of(&ids)));
        }
        if met.patches == 0 && tail.summary.answered > 0 {
            terminal.remark(nothing(filter));
        }
        tell_exposure(terminal, format, tail);
        if met.unrated > 0 {
            terminal.complain(&format!(
                "left out: {} patches that nobody rated, of which --min-severity says nothing",
                met.unrated
            ));
        }
    }
}

/// What has to be known of nodes to judge them on these CVEs.
#[must_use]
pub fn needs(cves: &[String]) -> Option<Needs> {
    (!cves.is_empty()).then_some(Needs::Facts)
}

/// What is known of the CVEs asked for, where the answer itself has no room for it.
fn tell_exposure(terminal: &mut Terminal, format: Format, tail: &Tail) {
    if !tail.is_about_cves() || format == Format::Json {
        return;
    }
    if terminal.quiet {
        // No rows would read as no exposure.
        for exposure in &tail.exposure {
            let lines = exposure.told();
            if lines.len() > 1 {
                terminal.complain(&lines[0]);
            }
        }
    } else if format != Format::Table {
        for line in exposure::told(&tail.exposure) {
            terminal.remark(&line);
        }
        terminal.remark(exposure::NOT_PROVEN);
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
