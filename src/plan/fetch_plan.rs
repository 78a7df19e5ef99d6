//! What a command has to fetch: built once from its flags and columns, and read
//! by the source, `--estimate` and `iam-policy`.

use std::sync::Arc;

use crate::plan::filter::Filter;
use crate::plan::selection::Selector;
use crate::record::{InfoLevel, NodeState, PatchState};

/// Everything that a command needs from a source.
#[derive(Debug, Clone, Default)]
pub struct FetchPlan {
    /// The node ids that were given, each once, in their order.
    pub node_ids: Vec<String>,
    /// Selects other nodes, or some of these.
    pub selector: Selector,
    /// The node information that is needed besides records.
    pub node_info: Option<InfoLevel>,
    /// `None`: the counters of nodes are enough.
    pub patches: Option<PatchPlan>,
    pub baselines: BaselinePlan,
    pub records: RecordPlan,
    /// Whether release dates are read, for patches that AWS has them for.
    pub release_dates: bool,
    pub unmanaged: UnmanagedPlan,
    /// Whether it is read what associations reported of nodes without data.
    pub associations: bool,
    /// Whether the identity behind the caller's credentials is read.
    pub caller: bool,
}

/// What is needed of running EC2 instances that Systems Manager does not manage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnmanagedPlan {
    /// They are reported where the calls that find nodes list them anyway.
    #[default]
    IfListed,
    /// A rule depends on them.
    Required,
    /// They have rows, too.
    Rows,
}

/// Which patches of nodes are read.
#[derive(Debug, Clone, Default)]
pub struct PatchPlan {
    pub filter: Arc<Filter>,
    /// Read counters first: they save the calls that can find nothing.
    pub uses_prefetch: bool,
    /// With prefetch, only nodes with such a state are read, whatever else the
    /// filter would accept.
    pub is_relevant: Option<fn(&NodeState) -> bool>,
    /// What the answer does not show of patches. AWS sends them whole; a dataset leaves
    /// these fields unread.
    pub unused_fields: Vec<PatchField>,
}

/// A field of patches that decides neither which of them are in an answer, unless the
/// filter is about it, nor in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchField {
    Title,
    Classification,
    InstalledTime,
    CveIds,
}

impl PatchField {
    pub const ALL: [Self; 4] = [
        Self::Title,
        Self::Classification,
        Self::InstalledTime,
        Self::CveIds,
    ];

    /// The name that AWS gives it, which is also that of its column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Classification => "Classification",
            Self::InstalledTime => "InstalledTime",
            Self::CveIds => "CVEIds",
        }
    }
}

impl PatchPlan {
    /// Every patch in these states.
    #[must_use]
    pub fn of_states(states: Vec<PatchState>) -> Self {
        Self {
            filter: Arc::new(Filter {
                states,
                ..Filter::default()
            }),
            uses_prefetch: true,
            ..Self::default()
        }
    }
}

/// What is needed of the records of nodes. AWS sends them whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordPlan {
    /// What verdicts and groups depend on: counters, times, patch group and baseline.
    Verdict,
    #[default]
    Full,
}

/// What has to be known of the nodes' baselines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum BaselinePlan {
    /// Nothing: nodes get no verdict.
    #[default]
    Unused,
    /// Whether available security updates make a node non-compliant, on which
    /// verdicts depend.
    ComplianceStatus,
    /// Also the operating system of each baseline of a patch group that has several.
    OperatingSystems,
}

impl FetchPlan {
    /// Plans that together fetch everything that any command does.
    #[must_use]
    pub fn everything() -> Vec<Self> {
        let all = Selector {
            all: true,
            ..Selector::default()
        };
        let group = Selector {
            patch_groups: vec![String::new()],
            ..Selector::default()
        };
        let plan = |selector| Self {
            selector,
            node_info: Some(InfoLevel::Tags),
            patches: Some(PatchPlan::default()),
            baselines: BaselinePlan::OperatingSystems,
            release_dates: true,
            unmanaged: UnmanagedPlan::Required,
            associations: true,
            caller: true,
            ..Self::default()
        };
        vec![plan(all), plan(group)]
    }

    /// Do nodes get verdicts, so that patches come with the state of their
    /// node?
    #[must_use]
    pub fn has_verdicts(&self) -> bool {
        self.baselines > BaselinePlan::Unused
    }
}
