//! The commands and which arguments each of them has.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::cli::check;
use crate::cli::check::CheckArgs;
use crate::cli::collect;
use crate::cli::collect::CollectArgs;
use crate::cli::connect::ConnectArgs;
use crate::cli::diff;
use crate::cli::diff::DiffArgs;
use crate::cli::from::FromArgs;
use crate::cli::global::{ConfigArgs, MessageArgs};
use crate::cli::history;
use crate::cli::history::HistoryArgs;
use crate::cli::iam_policy::PolicyArgs;
use crate::cli::layout::PatchLayout;
use crate::cli::lazy_args::{LazyArgs, LazyCommands};
use crate::cli::report;
use crate::cli::report::ReportArgs;
use crate::cli::schema::SchemaArgs;
use crate::cli::select::SelectArgs;
use crate::cli::serve::ServeArgs;
use crate::cli::states::{DoctorArgs, PatchesArgs, StatesArgs};
use crate::cli::summary::SummaryArgs;
use crate::cli::trend;
use crate::cli::trend::TrendArgs;
use crate::cli::value_parsers::{TEMPLATE_PARSER, format_parser};
use crate::cli::verify;
use crate::cli::verify::VerifyArgs;
use crate::render::Format;
use crate::render::template::shipped::ShippedTemplate;
use crate::settings::Settings;
use crate::source::ConnectOptions;

/// Patch compliance of an AWS Systems Manager fleet: one row per node, with the reasons for its verdict.
#[derive(Debug, Parser)]
#[command(
    name = "patchctl",
    version,
    max_term_width = 100,
    args_override_self = true,
    after_help = "\
Examples:
  patchctl --demo states i-123 i-456             try it without an AWS account
  patchctl --demo states --all                   the whole demo fleet
  patchctl states i-0123456789abcdef0            is this node compliant, and why not?
  patchctl patches i-0123456789abcdef0 --state Missing
  patchctl states --all -o csv > fleet.csv       every managed node, stopped ones included
  patchctl states --all --all-regions            every region of the account

Exit codes: 0 complete; 1 the gate failed; 2 could not start, or nothing could be read
or written; 3 incomplete, or the gate status is unknown."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: LazyCommands<Command>,
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub messages: MessageArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The configuration, for `config show`; its values are already in the fields above.
    #[arg(skip)]
    pub settings: Settings,
    /// The command line as typed, with secrets masked.
    #[arg(skip)]
    pub typed_line: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show one row per node: its verdict, the reasons, and patch counts
    #[command(after_help = "\
Examples:
  patchctl states i-0123456789abcdef0 mi-0123456789abcdef0
  patchctl states - < nodes.txt
  patchctl states - -o csv --output-file fleet.csv < nodes.txt
  patchctl states --all --non-compliant
  patchctl states --all --tag Env=prod --platform windows -o wide
  patchctl states --all --where 'MissingCount>0' --where 'LastScan<2026-11-01'
  patchctl states --all --sort-by -MissingCount --columns +Name,+tag:Team,+OperationEndTime
  patchctl states --all --all-regions --organization --role-name patchctl-read
  patchctl --demo states i-123 i-456

--tag, --patch-group and --platform select nodes. --where, --verdict and the short forms filter
rows by what is found; what could not be read stays, and totals are of all selected nodes.
Operators: = != < <= > >= for counts, times and severities, < <= > >= for ages, = != ~ !~ for
text, where ~ takes a pattern with * and ?. `is unknown` asks for what meets no comparison.")]
    States(LazyArgs<StatesArgs>),
    /// List the patches of each node, filtered by state, severity, classification, KB or CVE
    #[command(after_help = "\
Examples:
  patchctl patches i-0123456789abcdef0 --state Missing
  patchctl patches --all --non-compliant --severity critical,important
  patchctl patches --patch-group prod-web --state Missing --estimate
  patchctl patches - --kb KB5088215 -o csv < nodes.txt > kb5088215.csv
  patchctl patches - --cve CVE-2026-57026 --columns InstanceId,KBId,State < nodes.txt
  patchctl patches --all --by kb
  patchctl patches --all --by cve --min-severity critical -o json
  patchctl --demo patches i-123 --state Missing

