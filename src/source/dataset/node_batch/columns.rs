//! The columns of the table of nodes: which are read, and what their values say of a node.

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use crate::plan::fetch_plan::RecordPlan;
use crate::record::{
    BaselineComplianceStatus, Cause, Count, InfoField, InfoLevel, Moment, NodeState, Outcome,
    UnreadableField,
};
use crate::source::dataset::decode::{NULL_INTEGER, Rows, TextColumn, TextMaps};
use crate::source::dataset::rows::INFO_COLUMNS;
use crate::source::dataset::table_file::RowGroup;
use crate::source::dataset::vocabulary;

/// Whether the ids of nodes are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::source::dataset) enum NodeIds {
    #[default]
    Unused,
    Read,
    /// Nodes are found by their ids alone.
    Listed,
}

/// What of nodes is read.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::source::dataset) struct NodeParts {
    pub info: Option<InfoLevel>,
    /// Did the run read all tags? Otherwise a tag that is not there may be one of the node.
    pub has_tags: bool,
    pub ids: NodeIds,
    pub states: Option<RecordPlan>,
    pub patches: bool,
    pub associations: bool,
}

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

/// What of a record verdicts and groups do not depend on.
const DETAILS: [&str; 10] = [
    "InstalledCount",
    "InstalledOtherCount",
    "UnreportedNotApplicableCount",
    "NotApplicableCount",
    "LastNoRebootInstallOperationTime",
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

/// The fields that a level has, with their columns: the lowest has no names.
fn read_info(level: InfoLevel) -> impl Iterator<Item = (InfoField, &'static str)> {
    let is_read = move |field: InfoField| field != InfoField::Name || level >= InfoLevel::Names;
    INFO_COLUMNS
        .into_iter()
        .filter(move |(field, _)| is_read(*field))
}

impl NodeParts {
    /// The columns that they take.
    pub(in crate::source::dataset) fn columns(self) -> Vec<&'static str> {
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
            let names = read_info(level).map(|(_, name)| name);
            add(&names.collect::<Vec<_>>());
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
            let names = COUNTS.iter().chain(&TIMES).chain(&STATE_TEXTS);
            let is_read = |name: &&&str| records == RecordPlan::Full || !DETAILS.contains(name);
            add(&names.filter(is_read).copied().collect::<Vec<_>>());
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

const ENDINGS: &vocabulary::Words<Ending> = &[
    (Ending::Answered, vocabulary::ANSWERED),
    (Ending::NoData, vocabulary::NO_DATA),
    (Ending::Unread, vocabulary::UNREAD),
    (Ending::NotCollected, vocabulary::NOT_COLLECTED),
];

pub(super) struct InfoColumns {
    pub has_info: Vec<Option<bool>>,
    pub texts: Vec<(InfoField, TextColumn)>,
    pub tags: Option<TextMaps>,
    pub has_all_tags: Vec<Option<bool>>,
}

impl InfoColumns {
    pub(super) fn decode(group: &RowGroup, rows: &Rows, level: InfoLevel) -> Result<Self> {
        let texts = read_info(level).map(|(field, name)| Ok((field, group.texts(name, rows)?)));
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

pub(super) struct OutcomeColumns {
    endings: Vec<Ending>,
    codes: TextColumn,
    causes: TextColumn,
}

/// Columns that are not read are empty.
pub(super) struct StateColumns {
    pub outcomes: OutcomeColumns,
    pub counts: [Vec<i64>; COUNTS.len()],
    pub times: [Vec<i64>; TIMES.len()],
    pub texts: [TextColumn; STATE_TEXTS.len()],
    pub unreadable: Option<TextMaps>,
}

pub(super) struct PatchColumns {
    pub outcomes: OutcomeColumns,
    pub rows: Vec<i64>,
}

pub(super) struct AssociationColumns {
    pub statuses: TextColumn,
    pub baselines: TextColumn,
    pub counters: Option<TextMaps>,
}

/// The values that the words of a column stand for.
pub(super) fn values<T: Copy>(
    group: &RowGroup,
    rows: &Rows,
    name: &str,
    words: &vocabulary::Words<T>,
) -> Result<Vec<T>> {
    group.texts(name, rows)?.map(|word| match word {
        Some(word) => vocabulary::value_of(words, word)
            .ok_or_else(|| group.wrong(name, &format!("unknown word {word:.40?}"))),
        None => Err(group.wrong(name, "NULL, or no such column")),
    })
}

/// The counts of a column; none if it was not read.
pub(super) fn counts(group: &RowGroup, rows: &Rows, name: &str) -> Result<Vec<i64>> {
    if !group.has(name) {
        return Ok(Vec::new());
    }
    let counts = group.integers(name, rows)?;
    let is_wrong = |count: &i64| *count < 0 && *count != NULL_INTEGER;
    if counts.iter().any(is_wrong) {
        return Err(group.wrong(name, "a count below zero"));
    }
    Ok(counts)
}

fn try_array<const N: usize, T>(
    names: [&'static str; N],
    read: impl Fn(&'static str) -> Result<T>,
) -> Result<[T; N]> {
    let all: Vec<T> = names.into_iter().map(read).collect::<Result<_>>()?;
    all.try_into().ok().context("as many values as names")
}

impl OutcomeColumns {
    pub(super) fn decode(
        group: &RowGroup,
        rows: &Rows,
        [ending, code, cause]: [&str; 3],
    ) -> Result<Self> {
        Ok(Self {
            endings: values(group, rows, ending, ENDINGS)?,
            codes: group.texts(code, rows)?,
            causes: group.texts(cause, rows)?,
        })
    }

    pub(super) fn get(&self, row: usize) -> Outcome<()> {
        match self.endings[row] {
            Ending::Answered => Outcome::Answered(()),
            Ending::NoData => Outcome::NoData,
            Ending::Unread => Outcome::Unread(cause(&self.codes, &self.causes, row)),
            Ending::NotCollected => Outcome::Unread(not_collected("it", "was not collected")),
        }
    }
}

/// The cause of what a dataset does not hold.
pub(in crate::source::dataset) fn not_collected(what: &str, why: &str) -> Cause {
    Cause {
        code: "NotCollected".into(),
        text: format!("{what} {why}").into(),
    }
}

pub(super) fn cause(codes: &TextColumn, causes: &TextColumn, row: usize) -> Cause {
    Cause {
        code: codes.get(row).unwrap_or("Unknown").into(),
        text: causes
            .get(row)
            .unwrap_or("the dataset does not say why")
            .into(),
    }
}

impl StateColumns {
    pub(super) fn decode(group: &RowGroup, rows: &Rows, records: RecordPlan) -> Result<Self> {
        let outcomes = OutcomeColumns::decode(
            group,
            rows,
            ["StateOutcome", "StateCauseCode", "StateCause"],
        )?;
        let ends = group.times("OperationEndTime", rows)?;
        let lacks_end =
            |(ending, end): (&Ending, &i64)| *ending == Ending::Answered && *end == NULL_INTEGER;
        // Verdicts take the start only where there is no end.
        let needs_starts =
            records == RecordPlan::Full || outcomes.endings.iter().zip(&ends).any(lacks_end);
        let times = |name: &str, is_needed: bool| {
            if is_needed && group.has(name) {
                group.times(name, rows)
            } else {
                Ok(Vec::new())
            }
        };
        let texts = |name: &str| {
            if group.has(name) {
                group.texts(name, rows)
            } else {
                Ok(TextColumn::default())
            }
        };
        Ok(Self {
            outcomes,
            counts: try_array(COUNTS, |name| counts(group, rows, name))?,
            times: [
                times("OperationStartTime", needs_starts)?,
                ends,
                times("LastNoRebootInstallOperationTime", true)?,
            ],
            texts: try_array(STATE_TEXTS, texts)?,
            unreadable: group.text_maps("UnreadableFields", rows)?,
        })
    }

    pub(super) fn state(&self, row: usize) -> Result<NodeState> {
        let count = |at: usize| -> Count { u64::try_from(*self.counts[at].get(row)?).ok() };
        let text = |at: usize| self.texts[at].get(row).map(Box::from);
        let time = |at: usize| {
            self.times[at]
                .get(row)
                .map_or(Ok(None), |time| to_moment(*time))
        };
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
            vocabulary::COMPLIANT => BaselineComplianceStatus::Compliant,
            vocabulary::NON_COMPLIANT => BaselineComplianceStatus::NonCompliant,
            vocabulary::UNSPECIFIED => BaselineComplianceStatus::Unspecified,
            vocabulary::DELETED => BaselineComplianceStatus::Deleted,
            vocabulary::UNREADABLE => {
                BaselineComplianceStatus::Unreadable(cause(codes, causes, row))
            }
            vocabulary::UNRECOGNIZED => {
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
pub(in crate::source::dataset) fn to_moment(microseconds: i64) -> Result<Moment> {
    if microseconds == NULL_INTEGER {
        return Ok(None);
    }
    let time = Timestamp::from_microsecond(microseconds);
    time.map(Some).context("a time is out of range")
}
