//! Every flag and its help, in groups: Select, Filter, Output, Connect.
//!
//! The only file that defines clap types. It turns what was typed into the
//! plain values the other files know, and must not know what is done with them.

mod parse;
mod serve;
mod words;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, Command as Clap, CommandFactory as _, Parser, Subcommand, ValueEnum};

pub use self::parse::{Parsed, parse};
pub use self::serve::ServeArgs;
pub use self::words::{ColumnChoice, SortKey};
use self::words::{StateWord, cve, region, url, word};
use crate::columns::Row;
use crate::filter::Filter;
use crate::record::PatchState;
use crate::render::Format;
use crate::report::{PatchRow, StateRow};
use crate::source::Connect;
use crate::terminal::ColorChoice;

/// Patch compliance of an AWS Systems Manager fleet: every node a row, every verdict explained.
#[derive(Debug, Parser)]
#[command(
    name = "patchctl",
    version,
    max_term_width = 100,
    args_override_self = true,
    after_help = "\
Examples:
  patchctl --demo states i-123 i-456             try it, without an AWS account
  patchctl states i-0123456789abcdef0            is this node compliant, and why not?
  patchctl patches i-0123456789abcdef0 --state Missing
  patchctl states - -o csv < nodes.txt > fleet.csv

Exit codes: 0 answered; 1 the gate is broken; 2 could not start, or nothing could
be read; 3 answered in part."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub talk: TalkArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// One row per node: is it compliant, and why not
    #[command(after_help = "\
Examples:
  patchctl states i-0123456789abcdef0 mi-0123456789abcdef0
  patchctl states - < nodes.txt
  patchctl states - -o csv --output-file fleet.csv < nodes.txt
  patchctl states - -o json < nodes.txt |
    jq -r '.InstancePatchStates[] | select(.Verdict != \"COMPLIANT\").InstanceId'
  patchctl states - --sort-by -MissingCount --columns +BaselineId,+OperationEndTime < nodes.txt
  patchctl --demo states i-123 i-456")]
    States(StatesArgs),
    /// The patches of each node, filtered by state, severity, classification, KB or CVE
    #[command(after_help = "\
Examples:
  patchctl patches i-0123456789abcdef0 --state Missing
  patchctl patches - --non-compliant --severity critical,important < nodes.txt
  patchctl patches - --kb KB5088215 -o csv < nodes.txt > kb5088215.csv
  patchctl patches - --cve CVE-2026-57026 --columns InstanceId,KBId,State < nodes.txt
  patchctl --demo patches i-123 --state Missing

Values of one flag are OR, flags are AND; case, '_', '-' and spaces do not matter.")]
    Patches(PatchesArgs),
    /// The embedded demo: its nodes, and a server that others can use too
    #[command(subcommand)]
    Demo(DemoCommand),
    /// Print the completion script of a shell
    #[command(after_help = "\
Examples:
  patchctl completions bash > ~/.local/share/bash-completion/completions/patchctl
  patchctl completions zsh > ~/.zfunc/_patchctl
  patchctl completions fish > ~/.config/fish/completions/patchctl.fish")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print a man page
    #[command(after_help = "\
Examples:
  patchctl man | man -l -
  patchctl man states > patchctl-states.1")]
    Man {
        /// The command the page is about, such as `states` or `demo serve`; without it, patchctl itself
        command: Vec<String>,
    },
    /// Print the JSON Schema of a document
    #[command(after_help = "\
Examples:
  patchctl schema states > states.schema.json")]
    Schema {
        /// The command whose JSON document is described
        document: Document,
    },
}

/// The documents that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Document {
    States,
    Patches,
}

#[derive(Debug, Subcommand)]
pub enum DemoCommand {
    /// Serve the demo's accounts and regions on a loopback port, for this and every other AWS client
    #[command(after_help = "\
Examples:
  patchctl demo serve --port 8123
  export AWS_ENDPOINT_URL=http://127.0.0.1:8123 AWS_REGION=eu-west-1
  export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x
  aws ssm describe-instance-patch-states --instance-ids i-123
  patchctl demo serve --nodes 1000 --patches 250 --rate 40 --fault-every 5
  patchctl demo serve --nodes 200 --regions 5 --accounts 30 --fault-region us-east-1
  patchctl demo serve --deny ssm:GetInventory --deny ec2:DescribeInstances
  curl http://127.0.0.1:8123/stats")]
    Serve(Box<ServeArgs>),
    /// Print the ids of the demo fleet's nodes, one a line
    #[command(after_help = "\
Examples:
  patchctl demo nodes | patchctl --demo states -")]
    Nodes,
}

#[derive(Debug, Args)]
pub struct StatesArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<StateRow>,
}

#[derive(Debug, Args)]
pub struct PatchesArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<PatchRow>,
}

