//! The command line: flags, their help, and the values they accept.
//!
//! The only files that use clap, with `command/docs.rs`. They produce plain values.

mod check;
mod connect;
mod defaults;
mod definition;
mod error;
mod global;
mod iam_policy;
mod layout;
mod node_ids;
mod output;
pub(crate) mod parse;
mod select;
mod serve;
mod states;
mod summary;
mod validate;
mod value_parsers;

pub use self::check::{CheckArgs, GateArgs};
pub use self::connect::ConnectArgs;
pub use self::definition::{Cli, Command, ConfigCommand, DemoCommand, SchemaDocument, definition};
pub use self::global::{ColorArg, ConfigArgs, MessageArgs};
pub use self::iam_policy::{PolicyArgs, PolicyCommand};
pub use self::layout::{ColumnChoice, LayoutArgs, PatchLayout, SortKey};
pub use self::node_ids::read_node_ids;
pub use self::output::OutputArgs;
pub use self::parse::{ParseOutcome, parse};
pub use self::select::{FilterArgs, SelectArgs, VerdictArgs};
pub use self::serve::ServeArgs;
pub use self::states::{DoctorArgs, PatchesArgs, StatesArgs};
pub use self::summary::SummaryArgs;
