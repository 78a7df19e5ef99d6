//! The flags of `check`: the rules of the gate, its waivers, and its formats.
//!
//! Knows how they are written. Must not know what breaks a rule.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;

use crate::cli::value_parsers::{CompletingParser, SEVERITY_PARSER};
use crate::cli::{LayoutArgs, OutputArgs, SelectArgs, VerdictArgs};
use crate::compliance::severity::Severity;
use crate::gate::{Rule, RuleSet};
use crate::report::FindingRow;

/// What stands below the flags in the help.
pub const HELP: &str = "\
Rules, each of which fails the gate; counters are those of one node:
  non-compliant          a node is NON_COMPLIANT by AWS's rule, as `patchctl states` tells it
  stale                  a node's last scan is older than --max-age, whatever its verdict
  no-data                there is no patch data of a node (never scanned, or not managed), or
                         its record lacks something that its verdict needs
  unread                 a node, region or account could not be read; listed or not, the gate
                         is then UNKNOWN (exit 3) unless another rule fails
  missing>0              a node lacks more patches than this; also missing>=N
  failed>0               so many patches failed to install; also failed>=N
  rejected>0             so many are installed that the baseline rejects
  pending-reboot>3       so many wait for a restart
  unapproved>0           so many security updates are available and not approved
  missing>=critical      a node lacks a patch rated critical (important, medium, low) or worse;
                         also failed>=, rejected>=, pending-reboot>=, unapproved>=
  compliant<95%          of all nodes asked for, also unread ones, fewer are compliant than
                         this; also compliant<=99.5%
  patch-older-than 30d   a node lacks a patch that was released longer ago than this
  baseline-differs       a node was scanned with another baseline than its patch group

Case and spaces around operators do not matter. If data for a rule is missing, the rule is
UNKNOWN: a node without data, a patch of unknown age, counters that exceed the listed
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
pub struct CheckArgs {
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
pub struct GateArgs {
    /// What fails the gate, instead of non-compliant, stale, no-data and unread; each rule is described below
    #[arg(long = "fail-on", value_name = "RULE,...", value_delimiter = ',', value_parser = RULE_PARSER, hide_possible_values = true, hide_default_value = true, default_values = ["non-compliant", "stale", "no-data", "unread"])]
    pub fail_on: Vec<Rule>,
    /// Use the rules, waivers and age of this policy in patchctl.toml
    #[arg(long, value_name = "NAME")]
    pub policy: Option<String>,
    /// Findings that somebody answers for until a day; `none`: none
    #[arg(long, value_name = "FILE")]
    pub waivers: Option<PathBuf>,
    /// Name what is waived, which is counted in any case
    #[arg(long)]
    pub show_waived: bool,
    /// Only patches at least this severe count: critical, important (or high), medium (or moderate), low; those that nobody rated do not, and are told
    #[arg(long, value_name = "SEVERITY", value_parser = SEVERITY_PARSER)]
    pub min_severity: Option<Severity>,
}

impl GateArgs {
    /// The rules that the fleet is checked against.
    #[must_use]
    pub fn to_rule_set(&self) -> RuleSet {
        RuleSet::new(&self.fail_on, self.min_severity)
    }

    /// The file of waivers, if there is one.
    #[must_use]
    pub fn waivers_path(&self) -> Option<&Path> {
        let path = self.waivers.as_deref();
        path.filter(|path| !path.as_os_str().eq_ignore_ascii_case("none"))
    }
}

/// A rule of the gate.
const RULE_PARSER: CompletingParser<Rule> = CompletingParser {
    parse: |text| text.parse().map_err(|why| format!("--fail-on {why}")),
    possible_values: || {
        // Completion offers the words alone: shells have meanings of their own for < and >.
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