A patch must match every filter flag, and one value of each. Case, '_', '-' and spaces
in values are ignored. --where filters the rows that are left by any column, as in
--where 'InstalledTime>=2026-11-01'; `patchctl states --help` lists its operators.")]
    Patches(LazyArgs<PatchesArgs>),
    /// Check the fleet against rules; for CI
    #[command(after_help = check::HELP)]
    Check(LazyArgs<CheckArgs>),
    /// Summarize the fleet by patch group, platform, region, account, baseline, tag or verdict
    #[command(after_help = "\
Examples:
  patchctl summary                               every managed node, by patch group
  patchctl summary --by platform --tag Env=prod
  patchctl summary --by account --all-regions --organization --role-name patchctl-read
  patchctl summary --by tag:Team --sort-by -MissingCount -o csv > teams.csv
  patchctl summary -o openmetrics --output-file patchctl.prom
  patchctl summary --by region -o json | jq '.Total.CompliantPercent'
  patchctl --demo summary

Without ids, --tag, --patch-group or --platform, every managed node is included, as with --all.")]
    Summary(LazyArgs<SummaryArgs>),
    /// Write the fleet as one document: a page, a workbook, Markdown or JSON
    #[command(after_help = report::HELP)]
    Report(LazyArgs<ReportArgs>),
    /// Read nodes and patches once into a dataset of Parquet files, which other commands and engines read
    #[command(after_help = collect::HELP)]
    Collect(LazyArgs<CollectArgs>),
    /// Compare two datasets, two moments of one, or a dataset with what is live
    #[command(after_help = diff::HELP)]
    Diff(LazyArgs<DiffArgs>),
    /// Compare every byte of a dataset with its manifests
    #[command(after_help = verify::HELP)]
    Verify(LazyArgs<VerifyArgs>),
    /// Show since when nodes lack patches and when they were fixed, over all runs of a dataset
    #[command(after_help = history::HELP)]
    History(LazyArgs<HistoryArgs>),
    /// Show the share of compliant nodes over time, at each snapshot of a dataset
    #[command(after_help = trend::HELP)]
    Trend(LazyArgs<TrendArgs>),
    /// Check identity and permissions in each account and region
    #[command(after_help = "\
Examples:
  patchctl doctor
  patchctl doctor --profile prod --all-regions --sort-by Result
  patchctl doctor --organization --role-name patchctl-read -o json | jq .Missing
  patchctl --demo doctor

Exit codes: 0 every required call is allowed (denied optional calls are listed); 3 a required
call is denied or a call failed; 2 no call was answered.")]
    Doctor(LazyArgs<DoctorArgs>),
    /// Print the least IAM policy that a command needs; put it before the command
    #[command(after_help = "\
Examples:
  patchctl iam-policy                            every command, in one account
  patchctl iam-policy states i-0123456789abcdef0
  patchctl iam-policy patches --all --columns +Name
  patchctl iam-policy states --all --all-regions --organization --role-name patchctl-read
  patchctl iam-policy states --all --without-ec2
  patchctl iam-policy --trust 111122223333 --external-id SECRET

Makes no AWS calls.")]
    IamPolicy(LazyArgs<PolicyArgs>),
    /// List the nodes of the embedded demo, or serve it to other AWS clients
    #[command(subcommand)]
    Demo(DemoCommand),
    /// Show the configuration, or write a file to start with
    #[command(subcommand)]
    Config(ConfigCommand),
    /// List the templates that are shipped for --template, or print one
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Print a shell completion script
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
        /// The command, such as `states` or `demo serve` [default: patchctl itself]
        command: Vec<String>,
    },
    /// Print the JSON Schema of a command's JSON output, or a dataset's tables and views in SQL
    #[command(after_help = "\
Examples:
  patchctl schema states > states.schema.json
  patchctl schema --for duckdb --at fleet | duckdb fleet.duckdb
  patchctl schema --for athena --at s3://BUCKET/PREFIX --max-age 3d

The views of --for judge nodes as `states` does, select the newest runs as --from does, and
compare two moments. Makes no AWS calls.")]
    Schema(SchemaArgs),
    /// Print the version
    Version,
}

impl Cli {
    /// How nodes of these flags are reached.
    #[must_use]
    pub(crate) fn to_connect(&self, select: &SelectArgs) -> ConnectOptions {
        let from = self.command.dataset();
        ConnectOptions {
            from: from.and_then(|from| from.to_dataset(select.criteria())),
            ..self.connect.to_connect()
        }
    }
}

