//! Arguments of `check`: rules, waivers and formats.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use clap::builder::PossibleValue;

use crate::cli::diff::parse_dataset;
use crate::cli::from::FromArgs;
use crate::cli::layout::LayoutArgs;
use crate::cli::output::OutputArgs;
use crate::cli::select::{SelectArgs, VerdictArgs};
use crate::cli::sla::SlaArgs;
use crate::cli::value_parsers::{CompletingParser, SEVERITY_PARSER};
use crate::compliance::due_date::Sla;
use crate::compliance::severity::Severity;
use crate::gate::waiver::Waivers;
use crate::gate::{ConfiguredKey, Rule, RuleSet, UnknownAge};
use crate::record::is_same_word;
use crate::render::Format;
use crate::report::FindingRow;
use crate::settings::{Origin, SettingKey, Settings, UntypedFile, distrust_reason};
use crate::source::{DatasetMoment, DatasetOptions};
use crate::suggest::unknown_word;

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
  overdue>0              a node lacks more patches than this that are past their due date (--sla);
                         also overdue>=N
  due-within 7d          a node lacks a patch that is overdue or comes due within this time
  missing>=critical older-than 30d
                         a node lacks a patch that meets both; also failed>=, ...
  baseline-differs       a node was scanned with another baseline than its patch group
  unmanaged              a running EC2 instance is not managed by Systems Manager, so that
                         nothing is known of its patches; for --all, --tag, --patch-group and
                         --platform

Case and spaces around operators are ignored. If data for a rule is missing, the rule is
UNKNOWN: a node without data, an unknown release date (unless --unknown-age says otherwise;
AWS has dates of Windows updates only), counters that exceed the listed patches. `check`
then exits 3 (or 1 if another rule fails), as it does without any node.

Examples:
  patchctl --demo check --all
  patchctl check --all --fail-on 'missing>=critical,stale,no-data'
  patchctl check --all --fail-on 'compliant<95%' --fail-on 'patch-older-than 30d'
  patchctl check --all --fail-on 'missing>=critical older-than 30d' --unknown-age ignore
  patchctl check --patch-group prod-web --waivers waivers.toml --show-waived
  patchctl check --all --min-severity important -o junit --output-file gate.xml
  patchctl check --all -o asff --output-file 'findings-{n}.json'
  patchctl check i-0123456789abcdef0 -o github
  patchctl check --all --since fleet@30d

Exit codes: 0 PASS; 1 FAIL; 2 could not start, or nothing could be read or written;
3 UNKNOWN: data that decides could not be read, and no rule failed.";

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub from: FromArgs,
    #[command(flatten)]
    pub gate: GateArgs,
    /// Let only findings break the gate that are new since then: a dataset (DIR, s3://BUCKET/PREFIX), a moment of one (DIR@WHEN), or WHEN of the dataset of --from
    #[arg(long, value_name = "BASELINE", help_heading = "Gate")]
    since: Option<String>,
    #[command(flatten)]
    pub sla: SlaArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<FindingRow>,
}

#[derive(Debug, Clone, Args)]
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
    /// What a patch without a known release date means to rules on the age of patches: `fail`, `ignore` (such patches are reported) or `unknown`
    #[arg(long, value_name = "MEANING", value_parser = UNKNOWN_AGE_PARSER, default_value = "unknown", hide_possible_values = true)]
    pub unknown_age: UnknownAge,
}

impl CheckArgs {
    /// Does the output consist of rows?
    ///
    /// # Errors
    /// When columns are typed for a format that has none.
    pub(crate) fn prints_rows(&self, settings: &Settings) -> Result<bool> {
        let (format, layout) = (self.output.output, &self.layout);
        let has_layout = !(layout.columns.is_empty() && layout.sort_by.is_empty());
        if !format.has_gate_report() || (format.has_columns() && has_layout) {
            return Ok(true);
        }
        // Configured columns are for the formats that have some.
        let columns = SettingKey::Columns("check".to_owned());
        let is_configured = settings.configured_origin(&columns).is_some();
        if has_layout && !(is_configured && layout.sort_by.is_empty()) {
            bail!(
                "-o {format} of check has no columns; --columns and --sort-by require -o {}",
                Format::names(Format::has_columns)
            );
        }
        Ok(false)
    }

