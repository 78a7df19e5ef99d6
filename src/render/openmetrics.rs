//! OpenMetrics text for Prometheus: gauges in a fixed order, without timestamps but for those
//! of `trend`. What is not known has no sample, and what is known to be nothing has one of 0.
//!
//! Readers: Prometheus, and node_exporter's textfile collector, which rejects a whole file
//! for a `# TYPE` of OpenMetrics alone and for a series that comes twice.

pub(crate) mod trend;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;

use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::gate::GateStatus;
use crate::render::Renderer;
use crate::report::{CheckFooter, Coverage, Footer, GroupFooter, NodeGroup, Note};
use crate::sanitize::sanitize;

/// Writes the metrics of `summary`: rows are groups of nodes.
pub(crate) struct SummaryMetrics {
    pub now: Timestamp,
    pub groups: Vec<NodeGroup>,
}

impl Renderer<NodeGroup> for SummaryMetrics {
    fn write_row(&mut self, row: &NodeGroup, _: &mut dyn Write) -> Result<()> {
        self.groups.push(row.clone());
        Ok(())
    }

    fn write_footer(
        &mut self,
        footer: &GroupFooter,
        _: &[Note],
        out: &mut dyn Write,
    ) -> Result<()> {
        let mut metrics = Metrics { out };
        metrics.answer(self.now, &footer.states.coverage, footer.is_complete())?;
        metrics.nodes(Scope::Fleet, &[Point::of_all(&footer.total)])?;
        let mut seen = BTreeSet::new();
        let groups = self.groups.iter();
        let groups: Vec<Point<'_>> = groups
            .map(|group| Point {
                labels: group_labels(group, &mut seen),
                group,
                at: None,
            })
            .collect();
        metrics.nodes(Scope::Group, &groups)?;
        metrics.end()
    }
}

/// The names of counts of an answer, and what they are.
type Metric = (&'static str, &'static str);
const COMPLETE: Metric = (
    "patchctl_answer_complete",
    "1 if everything was read that was selected",
);
const SELECTED: Metric = ("patchctl_selected_nodes", "Nodes that were selected");
const UNREAD_NODES: Metric = (
    "patchctl_unread_nodes",
    "Selected nodes that could not be read, in whole or in part",
);
const UNREAD_SCOPES: Metric = (
    "patchctl_unread_scopes",
    "Regions, accounts and profiles that could not be read",
);

/// A group, and when it stood so if that is not the time of the answer.
struct Point<'a> {
    labels: String,
    group: &'a NodeGroup,
    at: Option<Timestamp>,
}

impl<'a> Point<'a> {
    fn of_all(group: &'a NodeGroup) -> Self {
        Self {
            labels: String::new(),
            group,
            at: None,
        }
    }

    /// The value as it stands in a sample: before its time.
    fn value(&self, value: impl Display) -> String {
        match self.at {
            None => value.to_string(),
            Some(at) => format!("{value} {}", at.as_second()),
        }
    }
}

/// Writes the metrics of `check`.
///
/// # Errors
/// When the bytes cannot be written.
pub(super) fn write_gate(footer: &CheckFooter, now: Timestamp, out: &mut dyn Write) -> Result<()> {
    let report = &footer.report;
    let mut metrics = Metrics { out };
    metrics.answer(now, &footer.coverage, footer.is_complete())?;
    metrics.nodes(Scope::Fleet, &[Point::of_all(&footer.total)])?;
    if let Some(missing) = footer.missing_by_severity {
        metrics.family(
            "patchctl_missing_patches",
            "Missing patches of the nodes whose patches were read, by severity",
            Severity::ALL.into_iter().zip(missing).map(|(severity, n)| {
                let labels = label("severity", severity.as_str());
                (labels, Some(n))
            }),
        )?;
    }
    let statuses = [GateStatus::Pass, GateStatus::Unknown, GateStatus::Fail];
    metrics.family(
        "patchctl_gate_status",
        "1 for the status of the gate",
        statuses.map(|status| {
            let is_so = u64::from(report.status == status);
            (label("status", status.as_str()), Some(is_so))
        }),
    )?;
    let rules = report.rules.iter();
    metrics.family(
        "patchctl_gate_rule_status",
        "1 for the status of each rule of the gate",
        rules.clone().flat_map(|rule| {
            statuses.map(|status| {
                let (rule_label, is_so) = (label("rule", &rule.rule), rule.status == status);
                let labels = format!("{rule_label},{}", label("status", status.as_str()));
                (labels, Some(u64::from(is_so)))
            })
        }),
    )?;
    metrics.family(
        "patchctl_gate_rule_findings",
        "Findings of each rule of the gate, without those that waivers cover or that are known",
        rules.map(|rule| (label("rule", &rule.rule), Some(rule.findings.len() as u64))),
    )?;
    metrics.gauge(
        "patchctl_gate_waived_findings",
        "Findings that waivers cover",
        Some(report.waived.len() as u64),
    )?;
    if report.since.is_some() {
        metrics.gauge(
            "patchctl_gate_known_findings",
            "Findings that stood at the moment of --since, too, and do not break the gate",
            Some(report.known.len() as u64),
        )?;
    }
    metrics.end()
}

