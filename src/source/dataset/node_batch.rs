//! Rows of the table of nodes as nodes, with only what is asked for.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use crate::plan::fetch_plan::RecordPlan;
use crate::record::{
    AccountRegion, AssociationScan, BaselineComplianceStatus, Cause, Count, InfoField, InfoLevel,
    Moment, NoDataCause, Node, NodeInfo, NodeOrigin, NodeState, Outcome, PATCH_GROUP_TAGS,
    UnreadableField,
};
use crate::source::dataset::decode::{NULL_INTEGER, Rows, TextColumn, TextMaps};
use crate::source::dataset::rows::INFO_COLUMNS;
use crate::source::dataset::table_file::RowGroup;
use crate::source::dataset::words;
use crate::source::dataset::words::{NO_DATA_CAUSES, ORIGINS, value_of};

/// Whether the ids of nodes are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum NodeIds {
    #[default]
    Unused,
    Read,
    /// Nodes are found by their ids alone.
    Listed,
}

/// What of nodes is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NodeParts {
    pub info: Option<InfoLevel>,
    /// Did the run read all tags? Otherwise a tag that is not there may be one of the node.
    pub has_tags: bool,
    pub ids: NodeIds,
    pub states: Option<RecordPlan>,
    pub patches: bool,
    pub associations: bool,
}

/// The names of the columns of [`INFO_COLUMNS`].
const INFO_NAMES: [&str; 14] = [
    "Name",
    "ComputerName",
    "IPAddress",
    "SourceId",
    "SourceType",
    "SourceLocation",
    "PlatformType",
    "PlatformName",
    "PlatformVersion",
    "PingStatus",
    "AgentVersion",
    "ResourceType",
    "InstanceState",
    "InstanceType",
];

const COUNTS: [&str; 12] = [
    "InstalledCount",
    "InstalledOtherCount",
    "InstalledPendingRebootCount",
    "InstalledRejectedCount",
    "MissingCount",
    "FailedCount",
    "UnreportedNotApplicableCount",
    "NotApplicableCount",
    "AvailableSecurityUpdateCount",
    "CriticalNonCompliantCount",
    "SecurityNonCompliantCount",
    "OtherNonCompliantCount",
];

const TIMES: [&str; 3] = [
    "OperationStartTime",
    "OperationEndTime",
    "LastNoRebootInstallOperationTime",
];

/// Texts of a record that verdicts and groups do not depend on.
const DETAILS: [&str; 5] = [
    "SnapshotId",
    "InstallOverrideList",
    "OwnerInformation",
    "Operation",
    "RebootOption",
];

const STATE_TEXTS: [&str; 11] = [
    "PatchGroup",
    "BaselineId",
    "SnapshotId",
    "InstallOverrideList",
    "OwnerInformation",
    "Operation",
    "RebootOption",
    "BaselineStatus",
    "BaselineStatusValue",
    "BaselineCauseCode",
    "BaselineCause",
];

impl NodeParts {
    /// The columns that they take.
    pub(super) fn columns(self) -> Vec<&'static str> {
        // A cause of no data may have to be found again.
        let mut columns = vec!["Origin", "NoDataCause", "PingStatus", "PlatformName"];
        let mut add = |names: &[&'static str]| {
            for name in names {
                if !columns.contains(name) {
                    columns.push(name);
                }
            }
        };
        if self.ids != NodeIds::Unused {
            add(&["InstanceId"]);
        }
        if let Some(level) = self.info {
            add(&["HasInfo"]);
            add(&INFO_NAMES[usize::from(level < InfoLevel::Names)..]);
            if level >= InfoLevel::Names {
                add(&["Tags", "HasAllTags"]);
            }
        }
        if let Some(records) = self.states {
            add(&[
                "StateOutcome",
                "StateCauseCode",
                "StateCause",
                "UnreadableFields",
            ]);
            add(&COUNTS);
            add(&TIMES);
            let is_read = |name: &&&str| records == RecordPlan::Full || !DETAILS.contains(name);
            let texts: Vec<&'static str> = STATE_TEXTS.iter().filter(is_read).copied().collect();
            add(&texts);
        }
        if self.patches {
            add(&[
                "PatchesOutcome",
                "PatchesCauseCode",
                "PatchesCause",
                "PatchRows",
            ]);
        }
        if self.associations {
            add(&[
                "AssociationStatus",
                "AssociationBaselineId",
                "AssociationCounters",
            ]);
        }
        columns
    }
}

