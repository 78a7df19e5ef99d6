//! Arguments of `check`: rules, waivers and formats.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;

use crate::cli::layout::LayoutArgs;
use crate::cli::output::OutputArgs;
use crate::cli::select::{SelectArgs, VerdictArgs};
use crate::cli::value_parsers::{CompletingParser, SEVERITY_PARSER};
use crate::compliance::severity::Severity;
use crate::gate::{Rule, RuleSet};
use crate::report::FindingRow;

/// The end of the help.
pub(super) const HELP: &str = "\
Rules, each of which fails the gate; counters are those of one node:
  non-compliant          the verdict of a node is NON_COMPLIANT by AWS's rule (`patchctl states`)
  stale                  the last scan of a node is older than --max-age, whatever its verdict
  no-data                a node has no patch data (never scanned, or not managed), or its record
                         lacks data that the verdict needs
  unread                 a node, region or account could not be read; listed or not, the gate
                         is then UNKNOWN (exit 3) unless another rule fails
  missing>0              a node lacks more patches than this; also missing>=N
  failed>0               more patches failed to install; also failed>=N
  rejected>0             more installed patches are rejected by the baseline
  pending-reboot>3       more patches wait for a reboot
  unapproved>0           more security updates are available and not approved
  missing>=critical      a node lacks a patch of severity critical (important, medium, low) or
                         higher; also failed>=, rejected>=, pending-reboot>=, unapproved>=
  compliant<95%          the share of compliant nodes is lower; unread nodes count as not
                         compliant; also compliant<=99.5%
  patch-older-than 30d   a node lacks a patch that was released longer ago than this
  baseline-differs       a node was scanned with another baseline than its patch group

Case and spaces around operators are ignored. If data for a rule is missing, the rule is
UNKNOWN: a node without data, an unknown release date, counters that exceed the listed
patches. `check` then exits 3 (or 1 if another rule fails), as it does without any node.

Examples:
  patchctl --demo check --all
  patchctl check --all --fail-on 'missing>=critical,stale,no-data'
  patchctl check --all --fail-on 'compliant<95%' --fail-on 'patch-older-than 30d'
  patchctl check --patch-group prod-web --waivers waivers.toml --show-waived
  patchctl check --all --min-severity important -o junit --output-file gate.xml
  patchctl check i-0123456789abcdef0 -o github

Exit codes: 0 PASS; 1 FAIL; 2 could not start, or nothing could be read or written;
3 UNKNOWN: data that decides could not be read, and no rule failed.";

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub gate: GateArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<FindingRow>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Gate")]
pub(crate) struct GateArgs {
    /// Rules that fail the gate, in place of the default ones; see below [default: non-compliant,stale,no-data,unread]
    #[arg(long = "fail-on", value_name = "RULE,...", value_delimiter = ',', value_parser = RULE_PARSER, hide_possible_values = true, hide_default_value = true, default_values = ["non-compliant", "stale", "no-data", "unread"])]
    pub fail_on: Vec<Rule>,
    /// Use the rules, waivers and --max-age of this policy in patchctl.toml
    #[arg(long, value_name = "NAME")]
    pub policy: Option<String>,
    /// File of accepted findings, each with a reason and an expiry date; `none`: no waivers
    #[arg(long, value_name = "FILE")]
    pub waivers: Option<PathBuf>,
    /// List waived findings; they are always counted
    #[arg(long)]
    pub show_waived: bool,
    /// Only patches of at least this severity count: critical, important (high), medium (moderate), low; ignored unrated patches are reported
    #[arg(long, value_name = "SEVERITY", value_parser = SEVERITY_PARSER)]
    pub min_severity: Option<Severity>,
}

impl GateArgs {
    /// The rules to check.
    #[must_use]
    pub(crate) fn to_rule_set(&self) -> RuleSet {
        RuleSet::new(&self.fail_on, self.min_severity)
    }

    /// The file of waivers, unless it is `none`.
    #[must_use]
    pub(crate) fn waivers_path(&self) -> Option<&Path> {
        let path = self.waivers.as_deref();
        path.filter(|path| !path.as_os_str().eq_ignore_ascii_case("none"))
    }
}

/// A rule of the gate.
const RULE_PARSER: CompletingParser<Rule> = CompletingParser {
    parse: |text| text.parse().map_err(|why| format!("--fail-on {why}")),
    possible_values: || {
        // Completion offers rules without operators: < and > are special to shells.
        let words = [
            "non-compliant",
            "stale",
            "no-data",
            "unread",
            "baseline-differs",
        ];
        words.map(PossibleValue::new).to_vec()
    },
};