/// Whether nodes are those of the whole answer or of its groups.
#[derive(Clone, Copy)]
enum Scope {
    Fleet,
    Group,
}

impl Scope {
    /// Names differ, so that a sum over all series counts no node twice.
    fn name(self, rest: &str) -> String {
        match self {
            Self::Fleet => format!("patchctl_{rest}"),
            Self::Group => format!("patchctl_group_{rest}"),
        }
    }

    fn help(self, text: &str) -> String {
        match self {
            Self::Fleet => text.to_owned(),
            Self::Group => format!("{text}, by group"),
        }
    }
}

struct Metrics<'o> {
    out: &'o mut dyn Write,
}

impl Metrics<'_> {
    /// A family of gauges. Without any sample it has no lines, either.
    fn family<V: Display>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (String, Option<V>)>,
    ) -> Result<()> {
        let mut is_first = true;
        for (labels, value) in samples {
            let Some(value) = value else {
                continue;
            };
            if std::mem::take(&mut is_first) {
                writeln!(self.out, "# HELP {name} {help}.\n# TYPE {name} gauge")?;
                for unit in ["seconds", "ratio"] {
                    if name
                        .strip_suffix(unit)
                        .is_some_and(|rest| rest.ends_with('_'))
                    {
                        writeln!(self.out, "# UNIT {name} {unit}")?;
                    }
                }
            }
            if labels.is_empty() {
                writeln!(self.out, "{name} {value}")?;
            } else {
                writeln!(self.out, "{name}{{{labels}}} {value}")?;
            }
        }
        Ok(())
    }

    fn gauge<V: Display>(&mut self, name: &str, help: &str, value: Option<V>) -> Result<()> {
        self.family(name, help, [(String::new(), value)])
    }

    /// What the answer is, and how much of what was selected it covers.
    fn answer(&mut self, now: Timestamp, coverage: &Coverage, is_complete: bool) -> Result<()> {
        let version = label("version", env!("CARGO_PKG_VERSION"));
        self.family(
            "patchctl_build_info",
            "1, with the version of patchctl",
            [(version, Some(1))],
        )?;
        self.gauge(
            "patchctl_answer_timestamp_seconds",
            "When the answer was made, in seconds since 1970",
            Some(now.as_second()),
        )?;
        self.gauge(COMPLETE.0, COMPLETE.1, Some(u64::from(is_complete)))?;
        let totals = &coverage.totals;
        self.gauge(SELECTED.0, SELECTED.1, Some(totals.asked))?;
        self.gauge(
            "patchctl_answered_nodes",
            "Selected nodes that were read and have patch data",
            Some(totals.answered),
        )?;
        self.gauge(UNREAD_NODES.0, UNREAD_NODES.1, Some(totals.unread))?;
        self.gauge(UNREAD_SCOPES.0, UNREAD_SCOPES.1, Some(totals.unread_scopes))?;
        self.gauge(
            "patchctl_skipped_scopes",
            "Regions and accounts that were left out on purpose",
            Some(coverage.skipped.len()),
        )?;
        self.gauge(
            "patchctl_unmanaged_instances",
            "Running EC2 instances that Systems Manager does not manage",
            coverage.unmanaged(),
        )
    }

    /// The nodes of each group, whose labels come first, and then its times.
    fn nodes(&mut self, scope: Scope, groups: &[Point<'_>]) -> Result<()> {
        let by_verdict = |group: &NodeGroup| {
            Verdict::ALL.map(|verdict| {
                let n = match verdict {
                    Verdict::Compliant => group.compliant,
                    Verdict::NonCompliant => group.non_compliant,
                    Verdict::Stale => group.stale,
                    Verdict::NoData => group.no_data,
                    Verdict::Unread => group.unread,
                };
                (label("verdict", verdict.as_str()), Some(n))
            })
        };
        self.family(
            &scope.name("nodes"),
            &scope.help("Nodes by verdict"),
            labelled_samples(groups, by_verdict),
        )?;
        // Rounded down, so that one node of many stays visible; unread nodes are in the whole.
        let ratio = |group: &NodeGroup| {
            let tenths = group.compliant_tenths()?;
            Some(format!("{}.{:03}", tenths / 1000, tenths % 1000))
        };
        self.per_group(
            &scope.name("compliant_nodes_ratio"),
            &scope.help("Share of compliant nodes, rounded down; unread nodes are not compliant"),
            groups,
            ratio,
        )?;
        self.per_group(
            &scope.name("nodes_with_missing_patches"),
            &scope.help("Nodes that lack an approved patch"),
            groups,
            |group| group.missing.value().map(|_| group.missing_nodes),
        )?;
        self.per_group(
            &scope.name("nodes_pending_reboot"),
            &scope.help("Nodes on which patches wait for a reboot"),
            groups,
            |group| group.pending_reboot.value().map(|_| group.reboot_nodes),
        )?;
        let by_state = |group: &NodeGroup| {
            [
                ("Missing", group.missing),
                ("Failed", group.failed),
                ("InstalledRejected", group.rejected),
                ("InstalledPendingReboot", group.pending_reboot),
                ("AvailableSecurityUpdate", group.unapproved),
            ]
            .map(|(state, sum)| (label("state", state), sum))
        };
        self.family(
            &scope.name("patches"),
            &scope.help("Patches by state, over the nodes that report them"),
            labelled_samples(groups, |group| {
                by_state(group).map(|(state, sum)| (state, sum.value()))
            }),
        )?;
        self.family(
            &scope.name("patches_unreported_nodes"),
            &scope.help("Nodes whose record does not report patches of a state"),
            labelled_samples(groups, |group| {
                by_state(group).map(|(state, sum)| (state, Some(sum.unreported)))
            }),
        )?;
        self.per_group(
            &scope.name("oldest_scan_age_seconds"),
            &scope.help("Age of the last scan of the node whose last scan is the oldest"),
            groups,
            |group| group.oldest_age,
        )
    }

    fn per_group<V: Display>(
        &mut self,
        name: &str,
        help: &str,
        groups: &[Point<'_>],
        value: impl Fn(&NodeGroup) -> Option<V>,
    ) -> Result<()> {
        let samples = groups.iter().map(|of| {
            let value = value(of.group).map(|value| of.value(value));
            (of.labels.clone(), value)
        });
        self.family(name, help, samples)
    }

    fn end(self) -> Result<()> {
        self.out.write_all(b"# EOF\n")?;
        self.out.flush()?;
        Ok(())
    }
}

/// The samples of groups by one more label: each series with its times one after the other.
fn labelled_samples<const N: usize>(
    groups: &[Point<'_>],
    values: impl Fn(&NodeGroup) -> [(String, Option<u64>); N],
) -> Vec<(String, Option<String>)> {
    let mut samples = Vec::new();
    for points in groups.chunk_by(|one, next| one.labels == next.labels) {
        for at in 0..N {
            for of in points {
                let (label, value) = &values(of.group)[at];
                let labels = match &*of.labels {
                    "" => label.clone(),
                    labels => format!("{labels},{label}"),
                };
                samples.push((labels, value.map(|value| of.value(value))));
            }
        }
    }
    samples
}

/// The labels of a group. Two groups never have the same.
fn group_labels(group: &NodeGroup, seen: &mut BTreeSet<String>) -> String {
    let keys = [Some(&group.key), group.second_key.as_ref()];
    let labels = |text: fn(&str) -> String| {
        let mut labels = label("group_by", &group.grouping_name);
        for (name, key) in ["group", "group2"].into_iter().zip(keys) {
            if let Some(key) = key {
                labels = format!("{labels},{}", label(name, &text(&key.label())));
            }
        }
        labels
    };
    let plain = labels(str::to_owned);
    if seen.insert(plain.clone()) {
        return plain;
    }
    // One has characters that the other has escaped.
    let escaped = labels(|text| format!("{text:?}"));
    seen.insert(escaped.clone());
    escaped
}

/// A label. No line end but `\n` has an escape, so controls are shown as on a terminal.
fn label(name: &str, value: &str) -> String {
    let value = sanitize(value).replace('\\', "\\\\").replace('"', "\\\"");
    format!("{name}=\"{value}\"")
}