/// How reading something of a node ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Answered,
    NoData,
    Unread,
    NotCollected,
}

const ENDINGS: &words::Words<Ending> = &[
    (Ending::Answered, words::ANSWERED),
    (Ending::NoData, words::NO_DATA),
    (Ending::Unread, words::UNREAD),
    (Ending::NotCollected, words::NOT_COLLECTED),
];

/// Some rows of the table.
pub(super) struct NodeBatch {
    parts: NodeParts,
    location: Arc<AccountRegion>,
    ids: TextColumn,
    origins: Vec<NodeOrigin>,
    no_data: Vec<NoDataCause>,
    /// Ping status and platform, where they decide why a node has no data.
    deciding: Option<(TextColumn, TextColumn)>,
    info: Option<InfoColumns>,
    states: Option<StateColumns>,
    patches: Option<PatchColumns>,
    associations: Option<AssociationColumns>,
}

struct InfoColumns {
    has_info: Vec<Option<bool>>,
    texts: Vec<(InfoField, TextColumn)>,
    tags: Option<TextMaps>,
    has_all_tags: Vec<Option<bool>>,
}

impl InfoColumns {
    fn decode(group: &RowGroup, rows: &Rows, level: InfoLevel) -> Result<Self> {
        let is_read = |field: InfoField| field != InfoField::Name || level >= InfoLevel::Names;
        let fields = INFO_COLUMNS.iter().zip(INFO_NAMES);
        let texts = fields
            .filter(|(field, _)| is_read(**field))
            .map(|(field, name)| Ok((*field, group.texts(name, rows)?)));
        let has_tags = level >= InfoLevel::Names;
        Ok(Self {
            has_info: group.bools("HasInfo", rows)?,
            texts: texts.collect::<Result<_>>()?,
            tags: if has_tags {
                group.text_maps("Tags", rows)?
            } else {
                None
            },
            has_all_tags: if has_tags {
                group.bools("HasAllTags", rows)?
            } else {
                Vec::new()
            },
        })
    }
}

struct OutcomeColumns {
    endings: Vec<Ending>,
    codes: TextColumn,
    causes: TextColumn,
}

struct StateColumns {
    outcomes: OutcomeColumns,
    counts: [Vec<i64>; COUNTS.len()],
    times: [Vec<i64>; TIMES.len()],
    texts: [TextColumn; STATE_TEXTS.len()],
    unreadable: Option<TextMaps>,
}

struct PatchColumns {
    outcomes: OutcomeColumns,
    rows: Vec<i64>,
}

struct AssociationColumns {
    statuses: TextColumn,
    baselines: TextColumn,
    counters: Option<TextMaps>,
}

