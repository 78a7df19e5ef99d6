//! The command line: flags, their help, and the values they accept.
//!
//! The only files that use clap, with `command/docs.rs`. They produce plain values.

mod assembly;
mod check;
mod collect;
mod column_names;
pub(crate) mod complete;
mod connect;
mod defaults;
mod definition;
mod diff;
mod error;
mod from;
mod global;
mod history;
mod iam_policy;
mod layout;
mod lazy_args;
mod node_criteria;
mod node_ids;
mod output;
pub(crate) mod parse;
mod report;
mod row_filter;
mod sample;
mod schema;
mod select;
mod serve;
mod sla;
mod states;
mod summary;
mod trend;
mod typed_line;
mod validate;
mod value_parsers;
mod verify;

pub(crate) use self::assembly::definition;
pub(crate) use self::check::CheckArgs;
pub(crate) use self::collect::{CollectArgs, CollectPart};
pub(crate) use self::definition::{Cli, Command, ConfigCommand, DemoCommand, TemplateCommand};
pub(crate) use self::diff::{DiffArgs, DiffSource};
pub(crate) use self::global::ColorArg;
pub(crate) use self::history::HistoryArgs;
pub(crate) use self::iam_policy::{PolicyArgs, PolicyCommand};
pub(crate) use self::layout::{ColumnChoice, LayoutArgs, PatchLayout};
pub(crate) use self::node_ids::{buffer_stdin, read_node_ids};
pub(crate) use self::output::OutputArgs;
pub(crate) use self::parse::{ParseOutcome, parse};
pub(crate) use self::report::ReportArgs;
pub(crate) use self::schema::{SchemaArgs, SchemaDocument};
pub(crate) use self::select::{SelectArgs, VerdictArgs};
pub(crate) use self::serve::ServeArgs;
pub(crate) use self::states::{DoctorArgs, PatchesArgs, StatesArgs};
pub(crate) use self::summary::SummaryArgs;
pub(crate) use self::trend::TrendArgs;
pub(crate) use self::verify::VerifyArgs;
