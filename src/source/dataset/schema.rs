//! The tables of a dataset and their columns: what is written, read, documented, and
//! declared to other engines comes from these lists.

/// The version of tables and manifest. Files of all past versions stay readable; newer
/// ones are refused.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// A table of the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Table {
    /// One row for each node of a run.
    Nodes,
    /// One row for each patch of a node, in the order of the nodes.
    Patches,
    /// What could not be read: nodes, regions, accounts, profiles.
    Unread,
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// UTF-8 with many different values.
    Text,
    /// UTF-8 with few different values: encoded with a dictionary.
    Word,
    /// A 64-bit integer.
    Count,
    Bool,
    /// Microseconds since 1970, UTC.
    Time,
    /// A list of texts.
    TextList,
    /// Texts by text.
    TextMap,
}

impl ColumnKind {
    /// The type in Parquet's terms.
    #[must_use]
    pub(crate) const fn parquet_type(self) -> &'static str {
        match self {
            Self::Text | Self::Word => "STRING",
            Self::Count => "INT64",
            Self::Bool => "BOOLEAN",
            Self::Time => "TIMESTAMP(MICROS, UTC)",
            Self::TextList => "LIST of STRING",
            Self::TextMap => "MAP of STRING to STRING",
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColumnDefinition {
    pub name: &'static str,
    pub kind: ColumnKind,
    /// Is it never NULL? Columns of keys are empty instead.
    pub is_required: bool,
    /// For the documentation.
    pub description: &'static str,
}

const fn required(
    name: &'static str,
    kind: ColumnKind,
    description: &'static str,
) -> ColumnDefinition {
    ColumnDefinition {
        name,
        kind,
        is_required: true,
        description,
    }
}

const fn optional(
    name: &'static str,
    kind: ColumnKind,
    description: &'static str,
) -> ColumnDefinition {
    ColumnDefinition {
        name,
        kind,
        is_required: false,
        description,
    }
}

use ColumnKind::{Bool, Count, Text, TextList, TextMap, Time, Word};

/// The columns that every table begins with.
const KEY: [ColumnDefinition; 3] = [
    required("RunId", Word, "The run that wrote the row"),
    required(
        "AccountId",
        Word,
        "The account's id; empty where it is not known",
    ),
    required(
        "Region",
        Word,
        "The region; empty for a node that is in none of several",
    ),
];

const NODES: &[ColumnDefinition] = &[
    KEY[0],
    KEY[1],
    KEY[2],
    required("InstanceId", Text, "The node's id"),
    optional(
        "AccountName",
        Word,
        "The account's name in AWS Organizations",
    ),
    required(
        "Origin",
        Word,
        "How the node came into the run: Requested, Managed, Stopped or Unmanaged",
    ),
    required(
        "NoDataCause",
        Word,
        "Why it has no patch data, if it has none",
    ),
    required(
        "StateOutcome",
        Word,
        "Answered, NoData or Unread: its patch state",
    ),
    optional(
        "StateCauseCode",
        Word,
        "Why its state is unread, for machines",
    ),
    optional("StateCause", Text, "Why its state is unread, for people"),
    required(
        "PatchesOutcome",
        Word,
        "Answered, NoData, Unread or NotCollected: its patches",
    ),
    optional(
        "PatchesCauseCode",
        Word,
        "Why its patches are unread, for machines",
    ),
    optional(
        "PatchesCause",
        Text,
        "Why its patches are unread, for people",
    ),
    required("PatchRows", Count, "Its rows in the table of patches"),
    required("HasInfo", Bool, "Is more known of it than its patches?"),
    optional(
        "Name",
        Text,
        "EC2 tag Name; name of the activation of a hybrid node",
    ),
    optional("ComputerName", Text, "DescribeInstanceInformation"),
    optional("IPAddress", Text, "DescribeInstanceInformation"),
    optional("SourceId", Text, "Its id in another cloud"),
    optional("SourceType", Word, "Its kind in another cloud"),
    optional("SourceLocation", Word, "Where it lives in another cloud"),
    optional("PlatformType", Word, "Windows, Linux or MacOS"),
    optional("PlatformName", Word, "DescribeInstanceInformation"),
    optional("PlatformVersion", Word, "DescribeInstanceInformation"),
    optional(
        "PingStatus",
        Word,
        "Online, ConnectionLost, Inactive or Stopped",
    ),
    optional("AgentVersion", Word, "Version of the SSM Agent"),
    optional("ResourceType", Word, "EC2Instance or ManagedInstance"),
    optional("InstanceState", Word, "EC2's word, such as running"),
    optional("InstanceType", Word, "EC2's word, such as m7i.large"),
    required("Tags", TextMap, "Its tags, as far as they are known"),
    required("HasAllTags", Bool, "Are these all its tags?"),
    optional(
        "AssociationStatus",
        Word,
        "What a Quick Setup association reported of it",
    ),
    optional(
        "AssociationBaselineId",
        Word,
        "The baseline of that association",
    ),
    required(
        "AssociationCounters",
        TextMap,
        "The counters of that association",
    ),
    optional(
        "PatchGroup",
        Word,
        "DescribeInstancePatchStates, as all that follow",
    ),
    optional("BaselineId", Word, "The baseline of its last scan"),
    optional("SnapshotId", Text, "The id of its last scan"),
    optional(
        "InstallOverrideList",
        Text,
        "The list of patches that overrode the baseline",
    ),
    optional(
        "OwnerInformation",
        Text,
        "A placeholder of AWS, always empty",
    ),
    optional(
        "InstalledCount",
        Count,
        "Installed patches of the baseline; NULL, as in all counters: not reported, which is not zero",
    ),
    optional(
        "InstalledOtherCount",
        Count,
        "Installed patches that are not in the baseline",
    ),
    optional(
        "InstalledPendingRebootCount",
        Count,
        "Installed patches that wait for a reboot",
    ),
    optional(
        "InstalledRejectedCount",
        Count,
        "Installed patches that the baseline rejects",
    ),
    optional(
        "MissingCount",
        Count,
        "Approved patches that are not installed",
    ),
    optional("FailedCount", Count, "Patches whose installation failed"),
    optional(
        "UnreportedNotApplicableCount",
        Count,
        "Patches that do not apply, beyond those reported by name",
    ),
    optional("NotApplicableCount", Count, "Patches that do not apply"),
    optional(
        "AvailableSecurityUpdateCount",
        Count,
        "Security updates that are available and not approved (Windows only)",
    ),
    optional(
        "OperationStartTime",
        Time,
        "When the last scan or installation started; NULL: not known",
    ),
    optional(
        "OperationEndTime",
        Time,
        "When the last scan or installation ended",
    ),
    optional("Operation", Word, "Scan or Install"),
    optional(
        "LastNoRebootInstallOperationTime",
        Time,
        "When patches were last installed with NoReboot",
    ),
    optional("RebootOption", Word, "RebootIfNeeded or NoReboot"),
    optional(
        "CriticalNonCompliantCount",
        Count,
        "Non-compliant patches of the baseline's compliance level CRITICAL",
    ),
    optional(
        "SecurityNonCompliantCount",
        Count,
        "Non-compliant security patches; may count the same patch as the column before",
    ),
    optional(
        "OtherNonCompliantCount",
        Count,
        "Non-compliant patches that are neither",
    ),
    optional(
        "BaselineStatus",
        Word,
        "What its baseline says of available security updates: Compliant, NonCompliant, Unspecified, Unrecognized, Deleted or Unreadable",
    ),
    optional(
        "BaselineStatusValue",
        Word,
        "The value, where it is Unrecognized",
    ),
    optional(
        "BaselineCauseCode",
        Word,
        "Why the baseline is Unreadable, for machines",
    ),
    optional(
        "BaselineCause",
        Text,
        "Why the baseline is Unreadable, for people",
    ),
    required(
        "UnreadableFields",
        TextMap,
        "Fields of the state that cannot be read, with their values as shown",
    ),
];

const PATCHES: &[ColumnDefinition] = &[
    KEY[0],
    KEY[1],
    KEY[2],
    required("InstanceId", Word, "The node's id"),
    required(
        "KBId",
        Word,
        "DescribeInstancePatches, as all that follow; empty where there is none",
    ),
    required("Title", Word, "Empty where there is none"),
    optional(
        "AbsentFields",
        Word,
        "Which of KBId and Title were not sent, joined by a comma",
    ),
    required("State", Word, "The state, in CamelCase"),
    optional("Severity", Word, "The vendor's word"),
    optional("Classification", Word, "The vendor's word"),
    optional("InstalledTime", Time, "NULL: not known"),
    optional(
        "CVEIds",
        TextList,
        "NULL: none were sent, which does not mean that there are none",
    ),
    optional(
        "ReleaseTime",
        Time,
        "When its vendor released it; NULL: not known",
    ),
];

const UNREAD: &[ColumnDefinition] = &[
    KEY[0],
    KEY[1],
    KEY[2],
    required(
        "InstanceId",
        Text,
        "The node's id; empty for a region, account or profile",
    ),
    optional(
        "AccountName",
        Word,
        "The account's name in AWS Organizations",
    ),
    optional("Profile", Word, "The profile whose account is not known"),
    required("Part", Word, "State, Patches, Baseline or Scope"),
    required("CauseCode", Word, "Why, for machines"),
    required("Cause", Text, "Why, for people"),
];

/// The tables with their columns, as `schema dataset` prints them.
#[must_use]
pub(crate) fn describe() -> serde_json::Value {
    let column = |column: &ColumnDefinition| {
        serde_json::json!({
            "Name": column.name,
            "Type": column.kind.parquet_type(),
            "Required": column.is_required,
            "Description": column.description,
        })
    };
    let table = |table: Table| {
        let columns: Vec<_> = table.columns().iter().map(column).collect();
        serde_json::json!({ "Name": table.as_str(), "Columns": columns })
    };
    serde_json::json!({ "SchemaVersion": SCHEMA_VERSION, "Tables": Table::ALL.map(table) })
}

impl Table {
    pub(crate) const ALL: [Self; 3] = [Self::Nodes, Self::Patches, Self::Unread];

    /// The name, which is that of its folder.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Patches => "patches",
            Self::Unread => "unread",
        }
    }

    /// Its columns, in the order of the files.
    #[must_use]
    pub(crate) const fn columns(self) -> &'static [ColumnDefinition] {
        match self {
            Self::Nodes => NODES,
            Self::Patches => PATCHES,
            Self::Unread => UNREAD,
        }
    }
}
