//! Every flag and its help, in groups: Select, Filter, Output, Connect.
//!
//! The only file that defines clap types. It turns what was typed into the
//! plain values the other files know, and must not know what is done with them.

mod check;
mod connect;
mod defaults;
mod iam_policy;
mod layout;
pub(crate) mod parse;
mod select;
mod serve;
mod summary;
mod value_parsers;

use std::path::PathBuf;

use clap::{Args, Command as Clap, CommandFactory as _, Parser, Subcommand, ValueEnum};

pub use self::check::{CheckArgs, GateArgs};
pub use self::connect::ConnectArgs;
pub use self::defaults::ConfigArgs;
pub use self::iam_policy::{PolicyArgs, PolicyCommand};
pub use self::layout::PatchLayout;
pub use self::parse::{ParseOutcome, parse};
pub use self::select::{FilterArgs, SelectArgs, VerdictArgs};
pub use self::serve::ServeArgs;
pub use self::summary::SummaryArgs;
use self::value_parsers::format_parser;
pub use self::value_parsers::{ColumnChoice, SortKey};
use crate::columns::Row;
use crate::record::CallCheck;
use crate::render::Format;
use crate::report::StateRow;
use crate::settings::Settings;
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
  patchctl --demo states --all                   the whole demo fleet
  patchctl states i-0123456789abcdef0            is this node compliant, and why not?
  patchctl patches i-0123456789abcdef0 --state Missing
  patchctl states --all -o csv > fleet.csv       every managed node, stopped ones too
  patchctl states --all --all-regions            every region of the account

Exit codes: 0 answered; 1 the gate failed; 2 could not start, or nothing could
be read or written; 3 answered in part, or the gate cannot say."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub messages: MessageArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What is configured, and where: the values among it are in the fields above, already.
    #[arg(skip)]
    pub settings: Settings,
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
  patchctl states --all --tag Env=prod --platform windows -o wide
  patchctl states --all --sort-by -MissingCount --columns +Name,+tag:Team,+OperationEndTime
  patchctl states --all --all-regions --organization --role-name patchctl-read
  patchctl --demo states i-123 i-456")]
    States(StatesArgs),
    /// The patches of each node, filtered by state, severity, classification, KB or CVE
    #[command(mut_arg("max_age", |arg| arg.help(select::MAX_AGE_WITH_CVES_HELP)), after_help = "\
Examples:
  patchctl patches i-0123456789abcdef0 --state Missing
  patchctl patches --all --non-compliant --severity critical,important
  patchctl patches --patch-group prod-web --state Missing --estimate
  patchctl patches - --kb KB5088215 -o csv < nodes.txt > kb5088215.csv
  patchctl patches - --cve CVE-2026-57026 --columns InstanceId,KBId,State < nodes.txt
  patchctl patches --all --by kb
  patchctl patches --all --by cve --min-severity critical -o json
  patchctl --demo patches i-123 --state Missing

Values of one flag are OR, flags are AND; case, '_', '-' and spaces do not matter.")]
    Patches(PatchesArgs),
    /// The gate: is the fleet as it has to be? Ends with 0, 1 or 3
    #[command(mut_arg("output", |arg| arg.value_parser(format_parser(|_| true))), after_help = check::HELP)]
    Check(Box<CheckArgs>),
    /// The fleet by patch group, platform, region, account, baseline, tag or verdict: one screen
    #[command(after_help = "\
Examples:
  patchctl summary                               every managed node, by patch group
  patchctl summary --by platform --tag Env=prod
  patchctl summary --by account --all-regions --organization --role-name patchctl-read
  patchctl summary --by tag:Team --sort-by -MissingCount -o csv > teams.csv
  patchctl summary --by region -o json | jq '.Total.CompliantPercent'
  patchctl --demo summary

Without ids, --tag, --patch-group or --platform it is about every managed node, as with --all.")]
    Summary(SummaryArgs),
    /// Who am I, and which of the calls are answered, in each place
    #[command(after_help = "\
Examples:
  patchctl doctor
  patchctl doctor --profile prod --all-regions --sort-by Result
  patchctl doctor --organization --role-name patchctl-read -o json | jq .Missing
  patchctl --demo doctor

Exit codes: 0 also where only optional calls are denied, which leave gaps that are told;
3 where a required call is denied, or anything fails; 2 where nobody answers.")]
    Doctor(DoctorArgs),
    /// Print the least IAM policy that a command needs; put it in front of the command
    #[command(after_help = "\
Examples:
  patchctl iam-policy                            everything in one account
  patchctl iam-policy states i-0123456789abcdef0
  patchctl iam-policy patches --all --columns +Name
  patchctl iam-policy states --all --all-regions --organization --role-name patchctl-read
  patchctl iam-policy states --all --without-ec2
  patchctl iam-policy --trust 111122223333 --external-id SECRET")]
    IamPolicy(Box<PolicyArgs>),
    /// The embedded demo: its nodes, and a server that others can use too
    #[command(subcommand)]
    Demo(DemoCommand),
    /// What is configured: the value of each key, and where it comes from
    #[command(subcommand)]
    Config(ConfigCommand),
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
        document: SchemaDocument,
    },
}

/// The documents that have a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaDocument {
    States,
    Patches,
    /// What `patches --by` prints: patches counted
    Pivot,
    Doctor,
    Check,
    Summary,
    /// What --estimate prints
    Estimate,
    /// What `config show` prints
    Config,
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

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print each key with its value and where it comes from, the files that were looked for, and the policies
    #[command(after_help = "\
Examples:
  patchctl config show
  patchctl config show -o json | jq -r '.Settings[] | select(.Origin == \"File\").Key'
  patchctl --config other.toml --region eu-west-1 config show

A typed flag outranks the environment (PATCHCTL_REGION, ...), that the policy in use, that
the project's patchctl.toml, that the user's, and that what patchctl does by itself.")]
    Show {
        /// The format
        // Its own id: this is not the output of commands that ask for nodes, which is configured.
        #[arg(id = "shown_as", short = 'o', long = "output", value_name = "FORMAT", value_parser = format_parser(|format| matches!(format, Format::Table | Format::Json)), ignore_case = true, default_value_t = Format::Table)]
        format: Format,
    },
}

#[derive(Debug, Args)]
pub struct StatesArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
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
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: PatchLayout,
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<CallCheck>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// The format
    #[arg(short = 'o', long, value_name = "FORMAT", value_parser = format_parser(Format::is_tabular), ignore_case = true, default_value_t = Format::Table)]
    pub output: Format,
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
    pub fn is_to_file(&self) -> bool {
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

impl<R: Row> Default for LayoutArgs<R> {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            sort_by: Vec::new(),
        }
    }
}

/// What is said beside the data.
#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub struct MessageArgs {
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

/// The whole command line as clap sees it, for completions, man pages and docs.
#[must_use]
pub fn definition() -> Clap {
    Cli::command()
}