impl NodeBatch {
    /// Decodes these rows.
    ///
    /// # Errors
    /// When a column is not what it should be.
    pub(super) fn decode(
        group: &RowGroup,
        parts: NodeParts,
        rows: &Rows,
        location: &Arc<AccountRegion>,
    ) -> Result<Self> {
        let texts = |name: &str| group.texts(name, rows);
        let word = |name: &'static str| {
            let wrong = move |word: Option<&str>| match word {
                Some(word) => group.wrong(name, &format!("unknown word {word:.40?}")),
                None => group.wrong(name, "NULL, or no such column"),
            };
            (texts(name), wrong)
        };
        let ids = texts("InstanceId")?;
        if parts.ids != NodeIds::Unused && ids.has_nulls() {
            return Err(group.wrong("InstanceId", "NULL, or no such column"));
        }
        let (origins, wrong) = word("Origin");
        let origins = origins?.map(|word| {
            word.and_then(|word| value_of(ORIGINS, word))
                .ok_or_else(|| wrong(word))
        })?;
        let (no_data, wrong) = word("NoDataCause");
        let no_data = no_data?.map(|word| {
            word.and_then(|word| value_of(NO_DATA_CAUSES, word))
                .ok_or_else(|| wrong(word))
        })?;
        let outcomes = |[ending, code, cause]: [&'static str; 3]| {
            let (words, wrong) = word(ending);
            Ok::<_, anyhow::Error>(OutcomeColumns {
                endings: words?.map(|word| {
                    word.and_then(|word| value_of(ENDINGS, word))
                        .ok_or_else(|| wrong(word))
                })?,
                codes: texts(code)?,
                causes: texts(cause)?,
            })
        };
        let counts = |name: &str| {
            let counts = group.integers(name, rows)?;
            if counts
                .iter()
                .any(|count| *count < 0 && *count != NULL_INTEGER)
            {
                return Err(group.wrong(name, "a count below zero"));
            }
            Ok(counts)
        };
        let info = parts
            .info
            .map(|level| InfoColumns::decode(group, rows, level));
        let states = parts.states.map(|_| {
            Ok::<_, anyhow::Error>(StateColumns {
                outcomes: outcomes(["StateOutcome", "StateCauseCode", "StateCause"])?,
                counts: try_array(COUNTS, counts)?,
                times: try_array(TIMES, |name| group.times(name, rows))?,
                texts: try_array(STATE_TEXTS, texts)?,
                unreadable: group.text_maps("UnreadableFields", rows)?,
            })
        });
        let patches = parts.patches.then(|| {
            Ok::<_, anyhow::Error>(PatchColumns {
                outcomes: outcomes(["PatchesOutcome", "PatchesCauseCode", "PatchesCause"])?,
                rows: counts("PatchRows")?,
            })
        });
        let associations = parts.associations.then(|| {
            Ok::<_, anyhow::Error>(AssociationColumns {
                statuses: texts("AssociationStatus")?,
                baselines: texts("AssociationBaselineId")?,
                counters: group.text_maps("AssociationCounters", rows)?,
            })
        });
        let is_replaced = |cause: &NoDataCause| *cause == NoDataCause::AssociationScan;
        let deciding = (parts.ids == NodeIds::Listed
            || !parts.associations && no_data.iter().any(is_replaced))
        .then(|| Ok::<_, anyhow::Error>((texts("PingStatus")?, texts("PlatformName")?)));
        Ok(Self {
            parts,
            location: location.clone(),
            ids,
            origins,
            no_data,
            deciding: deciding.transpose()?,
            info: info.transpose()?,
            states: states.transpose()?,
            patches: patches.transpose()?,
            associations: associations.transpose()?,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.origins.len()
    }

    pub(super) fn id(&self, row: usize) -> &str {
        self.ids.get(row).unwrap_or_default()
    }

    pub(super) fn origin(&self, row: usize) -> NodeOrigin {
        self.origins[row]
    }

    pub(super) fn no_data(&self, row: usize) -> NoDataCause {
        self.no_data[row]
    }

    /// How many rows of the table of patches are of the node; `None`: NULL.
    pub(super) fn patch_rows(&self, row: usize) -> Option<usize> {
        let rows = self.patches.as_ref()?.rows.get(row)?;
        usize::try_from(*rows).ok()
    }

    /// The node as it was found.
    pub(super) fn node(&self, row: usize) -> Node {
        let origin = self.origins[row];
        let association = self.association(row);
        let no_data = match self.no_data[row] {
            NoDataCause::AssociationScan if association.is_none() => {
                origin.no_data_cause(Some(&self.deciding_info(row)))
            }
            known => known,
        };
        Node {
            id: self.id(row).into(),
            location: self.location.clone(),
            origin,
            info: self.info(row).map(Arc::new),
            no_data,
            association,
        }
    }

    /// The node as it is found by its id alone: of one that Systems Manager does not list,
    /// its lists tell nothing.
    pub(super) fn requested_node(&self, row: usize) -> Node {
        let mut node = Node {
            origin: NodeOrigin::Requested,
            ..self.node(row)
        };
        let is_listed = self.origins[row] != NodeOrigin::Stopped
            && self.origins[row] != NodeOrigin::Unmanaged
            && self.ping(row) != Some("Stopped");
        if self.parts.info == Some(InfoLevel::Basic) && !is_listed {
            node.info = None;
        }
        if node.association.is_none() {
            node.no_data = NodeOrigin::Requested.no_data_cause(node.info.as_deref());
        }
        node
    }

    fn ping(&self, row: usize) -> Option<&str> {
        self.deciding.as_ref()?.0.get(row)
    }

    fn platform(&self, row: usize) -> Option<&str> {
        self.deciding.as_ref()?.1.get(row)
    }

    /// What decides why a node has no data.
    fn deciding_info(&self, row: usize) -> NodeInfo {
        NodeInfo::of([
            (InfoField::PingStatus, self.ping(row)),
            (InfoField::PlatformName, self.platform(row)),
        ])
    }

    /// What else is known of the node, if it was asked for.
    pub(super) fn info(&self, row: usize) -> Option<NodeInfo> {
        let columns = self.info.as_ref()?;
        if columns.has_info[row] != Some(true) {
            return None;
        }
        let texts = columns.texts.iter();
        let mut info = NodeInfo::of(texts.map(|(field, texts)| (*field, texts.get(row))));
        // EC2 tells the tags of its nodes with their names, of which groups are kept.
        let has_all = self.parts.info == Some(InfoLevel::Tags);
        if !has_all && !self.id(row).starts_with("i-") {
            return Some(info);
        }
        let tags = columns.tags.iter().flat_map(|tags| tags.get(row));
        let tags = tags.filter(|(key, _)| has_all || PATCH_GROUP_TAGS.contains(key));
        info.tags = tags
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        let has_told_tags = self.parts.has_tags || !has_all;
        info.has_all_tags = has_told_tags && columns.has_all_tags.get(row) == Some(&Some(true));
        Some(info)
    }

    fn association(&self, row: usize) -> Option<Arc<AssociationScan>> {
        let columns = self.associations.as_ref()?;
        let counters = columns
            .counters
            .iter()
            .flat_map(|counters| counters.get(row));
        Some(Arc::new(AssociationScan {
            status: columns.statuses.get(row)?.into(),
            baseline_id: columns.baselines.get(row).map(Into::into),
            counters: counters
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }))
    }

    /// The patch state of the node, if it was asked for.
    ///
    /// # Errors
    /// When a time is no time.
    pub(super) fn state(&self, row: usize) -> Result<Option<Outcome<NodeState>>> {
        let Some(columns) = &self.states else {
            return Ok(None);
        };
        let outcome = columns.outcomes.get(row);
        Ok(Some(match outcome {
            Outcome::Answered(()) => Outcome::Answered(columns.state(row)?),
            Outcome::NoData => Outcome::NoData,
            Outcome::Unread(cause) => Outcome::Unread(cause),
        }))
    }

    /// How reading its patches ended.
    pub(super) fn patches(&self, row: usize) -> Option<Outcome<()>> {
        self.patches
            .as_ref()
            .map(|columns| columns.outcomes.get(row))
    }
}

impl OutcomeColumns {
    fn get(&self, row: usize) -> Outcome<()> {
        match self.endings[row] {
            Ending::Answered => Outcome::Answered(()),
            Ending::NoData => Outcome::NoData,
            Ending::Unread => Outcome::Unread(cause(&self.codes, &self.causes, row)),
            Ending::NotCollected => Outcome::Unread(not_collected("it", "was not collected")),
        }
    }
}

/// The cause of what a dataset does not hold.
pub(super) fn not_collected(what: &str, why: &str) -> Cause {
    Cause {
        code: "NotCollected".into(),
        text: format!("{what} {why}").into(),
    }
}

fn cause(codes: &TextColumn, causes: &TextColumn, row: usize) -> Cause {
    Cause {
        code: codes.get(row).unwrap_or("Unknown").into(),
        text: causes
            .get(row)
            .unwrap_or("the dataset does not say why")
            .into(),
    }
}

impl StateColumns {
    fn state(&self, row: usize) -> Result<NodeState> {
        let count = |at: usize| -> Count { u64::try_from(self.counts[at][row]).ok() };
        let text = |at: usize| self.texts[at].get(row).map(Box::from);
        let time = |at: usize| to_moment(self.times[at][row]);
        let unreadable = self.unreadable.iter().flat_map(|fields| fields.get(row));
        let available = count(8);
        let baseline_id: Option<Box<str>> = text(1);
        let is_needed = available.is_some_and(|available| available > 0) && baseline_id.is_some();
        Ok(NodeState {
            patch_group: text(0),
            baseline_id,
            snapshot_id: text(2),
            install_override_list: text(3),
            owner_information: text(4),
            installed: count(0),
            installed_other: count(1),
            installed_pending_reboot: count(2),
            installed_rejected: count(3),
            missing: count(4),
            failed: count(5),
            unreported_not_applicable: count(6),
            not_applicable: count(7),
            available_security_update: available,
            operation_start: time(0)?,
            operation_end: time(1)?,
            operation: text(5),
            last_no_reboot_install: time(2)?,
            reboot_option: text(6),
            critical_non_compliant: count(9),
            security_non_compliant: count(10),
            other_non_compliant: count(11),
            baseline_status: self.baseline_status(row, is_needed),
            unreadable_fields: unreadable
                .map(|(field, value)| UnreadableField {
                    field: field.into(),
                    value: value.into(),
                })
                .collect(),
        })
    }

