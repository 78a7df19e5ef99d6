//! What `check` needs beside its rows for findings that Security Hub imports: the nodes that
//! were read, what is left out and why, and files of a limited size.

use std::path::PathBuf;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::cli::OutputArgs;
use crate::gate::{Rule, RuleSet};
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::iam::partition_of_region;
use crate::record::{AccountRegion, Outcome, Subject};
use crate::render::Format;
use crate::render::gate::asff::{FindingBatches, MAX_FINDINGS};
use crate::report::{CheckFooter, Coverage, ReadNode, StateRow};
use crate::sink::Sink;
use crate::text::count;

/// Were all nodes of the patch groups asked for and read?
pub(super) fn has_whole_groups(plan: &FetchPlan, coverage: &Coverage) -> bool {
    plan.node_ids.is_empty()
        && plan.selector.selects_whole_groups()
        && coverage.unread.is_empty()
        && coverage.incomplete_scopes().is_empty()
}

/// What the findings of an answer leave out, and a file that would be taken for one of theirs.
pub(super) fn remarks_of_findings(output: &OutputArgs, footer: &CheckFooter) -> Vec<String> {
    let batches = FindingBatches::new(footer);
    let mut remarks = Vec::new();
    if batches.undecided > 0 {
        let nodes = count(batches.undecided, "node");
        remarks.push(format!(
            "left out: {nodes} that no rule finds fault with: {} compares whole patch groups, and \
             not all nodes were read; Security Hub keeps what it has of them",
            Rule::BaselineDiffers
        ));
    }
    if let Some(path) = left_file(output, &batches) {
        let path = path.display();
        remarks.push(format!(
            "{path} is left of an earlier run: remove it, or it is imported too"
        ));
    }
    remarks
}

/// Writes the files after the first one.
pub(super) fn write_further_files(
    output: &OutputArgs,
    batches: &FindingBatches<'_>,
    interrupt: &Interrupt,
) -> Result<()> {
    for at in 1..batches.len() {
        let path = output.file(at + 1);
        let mut unused = std::io::sink();
        let mut file = Sink::open(path.as_deref(), &mut unused, interrupt)?;
        batches.write(at, &mut file)?;
        file.commit()?;
    }
    Ok(())
}

/// Checks that findings are about rules that judge each node.
pub(super) fn check_rules_of_findings(output: &OutputArgs, rules: &RuleSet) -> Result<()> {
    if output.output == Format::Asff && !rules.rules().iter().any(|rule| rule.is_of_nodes()) {
        bail!(
            "-o asff needs a rule that judges each node, such as non-compliant or missing>=critical: \
             without one, every node would pass"
        );
    }
    Ok(())
}

/// Which nodes have no finding, where these many have one.
pub(super) fn missing_findings(coverage: &Coverage, nodes: u64) -> impl Iterator<Item = String> {
    let unread = coverage.totals.unread;
    let missing = coverage.totals.asked - unread - nodes;
    let causes = [(unread, "unread"), (missing, "of an unknown account")];
    causes.into_iter().filter(|(n, _)| *n > 0).map(|(n, why)| {
        let nodes = count(n, "node");
        format!("no finding for {nodes} {why}: Security Hub keeps what it has of them")
    })
}

/// Checks that findings that need this many files have a pattern for their names.
pub(super) fn check_file_count(output: &OutputArgs, files: usize) -> Result<()> {
    if files > 1 && !output.has_numbered_files() {
        bail!(
            "-o asff needs {files} files here, as one holds {MAX_FINDINGS} findings of one account and region: use \
             --output-file 'findings-{{n}}.json'"
        );
    }
    Ok(())
}

/// The file that would be the next to be written, if it exists.
fn left_file(output: &OutputArgs, batches: &FindingBatches<'_>) -> Option<PathBuf> {
    let files = batches.len().max(1);
    let path = output.file(files + 1);
    path.filter(|path| output.has_numbered_files() && path.exists())
}

/// The nodes of rows, where their account and region are known.
pub(super) fn read_nodes(
    rows: Vec<StateRow>,
    coverage: &Coverage,
    read_at: impl Fn(&AccountRegion) -> Timestamp,
) -> Vec<ReadNode> {
    let known = rows.into_iter().filter_map(|row| {
        let Subject::Node(node) = row.subject else {
            return None;
        };
        let location = &node.location;
        let account = coverage.account_of(location)?.into();
        let read_at = read_at(location);
        let partition = partition_of_region(&location.region);
        let state = match row.outcome {
            Outcome::Answered(state) => Some(state),
            Outcome::NoData | Outcome::Unread(_) => None,
        };
        (!location.region.is_empty()).then_some(ReadNode {
            node,
            account,
            partition,
            verdict: row.judgement.verdict,
            reasons: row.judgement.reasons,
            state,
            read_at,
        })
    });
    known.collect()
}
