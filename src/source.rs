//! Where records come from: an ordered stream of events about nodes.

pub(crate) mod aws;
pub(crate) mod event;
mod ordered;

pub use self::aws::connect_options::{Accounts, ConnectOptions, EndpointOverride};
pub use self::aws::discovery::resolve::merge_reports;
pub use self::aws::estimate::{CallCost, Estimate};
pub use self::aws::limits::call_stats::CallCounts;
pub use self::aws::progress::{LocationProgress, ProgressMonitor};
pub use self::aws::source::AwsSource as Source;
pub use self::event::{Event, MissingColumns, NodeEnd, NodeStates, PatchEvent};
