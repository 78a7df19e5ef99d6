//! Arguments of `report`.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Arg, Args, ValueHint};

use crate::aggregate::sample::Sample;
use crate::aggregate::summary::NodeGroupings;
use crate::cli::check::GateArgs;
use crate::cli::from::FromArgs;
use crate::cli::output::OutputArgs;
use crate::cli::row_filter::NoRowFilter;
use crate::cli::sample::read_sample;
use crate::cli::select::{SelectArgs, VerdictArgs};
use crate::cli::sla::SlaArgs;
use crate::cli::summary::NODE_GROUPING_PARSER;
use crate::gate::Rule;

/// The end of the help.
pub(super) const HELP: &str = "\
Examples:
  patchctl report                                every managed node, as Markdown
  patchctl report -o html --output-file fleet.html
  patchctl report -o json --output-file fleet.json
  patchctl report -o xlsx --output-file fleet.xlsx
  patchctl report --tag Env=prod --by platform --by tag:Team --top 20
  patchctl report --all-regions --organization --role-name patchctl-read --by account
  patchctl report --sla critical=7d,important=30d
  patchctl report --fail-on 'non-compliant,stale' --waivers waivers.toml
  patchctl report --from fleet --sample audit.csv --sla critical=7d,important=30d -o xlsx --output-file evidence.xlsx
  patchctl --demo report

Without ids, --tag, --patch-group or --platform, every managed node is included, as with --all.
Figures are of all selected nodes: --where, --verdict and their short forms are refused.

Exit codes: 0 complete; 1 a rule of --fail-on or --policy is broken; 2 could not start, or
nothing could be read or written; 3 incomplete, or the status of a rule is unknown.";

/// Flags of rows, which a document has no use for.
const UNUSED_FLAGS: [&str; 5] = [
    "no_headers",
    "bom",
    "delimiter",
    "time_format",
    "show_waived",
];

/// Hides the flags that a document has no use for.
pub(super) fn hide_unused(arg: Arg) -> Arg {
    let is_unused = UNUSED_FLAGS.contains(&arg.get_id().as_str());
    if is_unused { arg.hide(true) } else { arg }
}

/// `--fail-on`, which a report takes only where it is typed.
pub(super) fn without_default_rules(arg: Arg) -> Arg {
    arg.default_values(None::<&str>).help("Rules to show with their status, which decide the exit code; `patchctl check --help` lists them")
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub from: FromArgs,
    /// With --from, show what the runs of the dataset say of each line of this file, or of standard input (-): a node id, a KB number, package, CVE id or title, or a node id and one of these; CSV too, `#` starts a comment
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "from", help_heading = "Dataset")]
    pub sample: Option<PathBuf>,
    /// Group nodes by this, or by two such as account,region; `tag:KEY` is the value of a tag; if repeated, a section for each
    #[arg(long, value_name = "GROUP,...", value_parser = NODE_GROUPING_PARSER, default_value = "patch-group", help_heading = "Group")]
    pub by: Vec<NodeGroupings>,
    /// Rows of each section of the worst: nodes, patches, CVEs, overdue patches
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000), help_heading = "Group")]
    pub top: u16,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub sla: SlaArgs,
    #[command(flatten)]
    pub gate: GateArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub row_filter: NoRowFilter,
}

impl ReportArgs {
    /// What `--sample` names.
    ///
    /// # Errors
    /// When the file cannot be read, or a line of it names neither a node nor a patch.
    pub(crate) fn read_sample(&self, stdin: &mut dyn Read) -> Result<Option<Sample>> {
        let Some(path) = &self.sample else {
            return Ok(None);
        };
        if path.as_os_str() == "-" && self.select.ids.iter().any(|id| id == "-") {
            bail!("standard input is read for node ids or for --sample; give the other a file");
        }
        read_sample(path, stdin).map(Some)
    }

    /// Were rules given, so that they have a section and decide the exit code?
    #[must_use]
    pub(crate) fn has_rules(&self) -> bool {
        !self.gate.fail_on.is_empty() || self.gate.policy.is_some()
    }

    /// The rules of the gate; the default ones where none are given.
    #[must_use]
    pub(crate) fn gate_or_default(&self) -> GateArgs {
        let mut gate = self.gate.clone();
        if gate.fail_on.is_empty() {
            gate.fail_on = Rule::DEFAULT.to_vec();
        }
        gate
    }
}
