//! Arguments of `history`.

use anyhow::{Result, bail};
use clap::{Args, ValueHint};

use crate::aggregate::history::HistorySubject;
use crate::cli::collect::parse_location;
use crate::cli::from::CONNECTION_CONFLICTS;
use crate::cli::layout::LayoutArgs;
use crate::cli::output::OutputArgs;
use crate::cli::sla::SlaArgs;
use crate::record::{is_well_formed_node_id, normalize_cve_id, normalize_windows_kb};
use crate::report::HistoryRow;
use crate::source::DatasetLocation;

/// The end of the help.
pub(super) const HELP: &str = "\
Examples:
  patchctl history i-0123456789abcdef0 --from fleet
  patchctl history KB5088215 --from fleet -o csv
  patchctl history CVE-2026-57026 --from s3://bucket/fleet
  patchctl history --from fleet --sla critical=7d,important=30d -o json

Reads every run of the dataset, oldest first. A run that could not read a node, or did not
collect it, closes no exposure. Below the rows: how long patches of each severity took.

Exit codes: 0 complete; 2 could not start, or nothing could be read or written; 3 the last run
could not read everything.";

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// A node id, a KB number or package, or a CVE id [default: every patch of every node]
    #[arg(value_name = "NODE|KB|CVE")]
    pub subject: Option<String>,
    /// The dataset: a folder or s3://BUCKET/PREFIX
    #[arg(long, value_name = "LOCATION", value_parser = parse_location, value_hint = ValueHint::DirPath, conflicts_with_all = CONNECTION_CONFLICTS, required_unless_present = "columns", help_heading = "Dataset")]
    pub from: Option<DatasetLocation>,
    #[command(flatten)]
    pub sla: SlaArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<HistoryRow>,
}

impl HistoryArgs {
    /// What the history is about, and the node where it is one.
    ///
    /// # Errors
    /// When it is an empty text: the variable of a script that is not set.
    pub(crate) fn subject(&self) -> Result<(HistorySubject, Option<String>)> {
        let Some(text) = self.subject.as_deref().map(str::trim) else {
            return Ok((HistorySubject::Nodes, None));
        };
        if text.is_empty() {
            bail!("the node, KB or CVE is empty; leave it out for every patch of every node");
        }
        Ok(Self::subject_of(text))
    }

    fn subject_of(text: &str) -> (HistorySubject, Option<String>) {
        if is_well_formed_node_id(text) || text.starts_with("i-") || text.starts_with("mi-") {
            return (HistorySubject::Nodes, Some(text.to_owned()));
        }
        if let Some(cve) = normalize_cve_id(text) {
            return (HistorySubject::Cve(cve), None);
        }
        let kb = normalize_windows_kb(text).unwrap_or_else(|| text.to_owned());
        (HistorySubject::Kb(kb), None)
    }
}