    /// A status that a verdict depends on and that no run collected is not readable.
    fn baseline_status(&self, row: usize, is_needed: bool) -> Option<BaselineComplianceStatus> {
        let [.., words, values, codes, causes] = &self.texts;
        let Some(word) = words.get(row) else {
            let unread = || {
                let cause = not_collected("what its baseline says", "was not collected");
                BaselineComplianceStatus::Unreadable(cause)
            };
            return is_needed.then(unread);
        };
        Some(match word {
            words::COMPLIANT => BaselineComplianceStatus::Compliant,
            words::NON_COMPLIANT => BaselineComplianceStatus::NonCompliant,
            words::UNSPECIFIED => BaselineComplianceStatus::Unspecified,
            words::DELETED => BaselineComplianceStatus::Deleted,
            words::UNREADABLE => BaselineComplianceStatus::Unreadable(cause(codes, causes, row)),
            words::UNRECOGNIZED => {
                let value = values.get(row).unwrap_or_default();
                BaselineComplianceStatus::Unrecognized(value.into())
            }
            other => BaselineComplianceStatus::Unrecognized(other.into()),
        })
    }
}

/// The time of microseconds since 1970.
///
/// # Errors
/// When it is in no year that there is.
pub(super) fn to_moment(microseconds: i64) -> Result<Moment> {
    if microseconds == NULL_INTEGER {
        return Ok(None);
    }
    let time = Timestamp::from_microsecond(microseconds);
    time.map(Some).context("a time is out of range")
}

fn try_array<const N: usize, T>(
    names: [&'static str; N],
    read: impl Fn(&'static str) -> Result<T>,
) -> Result<[T; N]> {
    let all: Vec<T> = names.into_iter().map(read).collect::<Result<_>>()?;
    all.try_into().ok().context("as many values as names")
}