    /// The dataset that findings are compared with, and its name.
    ///
    /// # Errors
    /// When it is no dataset and no moment.
    pub(crate) fn baseline(&self) -> Result<Option<(String, DatasetOptions)>> {
        let Some(text) = &self.since else {
            return Ok(None);
        };
        let moment = DatasetMoment::parse(text).ok();
        let (location, at) = match (&self.from.from, moment) {
            (Some(from), Some(at)) => (from.clone(), at),
            _ => parse_dataset(text).context("--since")?,
        };
        let dataset = DatasetOptions::at_moment(location, at, self.select.criteria());
        Ok(Some((dataset.to_string(), dataset)))
    }

    /// The keys that decide about the gate and are configured, and where.
    #[must_use]
    pub(crate) fn configured_keys(settings: &Settings) -> Vec<ConfiguredKey> {
        let keys = [
            SettingKey::Policy,
            SettingKey::FailOn,
            SettingKey::Waivers,
            SettingKey::MaxAge,
            SettingKey::Sla,
        ];
        let configured = keys.iter().filter_map(|key| {
            Some(ConfiguredKey {
                key: key.name(),
                origin: settings.configured_origin(key)?.to_string(),
            })
        });
        configured.collect()
    }
}

impl GateArgs {
    /// The rules of the gate, and the waivers.
    ///
    /// # Errors
    /// When a rule needs time limits and there are none; when the waivers cannot be read,
    /// or are named by a file and are not trusted.
    pub(crate) fn load(&self, settings: &Settings, sla: &Sla) -> Result<(RuleSet, Waivers)> {
        let is_about_due_dates = |rule: &&Rule| rule.is_about_due_dates();
        if let Some(rule) = self.fail_on.iter().find(is_about_due_dates)
            && sla.is_empty()
        {
            bail!(
                "--fail-on {rule} requires time limits: give --sla critical=7d,important=30d, or \
                 [sla] in patchctl.toml"
            );
        }
        let path = self.waivers.as_deref();
        let waivers = match path.filter(|path| !path.as_os_str().eq_ignore_ascii_case("none")) {
            Some(path) => {
                check_trusted(path, settings)?;
                Waivers::read(path)?
            }
            None => Waivers::default(),
        };
        let mut rules = RuleSet::new(&self.fail_on, self.min_severity);
        rules.unknown_age = self.unknown_age;
        rules.sla = sla.clone();
        Ok((rules, waivers))
    }
}

/// A file of waivers that a configuration file names must be trusted, too.
fn check_trusted(path: &Path, settings: &Settings) -> Result<()> {
    let Some(at @ Origin::File { .. }) = settings.configured_origin(&SettingKey::Waivers) else {
        return Ok(());
    };
    let file = UntypedFile {
        what: &format!("{at}: the file of waivers"),
        path,
        trusting_flag: "--waivers",
        omitting_flag: "--waivers none",
    };
    file.check(distrust_reason(path))
}

const UNKNOWN_AGE_PARSER: CompletingParser<UnknownAge> = CompletingParser {
    parse: |text| {
        let mut known = UnknownAge::ALL.into_iter();
        let known = known.find(|meaning| is_same_word(meaning.as_str(), text));
        known.ok_or_else(|| {
            let words = UnknownAge::ALL.map(UnknownAge::as_str);
            unknown_word("--unknown-age: unknown meaning", text, &words)
        })
    },
    possible_values: || {
        UnknownAge::ALL
            .map(|meaning| PossibleValue::new(meaning.as_str()))
            .to_vec()
    },
};

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
            "unmanaged",
        ];
        words.map(PossibleValue::new).to_vec()
    },
};