impl Command {
    /// The flags of a dataset, if the command has them.
    #[must_use]
    pub(crate) fn dataset(&self) -> Option<&FromArgs> {
        match self {
            Self::States(args) => Some(&args.from),
            Self::Patches(args) => Some(&args.from),
            Self::Check(args) => Some(&args.from),
            Self::Summary(args) => Some(&args.from),
            Self::Report(args) => Some(&args.from),
            _ => None,
        }
    }

    /// The list of columns, if `--columns help` was typed.
    #[must_use]
    pub(crate) fn column_help(&self) -> Option<String> {
        match self {
            Self::States(args) => args.layout.column_help(),
            Self::Patches(args) => match &args.layout {
                PatchLayout::Flat(layout) => layout.column_help(),
                PatchLayout::Grouped(_, layout) => layout.column_help(),
            },
            Self::Check(args) => args.layout.column_help(),
            Self::Summary(args) => args.layout.column_help(),
            Self::Diff(args) => args.layout.column_help(),
            Self::History(args) => args.layout.column_help(),
            Self::Trend(args) => args.layout.column_help(),
            Self::Doctor(args) => args.layout.column_help(),
            Self::Verify(args) => args.layout.column_help(),
            _ => None,
        }
    }
}

impl Command {
    /// What its JSON document is called in messages, and in the list of templates.
    #[must_use]
    pub(crate) fn document(&self) -> &'static str {
        let (select, name) = match self {
            Self::States(args) => (&args.select, "states"),
            Self::Patches(args) => match &args.layout {
                PatchLayout::Flat(_) => (&args.select, "patches"),
                PatchLayout::Grouped(..) => (&args.select, "patches --by"),
            },
            Self::Check(args) => (&args.select, "check"),
            Self::Summary(args) => (&args.select, "summary"),
            Self::Report(args) => (&args.select, "report"),
            Self::Collect(args) => (&args.select, "collect"),
            Self::Diff(args) => (&args.select, "diff"),
            Self::History(_) => return "history",
            Self::Trend(_) => return "trend",
            _ => return "doctor",
        };
        if select.estimate { "--estimate" } else { name }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// List the templates: name, the commands that it is made for, what it makes
    List,
    /// Print a template, as a start for one's own
    #[command(after_help = "\
Examples:
  patchctl template show mail-html > weekly.html
  patchctl summary --template weekly.html")]
    Show {
        /// The template
        #[arg(value_parser = TEMPLATE_PARSER)]
        name: ShippedTemplate,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DemoCommand {
    /// Serve the demo's accounts and regions on a loopback port, to any AWS client
    #[command(after_help = "\
Examples:
  patchctl demo serve --port 8123
  export AWS_ENDPOINT_URL=http://127.0.0.1:8123 AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1
  export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x
  aws ssm describe-instance-patch-states --instance-ids i-123
  patchctl demo serve --nodes 1000 --patches 250 --rate 40 --fault-every 5
  patchctl demo serve --nodes 200 --regions 5 --accounts 30 --fault-region us-east-1
  patchctl demo serve --deny ssm:GetInventory --deny ec2:DescribeInstances
  curl http://127.0.0.1:8123/stats")]
    Serve(LazyArgs<ServeArgs>),
    /// Print the node ids of the demo fleet, one per line
    #[command(after_help = "\
Examples:
  patchctl demo nodes | patchctl --demo states -")]
    Nodes,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print each key with its value and origin, the configuration files, and the policies
    #[command(after_help = "\
Examples:
  patchctl config show
  patchctl config show -o json | jq -r '.Settings[] | select(.Origin == \"File\").Key'
  patchctl --config other.toml config show

Precedence, highest first: flag, environment variable (PATCHCTL_REGION, ...), the policy in
use, the project's patchctl.toml, the user's patchctl.toml, default.")]
    Show {
        /// Output format
        // Its own id: the key `output` of the configuration sets the format of other commands.
        #[arg(id = "shown_as", short = 'o', long = "output", value_name = "FORMAT", value_parser = format_parser(|format| format == Format::Table || format.is_document()), ignore_case = true, default_value_t = Format::Table)]
        format: Format,
    },
    /// Write a configuration file with every setting, commented out
    #[command(after_help = "\
Examples:
  patchctl config init
  patchctl config init ~/.config/patchctl/patchctl.toml
  patchctl config init -                         print it instead")]
    Init {
        /// The file to write; `-` is stdout
        #[arg(value_name = "PATH", default_value = "patchctl.toml")]
        path: PathBuf,
        /// Replace an existing file
        #[arg(long)]
        force: bool,
    },
}