#[derive(Debug, Args)]
pub struct SelectArgs {
    /// Node ids (i-... or mi-...); `-` reads more from standard input: one a line, or separated by spaces or commas, `#` starts a comment
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Filter")]
pub struct FilterArgs {
    /// Only patches in these states
    #[arg(long = "state", value_name = "STATE,...", value_delimiter = ',', value_parser = StateWord)]
    pub states: Vec<PatchState>,
    /// Only the four non-compliant states: Missing, Failed, InstalledRejected, InstalledPendingReboot (security updates not approved yet are `--state AvailableSecurityUpdate`)
    #[arg(long)]
    pub non_compliant: bool,
    /// Only these severities, in the vendor's words: Critical, Important, Medium ...
    #[arg(long = "severity", value_name = "WORD,...", value_delimiter = ',', value_parser = word)]
    pub severities: Vec<String>,
    /// Only these classifications, in the vendor's words: SecurityUpdates, Security, Bugfix ...
    #[arg(long = "classification", value_name = "WORD,...", value_delimiter = ',', value_parser = word)]
    pub classifications: Vec<String>,
    /// Only these patches: KB5088215 on Windows, name.architecture of the package elsewhere
    #[arg(long = "kb", value_name = "ID,...", value_delimiter = ',', value_parser = word)]
    pub kb_ids: Vec<String>,
    /// Only patches that fix these CVEs, where the service tells which
    #[arg(long = "cve", value_name = "CVE,...", value_delimiter = ',', value_parser = cve)]
    pub cves: Vec<String>,
    /// Drill into every node, whatever its counters say: more calls, the same answer
    #[arg(long)]
    pub no_prefetch: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// The format
    #[arg(short = 'o', long, value_name = "FORMAT", value_enum, ignore_case = true, default_value_t = FormatArg::Table)]
    pub output: FormatArg,
    /// Write to a file, which is replaced only when the run has read something; - is stdout
    #[arg(long, value_name = "PATH")]
    pub output_file: Option<PathBuf>,
    /// Leave out the header line of the table or CSV
    #[arg(long)]
    pub no_headers: bool,
    /// Start CSV with a byte order mark, for spreadsheets that need one
    #[arg(long)]
    pub bom: bool,
}

impl OutputArgs {
    /// Does the answer go to a file, rather than to stdout?
    #[must_use]
    pub fn to_file(&self) -> bool {
        self.output_file
            .as_deref()
            .is_some_and(|path| path.as_os_str() != "-")
    }
}

/// Columns and order; which names there are depends on the row.
#[derive(Debug)]
pub struct LayoutArgs<R: Row> {
    pub columns: Vec<ColumnChoice<R>>,
    pub sort_by: Vec<SortKey<R>>,
}

/// How to reach the service.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connect")]
pub struct ConnectArgs {
    /// Ask the embedded demo region: no network, no credentials, the same answer each time
    #[arg(long, global = true)]
    pub demo: bool,
    /// The profile of the AWS config files [env: AWS_PROFILE]
    #[arg(long, value_name = "NAME", global = true)]
    pub profile: Option<String>,
    /// The AWS region [env: AWS_REGION]
    #[arg(long, value_name = "REGION", global = true, value_parser = region)]
    pub region: Option<String>,
    /// Another endpoint for SSM [env: AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL", global = true, value_parser = url)]
    pub endpoint_url: Option<String>,
    /// Calls under way at once, 1 to 256
    #[arg(long, value_name = "N", global = true, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
}

/// What is said beside the data.
#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub struct TalkArgs {
    /// When to use colour; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", global = true, value_enum, default_value_t = ColorArg::Auto)]
    pub color: ColorArg,
    /// Say nothing but errors: no summary, no remarks, no progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say how many calls were made
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// For people: fits the terminal
    Table,
    /// One document, a superset of the AWS CLI's
    Json,
    /// One JSON object a line
    Ndjson,
    /// For spreadsheets: RFC 4180, formulas neutralised
    Csv,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Table => Self::Table,
            FormatArg::Json => Self::Json,
            FormatArg::Ndjson => Self::Ndjson,
            FormatArg::Csv => Self::Csv,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    Auto,
    Always,
    Never,
}

impl From<ColorArg> for ColorChoice {
    fn from(color: ColorArg) -> Self {
        match color {
            ColorArg::Auto => Self::Auto,
            ColorArg::Always => Self::Always,
            ColorArg::Never => Self::Never,
        }
    }
}

impl ConnectArgs {
    /// The same, without clap.
    #[must_use]
    pub fn to_connect(&self) -> Connect {
        Connect {
            demo: self.demo,
            profile: self.profile.clone(),
            region: self.region.clone(),
            endpoint_url: self.endpoint_url.clone(),
            concurrency: usize::from(self.concurrency),
        }
    }
}

impl FilterArgs {
    /// The question these flags put.
    ///
    /// # Errors
    /// When `--state` and `--non-compliant` leave no state that both allow.
    pub fn to_filter(&self) -> Result<Filter> {
        let mut states = self.states.clone();
        states.sort();
        states.dedup();
        if self.non_compliant {
            if states.is_empty() {
                states = PatchState::NON_COMPLIANT.to_vec();
            } else {
                states.retain(|state| PatchState::NON_COMPLIANT.contains(state));
                if states.is_empty() {
                    bail!(
                        "--non-compliant and --state have no state in common; drop one of them \
                         (non-compliant are Missing, Failed, InstalledRejected, InstalledPendingReboot)"
                    );
                }
            }
        }
        Ok(Filter {
            states,
            severities: self.severities.clone(),
            classifications: self.classifications.clone(),
            kb_ids: self.kb_ids.clone(),
            cves: self.cves.clone(),
        })
    }
}

/// The whole command line as clap sees it, for completions, man pages and docs.
#[must_use]
pub fn definition() -> Clap {
    Cli::command()
}
